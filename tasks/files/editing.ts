/** Tasks that change a part of a text file: they differ in how a text is edited, and in nothing else. */
import { CoxswainError, driftUnlessEmpty, flag, remotePath } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Verdict } from '../../engine/index.ts'
import { writeParams } from './attributes.ts'

/** Parameters of every such task. */
export const editParams = {
  path: remotePath().describe('the file'),
  create: flag().default(false).describe('make the file where there is none'),
  ...writeParams,
}

/** What those parameters are when they are read. */
export interface EditParams {
  readonly path: string
  readonly create: boolean
  readonly validate?: string | undefined
  readonly backup?: boolean | undefined
  /** What goes needs no file to go from. */
  readonly state?: 'present' | 'absent' | undefined
}

const readable = (text: string | undefined, { path, create, state }: EditParams): string => {
  if (text !== undefined || create || state === 'absent') return text ?? ''
  throw new CoxswainError('task-failed', `there is no file ${path}`, { hint: 'give create=true to make it' })
}

/**
 * Check and apply of a task that edits a text file.
 *
 * @param edit the text as it shall be, from what it is; pure. Edited once more, it must stay the same.
 * @example
 * { name: 'replace', params, ...editing(replaced) }
 */
export const editing = <Given extends EditParams>(edit: (text: string, given: Given) => string) => ({
  reads: 'the file',

  async check({ remote }: CheckContext, given: Given): Promise<Verdict<void>> {
    const found = await remote.read(given.path)
    const text = readable(found, given)
    const wanted = edit(text, given)
    return driftUnlessEmpty(text === wanted ? [] : [{ what: given.path, from: found, to: wanted }])
  },

  async apply({ remote }: ApplyContext, given: Given): Promise<void> {
    const { path, validate, backup } = given
    const text = readable(await remote.read(path), given)
    await remote.write(path, edit(text, given), { validate, backup })
  },
})
