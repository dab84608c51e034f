/** Tasks that change a part of a text file: they differ in how a text is edited, and in nothing else. */
import { CoxswainError, Secret, driftUnlessEmpty, flag, isSecret, z } from '../../../engine/index.ts'
import type { ApplyContext, Change, CheckContext, Verdict, Writing } from '../../../engine/index.ts'
import { remoteFile } from '../../shared/paths.ts'
import { encoded, readText, shown, writeText } from '../../shared/file-text.ts'
import { withHiddenLines } from './hidden-lines.ts'
import { followParam, writeParams } from '../content/attributes.ts'

/** Parameters of every such task. */
export const editParams = {
  path: remoteFile().describe('the file'),
  create: flag().default(false).describe('create the file if it does not exist'),
  ...writeParams,
  ...followParam,
}

/** What those parameters are when they are read. */
export interface EditParams {
  readonly path: string
  readonly create: boolean
  readonly validate?: string | undefined
  readonly backup?: boolean | undefined
  readonly follow?: boolean | undefined
  /** What goes needs no file to go from. */
  readonly state?: 'present' | 'absent' | undefined
}

/** A text to write that may be a secret: neither it nor what it replaces is shown then. */
export const maybeSecret = () => z.union([z.custom<Secret>(isSecret, 'text is needed'), z.coerce.string()])

/** The text itself. */
export const revealed = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)

const readable = (text: string | undefined, { path, create, state }: EditParams): string => {
  if (text !== undefined || create || state === 'absent') return text ?? ''
  throw new CoxswainError('task-failed', `the file ${path} does not exist`, {
    hint: 'set create=true to create it',
  })
}

/** How a task that edits a file is different from the others. */
export interface Editing<Given> {
  /** The text after the edit; pure. Edited once more, it must stay the same. No byte beside the edit changes. */
  readonly edit: (text: string, given: Given) => string
  /** What changes, in a few words, where it is a secret, or named like one; undefined where the texts may be shown. */
  readonly hidden?: (given: Given) => string | undefined
  /** What to do where a second edit would change the text again. */
  readonly unsettled?: string
}

/**
 * Check and apply of a task that edits a text file.
 *
 * @example
 * { name: 'replace', params, ...editing({ edit: replaced }) }
 */
export const editing = <Given extends EditParams>({
  edit,
  hidden = () => undefined,
  unsettled = 'change the parameters so that the edit, applied to its own result, leaves it as it is',
}: Editing<Given>) => {
  /** The text after the edit. Throws where the next run would change it again, before anything is written. */
  const settled = (text: string, given: Given): string => {
    const wanted = edit(text, given)
    // throws for what cannot be written
    encoded(wanted)
    if (wanted === text || edit(wanted, given) === wanted) return wanted
    throw new CoxswainError(
      'task-failed',
      `the same edit would change ${given.path} again at the next run; nothing was written`,
      { hint: unsettled },
    )
  }

  return {
    reads: 'the file',

    writes: ({ path, follow }: Given): Writing[] => [{ path, as: 'file', follow }],

    async check({ remote }: CheckContext, given: Given): Promise<Verdict<void>> {
      const { path } = given
      const found = await readText(remote, path, given)
      const text = readable(found, given)
      const wanted = settled(text, given)
      if (text === wanted) return driftUnlessEmpty([])
      const what = hidden(given)
      const change: Change =
        what === undefined
          ? {
              what: path,
              from: withHiddenLines(shown(found), shown(wanted), ', goes'),
              to: withHiddenLines(shown(wanted), shown(found), ', new'),
            }
          : { what: `${what} in ${path}`, from: new Secret(''), to: new Secret('') }
      return driftUnlessEmpty([change])
    },

    async apply({ remote }: ApplyContext, given: Given): Promise<void> {
      const { path, validate, backup, follow } = given
      const text = readable(await readText(remote, path, given), given)
      await writeText(remote, path, settled(text, given), { validate, backup, follow })
    },
  }
}
