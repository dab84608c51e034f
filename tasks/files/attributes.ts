/** Owner, group and mode: what tasks that make files and directories have in common. */
import { fileMode, flag, isValidation, modeFor, validationHint, z } from '../../engine/index.ts'
import type { Attributes, Change, Stat, Writing } from '../../engine/index.ts'

/** Parameters of every task that makes something in the file system. */
export const attributeParams = {
  owner: z.string().optional().describe('the user who owns it; as it is when absent'),
  group: z.string().optional().describe('its group; as it is when absent'),
  mode: fileMode()
    .optional()
    .describe(
      "octal digits as text, such as '0644'; as it is when absent. Three or four digits leave set-user-id and set-group-id of a folder as they are; five, such as '00755', mean exactly that",
    ),
}

/** Parameter of every task that changes a path which others may have a part in. */
export const followParam = {
  follow: flag()
    .optional()
    .describe(
      'follow links even where others than root and the acting user can change where they lead; by default such a link is followed only to what is theirs',
    ),
}

/** Parameters of every task that writes a file. */
export const writeParams = {
  validate: z
    .string()
    .refine(isValidation, { error: validationHint })
    .optional()
    .describe('a command that must accept the new content before it counts; %s is its path: visudo -cf %s'),
  backup: flag().optional().describe('keep what is replaced beside it, as NAME.TIME~'),
}

/** What differs between what is there and the attributes that are wanted: owner and group by name or number. */
export const attributeChanges = (
  path: string,
  stat: Stat | undefined,
  { owner, group, mode }: Attributes,
): Change[] => {
  const modeWanted =
    mode !== undefined && stat !== undefined ? modeFor(mode, { type: stat.type, there: stat.mode }) : mode
  const wanted = [
    { name: 'owner', from: stat?.owner, id: stat?.uid, to: owner },
    { name: 'group', from: stat?.group, id: stat?.gid, to: group },
    { name: 'mode', from: stat?.mode, id: undefined, to: modeWanted },
  ]
  return wanted.flatMap(({ name, from, id, to }) =>
    to === undefined || to === from || to === String(id) ? [] : [{ what: `${name} of ${path}`, from, to }],
  )
}

/** Attributes, and whether links are followed that others control. */
export interface FollowingAttributes extends Attributes {
  readonly follow?: boolean | undefined
}

/** Only these, of parameters that hold more. */
export const attributesOf = ({ owner, group, mode, follow }: FollowingAttributes): FollowingAttributes => ({
  owner,
  group,
  mode,
  ...(follow === true && { follow }),
})

/** What a task writes at a path, of parameters that hold more; nothing where it holds the path absent. */
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
