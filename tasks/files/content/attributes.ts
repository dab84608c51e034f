/** Owner, group and mode: parameters shared by all tasks that create files and directories. */
import { flag, isValidation, validationHint, z } from '../../../engine/index.ts'
import type { Attributes, Change, RemoteReader, Stat, Writing } from '../../../engine/index.ts'
import { anyMode, isSymbolic, modeOn } from '../../shared/modes.ts'

/** Parameters of every task that creates something in the file system. */
export const attributeParams = {
  owner: z.string().optional().describe('the owner; unchanged by default'),
  group: z.string().optional().describe('the group; unchanged by default'),
  mode: anyMode()
    .optional()
    .describe(
      "octal digits as text, such as '0644', or what chmod takes, such as u=rwX,go-w; unchanged by default. Three or four digits keep the set-user-ID and set-group-ID bits of a folder; five digits, such as '00755', set the mode exactly",
    ),
}

/** Parameter of every task that changes a path which other users could control in part. */
export const followParam = {
  follow: flag()
    .optional()
    .describe(
      'follow links even where users other than root and the acting user can change their target; by default such a link is followed only to what root or the acting user owns',
    ),
}

/** Parameters of every task that writes a file. */
export const writeParams = {
  validate: z
    .string()
    .refine(isValidation, { error: validationHint })
    .optional()
    .describe(
      'a command that must accept the new content before it replaces the old; %s is the path of the new content: visudo -cf %s',
    ),
  backup: flag().optional().describe('keep the replaced file in the same folder, as NAME.TIME~'),
}

/** Parameter of tasks that can leave the content of an existing file alone. */
export const overwriteParam = {
  overwrite: flag()
    .default(true)
    .describe('false leaves the content of a file that exists as it is; owner and mode are still set'),
}

/** The differences between a path and the given attributes; owner and group can be names or numbers. */
export const attributeChanges = (
  path: string,
  stat: Stat | undefined,
  { owner, group, mode }: Attributes,
): Change[] => {
  const modeWanted =
    mode !== undefined && stat !== undefined ? modeOn(mode, { type: stat.type, there: stat.mode }) : mode
  const wanted = [
    { name: 'owner', from: stat?.owner, id: stat?.uid, to: owner },
    { name: 'group', from: stat?.group, id: stat?.gid, to: group },
    { name: 'mode', from: stat?.mode, id: undefined, to: modeWanted },
  ]
  return wanted.flatMap(({ name, from, id, to }) =>
    to === undefined || to === from || to === String(id) ? [] : [{ what: `${name} of ${path}`, from, to }],
  )
}

/** Attributes, and whether to follow links that other users control. */
export interface FollowingAttributes extends Attributes {
  readonly follow?: boolean | undefined
}

/** Only the attributes of a task's parameters. */
export const attributesOf = ({ owner, group, mode, follow }: FollowingAttributes): FollowingAttributes => ({
  owner,
  group,
  mode,
  ...(follow === true && { follow }),
})

/** Modes that new files and folders get, to which a symbolic mode is applied. */
const newModes = { file: '0644', directory: '0755' } as const

/**
 * The attributes with a symbolic mode replaced by octal digits, for an operation on the host: the mode is applied to that of
 * what is there, or to 0644 for a new file and 0755 for a new folder.
 */
export const settled = async <Given extends Attributes>(
  remote: RemoteReader,
  path: string,
  given: Given,
  as: keyof typeof newModes = 'file',
): Promise<Given> => {
  const { mode } = given
  if (mode === undefined || !isSymbolic(mode)) return given
  const stat = await remote.stat(path, { follow: true })
  const digits = modeOn(mode, { type: stat?.type ?? as, there: stat?.mode ?? newModes[as] })
  // five digits are set exactly
  return { ...given, mode: digits.padStart(5, '0') }
}

/** What a task writes at a path, from the task's parameters; nothing for state absent. */
export const written = (
  as: Writing['as'],
  path: string,
  {
    owner,
    group,
    follow,
    state,
  }: FollowingAttributes & { readonly state?: 'present' | 'absent' | undefined },
): Writing[] => (state === 'absent' ? [] : [{ path, as, owner, group, follow }])
