import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import type { CodeKind } from '../../inventory/load.ts'
import { shownWord } from '../../secret.ts'
import type { CommandContext } from '../define-command.ts'
import { once } from '../../once.ts'
import { openProject } from '../project/open-project.ts'
import { complete } from './complete.ts'
import { completionScript, shells } from './scripts.ts'
import { completionSource } from './completion-source.ts'
import { timeLimit } from './time-limit.ts'

/**
 * `run completion SHELL`. Returns the exit status.
 *
 * @throws `usage` for an unknown shell.
 */
export const completion = async (
  { arguments: { shell } }: { readonly arguments: { readonly shell: string } },
  { outlets: { out } }: CommandContext,
): Promise<number> => {
  const script = completionScript(shell)
  if (script === undefined)
    throw new CoxswainError('usage', `there is no completion script for ${shownWord(shell)}`, {
      hint: `the supported shells are ${shells.join(', ')}`,
    })
  out(script)
  return exitCodes.ok
}

/**
 * `run __complete -- WORDS`: prints each completion on a line. It never fails, as users are typing; code of the project that
 * takes too long ends it with what is known. Returns the exit status.
 */
export const completeWords = async (
  { arguments: { words } }: { readonly arguments: { readonly words: readonly string[] } },
  { program, redactor, outlets: { out }, loadLibrary, paramNames, loadHooks }: CommandContext,
): Promise<number> => {
  const limit = timeLimit(process.env)
  const beforeCode = (kind: CodeKind): void => {
    limit.begin()
    if (kind === 'module') loadHooks()
  }
  const source = completionSource({
    loadLibrary,
    paramNames,
    beforeCode,
    openProject: once(() => openProject(process.cwd(), () => beforeCode('module'))),
    tagsOf: async (playbook, inventories) => {
      const { playbookTags } = await import('./playbook-names.ts')
      beforeCode('module')
      return playbookTags(playbook, inventories, redactor)
    },
    variablesOf: async (file) => {
      const { playbookVariables } = await import('./playbook-names.ts')
      beforeCode('module')
      return playbookVariables(file)
    },
  })
  const print = async (): Promise<void> => {
    for await (const found of complete(program, words, source)) out(found.map((word) => `${word}\n`).join(''))
  }
  await Promise.race([print(), limit.reached])
  limit.end()
  return exitCodes.ok
}
