import { dirname } from 'node:path'
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { tagsOf } from '../../run/plan/tags.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import { hostOptions } from '../options/run.ts'
import { loadPlaybook } from '../session/load.ts'
import { planOpened } from '../session/plan-opened.ts'
import { openWorkspace } from '../session/workspace.ts'
import { complete } from './complete.ts'
import { completionScript, shells } from './scripts.ts'
import { worldOf } from './world.ts'

/**
 * `run completion SHELL`. Gives the exit status.
 *
 * @throws `usage` for a shell that there is no script for.
 */
export const completion = async (
  { arguments: { shell } }: { readonly arguments: { readonly shell: string } },
  { outlets: { out } }: CommandContext,
): Promise<number> => {
  const script = completionScript(shell)
  if (script === undefined)
    throw new CoxswainError('usage', `there is no completion for ${shownWord(shell)}`, {
      hint: `there is one for ${shells.join(', ')}`,
    })
  out(script)
  return exitCodes.ok
}

/** `run __complete -- WORDS`: a line for each word that fits. It never fails: somebody is typing. Gives the exit status. */
export const completeWords = async (
  { arguments: { words } }: { readonly arguments: { readonly words: readonly string[] } },
  { program, redactor, outlets: { out }, loadLibrary, loadHooks }: CommandContext,
): Promise<number> => {
  const world = worldOf(loadLibrary, async (playbook, inventory) => {
    loadHooks()
    const book = await loadPlaybook(playbook)
    const workspace = await openWorkspace(
      { ...valuesOf(hostOptions), inventory },
      { playbookFolder: dirname(playbook), redactor },
    )
    return tagsOf(await planOpened(book, workspace, redactor, { listing: true }))
  })
  const found = await complete(program, words, world).catch((): string[] => [])
  out(found.map((word) => `${word}\n`).join(''))
  return exitCodes.ok
}
