/** Parameters of the task user. */
import { accountId, flag, remotePath, secret, words, z } from '../../../engine/index.ts'
import { oneLine } from '../../shared/one-line.ts'
import { plainPath } from '../../shared/paths.ts'
import { accountName } from '../accounts/account-files.ts'

/** A hash for crypt(5): `$id$…`, or thirteen characters of the traditional form; `*` for none. */
const hash = /^(?:\$[\w-]+\$[^:\s]+|[\w./]{13}|\*)$/

const line = (what: string) => oneLine(what).regex(/^[^:]*$/, `${what} must not contain a colon or newline`)

/** A number of days of /etc/shadow, or never. */
const days = () =>
  z
    .union([z.coerce.number<number | string>().int().min(0).max(99_999), z.literal('never')])
    .meta({ title: 'days or never' })

export const userParams = () =>
  z.object({
    name: z.string().regex(accountName, 'must be a user name').describe('the name of the user'),
    uid: accountId().optional().describe('the user ID; by default the next free one'),
    group: z
      .string()
      .optional()
      .describe('the primary group, which must exist; by default a group with the name of the user'),
    groups: words()
      .pipe(z.array(z.string().regex(accountName, 'must be a group name')))
      .optional()
      .describe('groups in addition to the primary group'),
    exact: flag().default(false).describe('remove the user from all other groups'),
    comment: line('a comment').optional().describe('the comment field, usually the full name'),
    shell: remotePath().transform(plainPath).pipe(line('a shell')).optional().describe('the login shell'),
    home: remotePath().transform(plainPath).pipe(line('a home')).optional().describe('the home directory'),
    createHome: flag().default(true).describe('create the home directory together with the user'),
    moveHome: flag().default(false).describe('move the content of the old home directory to the new one'),
    system: flag().default(false).describe('create a system user, with an ID from the range of system users'),
    password: secret()
      .refine(
        (value) => hash.test(value.reveal()),
        'must be a hash, as passwordHash(…) in a playbook or `openssl passwd -6` makes it',
      )
      .optional()
      .describe('the hash of the password, which passwordHash makes in a playbook; * for none'),
    updatePassword: z
      .enum(['always', 'on-create'])
      .default('always')
      .describe(
        'on-create sets the password of a new user, or of one without a password, and leaves one that was changed since',
      ),
    passwordMinDays: days()
      .optional()
      .describe('how many days a password must be kept before it can be changed; never for no limit'),
    passwordMaxDays: days()
      .optional()
      .describe('after how many days a password must be changed; never for no limit'),
    passwordWarnDays: days()
      .optional()
      .describe('how many days before that the user is warned; never for no warning'),
    locked: flag().optional().describe('whether the password is locked; login by SSH key still works'),
    expires: z
      .union([z.iso.date(), z.literal('never')])
      .optional()
      .describe('the day on which the account expires, such as 2030-12-31; or never'),
    removeHome: flag().default(false).describe('with state=absent, also remove the home directory'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the user'),
  })

export type UserParams = z.output<ReturnType<typeof userParams>>
