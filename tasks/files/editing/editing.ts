/** Check and apply shared by all tasks that change a part of a text file. They differ only in the edit of the text. */
import { CoxswainError, Secret, driftUnlessEmpty, flag, isSecret, z } from '../../../engine/index.ts'
import type {
  ApplyContext,
  Attributes,
  Change,
  CheckContext,
  Verdict,
  Writing,
} from '../../../engine/index.ts'
import { remoteFile } from '../../shared/paths.ts'
import { encoded, readText, shown, writeText } from '../../shared/file-text.ts'
import { withHiddenLines } from './hidden-lines.ts'
import {
  attributeChanges,
  attributeParams,
  followParam,
  settled as settledMode,
  writeParams,
} from '../content/attributes.ts'

/** Parameters of every such task. */
export const editParams = {
  path: remoteFile().describe('the file'),
  create: flag().default(false).describe('create the file if it does not exist'),
  ...attributeParams,
  ...writeParams,
  ...followParam,
}

/** Those parameters, parsed. */
export interface EditParams extends Attributes {
  readonly path: string
  readonly create: boolean
  readonly validate?: string | undefined
  readonly backup?: boolean | undefined
  readonly follow?: boolean | undefined
  /** With state absent, the file does not have to exist. */
  readonly state?: 'present' | 'absent' | undefined
}

/** A text to write that can be a secret; then neither the new nor the old text is shown. */
export const maybeSecret = () =>
  z.union([
    z.custom<Secret>(isSecret, 'text is needed').meta({ title: 'secret' }),
    z.coerce.string<string | number | boolean>(),
  ])

/** The text itself. */
export const revealed = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)

const readable = (text: string | undefined, { path, create, state }: EditParams): string => {
  if (text !== undefined || create || state === 'absent') return text ?? ''
  throw new CoxswainError('task-failed', `the file ${path} does not exist`, {
    hint: 'set create=true to create it',
  })
}

const hasAttributes = ({ owner, group, mode }: Attributes): boolean =>
  owner !== undefined || group !== undefined || mode !== undefined

/** The part of an editing task that differs from the others. */
export interface Editing<Given> {
  /** The text after the edit; pure. The edit must be idempotent, and must not change any other byte. */
  readonly edit: (text: string, given: Given) => string
  /** A short description of the change if it is a secret, or named like one; undefined if the texts can be shown. */
  readonly hidden?: (given: Given) => string | undefined
  /** The hint for an edit that would change the text again. */
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
  /** The text after the edit. Throws, before anything is written, if the next run would change it again. */
  const settled = (text: string, given: Given): string => {
    const wanted = edit(text, given)
    // throws if the text cannot be written
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

    writes: ({ path, owner, group, follow }: Given): Writing[] => [
      { path, as: 'file', owner, group, follow },
    ],

    async check({ remote }: CheckContext, given: Given): Promise<Verdict<void>> {
      const { path } = given
      const [found, stat] = await Promise.all([
        readText(remote, path, given),
        hasAttributes(given) ? remote.stat(path, { follow: true }) : undefined,
      ])
      const text = readable(found, given)
      const wanted = settled(text, given)
      const attributes = stat === undefined ? [] : attributeChanges(path, stat, given)
      if (text === wanted) return driftUnlessEmpty(attributes)
      const what = hidden(given)
      const change: Change =
        what === undefined
          ? {
              what: path,
              from: withHiddenLines(shown(found), shown(wanted), ', goes'),
              to: withHiddenLines(shown(wanted), shown(found), ', new'),
            }
          : { what: `${what} in ${path}`, from: new Secret(''), to: new Secret('') }
      return driftUnlessEmpty([change, ...attributes])
    },

    async apply({ remote }: ApplyContext, given: Given): Promise<void> {
      const { path, validate, backup, follow } = given
      const [text, attributes] = await Promise.all([
        readText(remote, path, given).then((found) => readable(found, given)),
        settledMode(remote, path, { owner: given.owner, group: given.group, mode: given.mode, follow }),
      ])
      const wanted = settled(text, given)
      if (wanted === text) return remote.setAttributes(path, attributes)
      await writeText(remote, path, wanted, { validate, backup, ...attributes })
    },
  }
}
