import { dirname } from 'node:path'
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { tagsOf } from '../../run/plan/tags.ts'
import { complete } from '../completion/complete.ts'
import { completionScript, shells } from '../completion/scripts.ts'
import { worldOf } from '../completion/world.ts'
import type { LoadLibrary } from '../library.ts'
import { loadPlaybook } from '../load.ts'
import type { Request } from '../options.ts'
import { planOpened } from '../plan-opened.ts'
import { openWorkspace } from '../workspace.ts'
import { outletsOf } from '../outlets.ts'

/**
 * `run completion SHELL`. Gives the exit status.
 *
 * @throws `usage` for a shell that there is no script for.
 */
export const completion = (
  { shell }: Extract<Request, { kind: 'completion' }>,
  redactor: Redactor,
): number => {
  const script = completionScript(shell)
  if (script === undefined)
    throw new CoxswainError('usage', `there is no completion for ${shownWord(shell)}`, {
      hint: `there is one for ${shells.join(', ')}`,
    })
  outletsOf(redactor).out(script)
  return exitCodes.ok
}

/** `run __complete -- WORDS`: a line for each word that fits. It never fails: somebody is typing. Gives the exit status. */
export const completeWords = async (
  { words, grammar, options }: Extract<Request, { kind: 'complete' }>,
  loadLibrary: LoadLibrary,
  redactor: Redactor,
): Promise<number> => {
  const world = worldOf(loadLibrary, async (playbook, inventory) => {
    const book = await loadPlaybook(playbook)
    const workspace = await openWorkspace(
      { ...options, inventory: [...inventory] },
      dirname(playbook),
      redactor,
    )
    return tagsOf(await planOpened(book, workspace, redactor, { listing: true }))
  })
  const found = await complete(grammar, words, world).catch((): string[] => [])
  outletsOf(redactor).out(found.map((word) => `${word}\n`).join(''))
  return exitCodes.ok
}
