/** What the user task takes. */
import { flag, remotePath, secret, words, z } from '../../../engine/index.ts'
import { oneLine } from '../../one-line.ts'
import { plainPath } from '../../paths.ts'
import { accountName } from '../account-files.ts'

/** crypt(5): `$id$…`, or the thirteen letters of old; `*` for none. */
const hash = /^(?:\$[\w-]+\$[^:\s]+|[\w./]{13}|\*)$/

const line = (what: string) => oneLine(what).regex(/^[^:]*$/, `${what} has neither colon nor newline in it`)

export const userParams = z.object({
  name: z.string().regex(accountName, 'a user name is needed').describe('the name'),
  uid: z.coerce.number().int().nonnegative().optional().describe('its id; the next free one when absent'),
  group: z
    .string()
    .optional()
    .describe('the primary group, which must be there; one of its own name when absent'),
  groups: words()
    .pipe(z.array(z.string().regex(accountName, 'a group name is needed')))
    .optional()
    .describe('groups beside the primary one'),
  exact: flag().default(false).describe('take it out of all other groups'),
  comment: line('a comment').optional().describe('the full name or another comment'),
  shell: remotePath().transform(plainPath).pipe(line('a shell')).optional().describe('the login shell'),
  home: remotePath().transform(plainPath).pipe(line('a home')).optional().describe('the home directory'),
  createHome: flag().default(true).describe('make the home together with the user'),
  moveHome: flag().default(false).describe('move what is in the old home to a new one'),
  system: flag().default(false).describe('make it one of the system: an id below those of people'),
  password: secret()
    .refine((value) => hash.test(value.reveal()), 'a hash is needed, such as `openssl passwd -6` makes')
    .optional()
    .describe('the hash of the password; * for none'),
  locked: flag().optional().describe('whether the password is locked; keys still let in'),
  expires: z
    .union([z.iso.date(), z.literal('never')])
    .optional()
    .describe('the day on which the account expires, as 2030-12-31; never'),
  removeHome: flag().default(false).describe('with state absent: remove the home too'),
  state: z.enum(['present', 'absent']).default('present'),
})

export type UserParams = z.output<typeof userParams>
