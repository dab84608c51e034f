/** The parameters of the role. */
import { accountId, fileMode, flag, remotePath, secret, z } from 'coxswain'

const name = z.string().regex(/^[a-z_][\w.-]*\$?$/i, 'must be a name of letters, digits, . _ and -')

const key = z
  .string()
  .trim()
  .regex(
    /^(?:[^\n]+ )?(?:ssh-|ecdsa-|sk-)[\w@.-]+ [\w+/]+={0,2}(?: [^\n]*)?$/,
    'must be a public key on one line, such as ssh-ed25519 AAAA… comment',
  )

/** What someone can do with sudo. */
export interface Rights {
  readonly commands?: readonly string[] | undefined
  readonly runAs?: readonly string[] | undefined
  readonly password?: boolean | undefined
  readonly keepEnvironment?: boolean | undefined
}

const sudo = z.union([
  flag().transform((wanted): Rights | undefined => (wanted ? {} : undefined)),
  z.strictObject({
    commands: z.array(z.string()).optional().describe('absolute paths of commands; ALL by default'),
    runAs: z.array(z.string()).optional().describe('the users that commands can run as; ALL by default'),
    password: flag().optional().describe('whether sudo asks for the password; true by default'),
    keepEnvironment: flag().optional().describe('allow setting the environment of the command'),
  }),
])

const user = z.strictObject({
  name: name.describe('the login name'),
  comment: z.string().optional().describe('usually the full name'),
  uid: accountId().optional().describe('the user ID; the next free one by default'),
  group: z.string().optional().describe('the primary group; one with the name of the user by default'),
  groups: z.array(name).default([]).describe('further groups, in addition to those of all users'),
  exactGroups: flag().default(false).describe('remove the user from all other groups'),
  shell: remotePath().optional().describe('the login shell; that of all users by default'),
  home: remotePath().optional().describe('the home directory; /home/NAME by default'),
  createHome: flag().default(true).describe('create the home directory with the user'),
  homeMode: fileMode().optional().describe('the mode of the home directory; unchanged by default'),
  system: flag().default(false).describe('create a system user'),
  password: secret().optional().describe('the hash of the password, as openssl passwd -6 prints it'),
  updatePassword: z
    .enum(['always', 'on-create'])
    .default('always')
    .describe('on-create leaves the password of an existing user as it is'),
  locked: flag().optional().describe('whether the password is locked; keys still work'),
  expires: z
    .string()
    .optional()
    .describe('the day on which the account expires, such as 2030-12-31, or never'),
  keys: z
    .array(key)
    .default([])
    .describe('public keys that can log in, each with its options in front of it'),
  exclusiveKeys: flag().optional().describe('remove all other keys of the user'),
  removedKeys: z.array(key).default([]).describe('public keys that can no longer log in'),
  generateKey: flag().default(false).describe('make a key pair of the user on the host, if there is none'),
  profile: z.string().optional().describe('the text of ~/.profile'),
  sudo: sudo.optional().describe('true for all commands, or which ones'),
})

/** A user, as the role uses it. */
export type User = z.output<typeof user>

/** The schema: each parameter with its default. */
export const params = z
  .object({
    groups: z
      .array(
        z.strictObject({
          name: name.describe('the name'),
          gid: accountId().optional().describe('the group ID; the next free one by default'),
          system: flag().default(false).describe('create a system group'),
          sudo: sudo.optional().describe('what its members can do with sudo'),
        }),
      )
      .default([])
      .describe('groups to create, before the users'),
    users: z.array(user).default([]).describe('accounts'),
    shell: remotePath()
      .optional()
      .describe('the shell of all users; /bin/bash by default, on Alpine /bin/ash'),
    userGroups: z.array(name).default([]).describe('groups of all users'),
    exclusiveKeys: flag()
      .default(false)
      .describe('remove keys that are not listed, for users that have a list'),
    removed: z.array(name).default([]).describe('accounts to remove'),
    removeHomes: flag().default(false).describe('also remove the home directories of removed accounts'),
    removedGroups: z.array(name).default([]).describe('groups to remove, after the users'),
    sudoDefaults: z
      .array(z.string().regex(/^[^\n]+$/))
      .default([])
      .describe('settings of sudo, such as timestamp_timeout=5'),
    installSudo: flag().default(true).describe('install sudo, if someone has rights with it'),
    allowLockout: flag()
      .default(false)
      .describe('do not refuse to remove or lock the login of the user that runs the playbook'),
  })
  .refine(({ users, removed }) => users.every((one) => !removed.includes(one.name)), {
    message: 'a user is in users too',
    path: ['removed'],
  })
  .refine(({ users }) => new Set(users.map((one) => one.name)).size === users.length, {
    message: 'two users have the same name',
    path: ['users'],
  })

/** The parameters, checked and with defaults. */
export type Params = z.output<typeof params>
