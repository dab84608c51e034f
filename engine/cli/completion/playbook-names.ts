import { dirname } from 'node:path'
import { tagsOf } from '../../run/plan/tags.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { valuesOf } from '../define-option.ts'
import { hostOptions } from '../options/run.ts'
import { loadFile, loadPlaybook } from '../session/load.ts'
import { planOpened } from '../session/plan-opened.ts'
import { variableNamesOf } from '../session/variable-names.ts'
import { openWorkspace } from '../session/workspace.ts'

/**
 * The tags of a playbook with these inventories.
 *
 * @throws CoxswainError if it cannot be loaded or planned.
 */
export const playbookTags = async (
  playbook: string,
  inventory: readonly string[],
  redactor: Redactor,
): Promise<readonly string[]> => {
  const book = await loadPlaybook(playbook)
  const workspace = await openWorkspace(
    { ...valuesOf(hostOptions), inventory },
    { playbookFolder: dirname(playbook), redactor },
  )
  return tagsOf(await planOpened(book, workspace, redactor, { listing: true }))
}

/**
 * The names of the variables that a playbook reads; undefined for a task, and for a playbook that takes any.
 *
 * @throws `load-failed`.
 */
export const playbookVariables = async (file: string): Promise<readonly string[] | undefined> => {
  const loaded = await loadFile(file)
  return loaded.kind === 'playbook' ? variableNamesOf(loaded.playbook) : undefined
}
