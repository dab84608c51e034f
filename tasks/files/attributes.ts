/** Owner, group and mode: what tasks that make files and directories have in common. */
import { fileMode, flag, z } from '../../engine/index.ts'
import type { Attributes, Change, Stat } from '../../engine/index.ts'

/** Parameters of every task that makes something in the file system. */
export const attributeParams = {
  owner: z.string().optional().describe('the user who owns it; as it is when absent'),
  group: z.string().optional().describe('its group; as it is when absent'),
  mode: fileMode().optional().describe("octal digits as text, such as '0644'; as it is when absent"),
}

/** Parameters of every task that writes a file. */
export const writeParams = {
  validate: z
    .string()
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
  const wanted = [
    { name: 'owner', from: stat?.owner, id: stat?.uid, to: owner },
    { name: 'group', from: stat?.group, id: stat?.gid, to: group },
    { name: 'mode', from: stat?.mode, id: undefined, to: mode },
  ]
  return wanted.flatMap(({ name, from, id, to }) =>
    to === undefined || to === from || to === String(id) ? [] : [{ what: `${name} of ${path}`, from, to }],
  )
}

/** Only the attributes, of parameters that hold more. */
export const attributesOf = ({ owner, group, mode }: Attributes): Attributes => ({ owner, group, mode })
