import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  flag,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'

/**
 * A name, %group, #id, %#id or +netgroup. Excludes what sudoers(5) reads in another way at the start of a line: comments,
 * `@include`, `Defaults` and aliases.
 */
const who = () =>
  z
    .string()
    .regex(
      /^(?:%?#\d+|(?!(?:Defaults|(?:User|Runas|Host|Cmnd|Cmd)_Alias)(?:$|@))[%+]?[\w.-][\w.@\\-]*\$?)$/,
      'must be a user, %group or #id, or ALL',
    )

/**
 * A command: ALL, or a path with arguments. Wildcards, `!` and regular expressions (`^…$`, sudo 1.9.10) are not supported:
 * write a file for them.
 */
const what = () =>
  z
    .string()
    .refine(
      (command) => !/\s\^/.test(command),
      'must not have arguments that begin with ^, which sudo reads as a regular expression',
    )
    .regex(/^(?:ALL|\/[^\n\0*?[\]!"]*[^\n\0*?[\]!"\s\\])$/, 'must be ALL or a command with its absolute path')

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(
          /^\w[\w-]*$/,
          'must have letters, digits, - and _ only, because sudo ignores names with a dot or a tilde',
        )
        .describe('the name of the file in /etc/sudoers.d'),
      users: words().pipe(z.array(who())).default([]).describe('users, %groups or #IDs'),
      commands: words()
        .pipe(z.array(what()).min(1, 'must contain at least one command'))
        .default(['ALL'])
        .describe('absolute paths of commands, with or without arguments; or ALL'),
      runAs: words()
        .pipe(z.array(who()).min(1))
        .default(['ALL'])
        .describe('the users that the commands can run as'),
      password: flag().default(true).describe('require the password of the user'),
      keepEnvironment: flag()
        .default(false)
        .describe('allow setting the environment of the command (SETENV)'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
    })
    .refine(({ users, state }) => state === 'absent' || users.length > 0, {
      message: 'at least one user is required',
      path: ['users'],
    })
type Params = z.output<ReturnType<typeof params>>

/** Escapes characters that sudoers reads as syntax (sudoers(5), "Other special characters"). */
const escaped = (command: string): string => command.replaceAll(/[,:=\\#]/g, '\\$&')

/** Escapes the backslash of `DOMAIN\user`. */
const escapedName = (name: string): string => name.replaceAll('\\', '\\\\')

/** The text of the file. */
export const sudoersText = ({ users, commands, runAs, password, keepEnvironment }: Params): string => {
  const tags = `${password ? '' : 'NOPASSWD: '}${keepEnvironment ? 'SETENV: ' : ''}`
  return `${users.map(escapedName).join(', ')} ALL=(${runAs.map(escapedName).join(', ')}) ${tags}${commands.map(escaped).join(', ')}\n`
}

const hasVisudo = (remote: RemoteReader): Promise<boolean> => remote.query`command -v visudo`.succeeds()

/** @throws `task-failed` if sudo would refuse the file: an invalid file there disables sudo for all users. */
const validate = async (remote: RemoteReader, text: string): Promise<void> => {
  const { ok, stdout, stderr } = await remote.query({ stdin: text })`visudo -cf -`.result()
  if (ok) return
  throw new CoxswainError('task-failed', 'sudo would refuse this rule', {
    output: `${text}${stdout}${stderr}`.trim(),
    hint: 'fix the users and commands; nothing was written',
  })
}

/** Adds a rule for sudo, or removes it. */
export const sudoers = defineTask({
  name: 'sudoers',
  description:
    'Allows users to run commands with sudo, in a file of its own in /etc/sudoers.d that is validated first, or removes the file.',
  reads: 'the file in /etc/sudoers.d, visudo -c',
  example: {
    name: 'deploy',
    users: ['%sudo'],
    commands: ['/usr/bin/systemctl restart app'],
    password: false,
  },
  params,
  title: ({ name, state }) => (state === 'absent' ? `no sudo rule ${name}` : `sudo rule ${name}`),
  writes: ({ name, state }) => (state === 'absent' ? [] : [{ path: `/etc/sudoers.d/${name}`, as: 'file' }]),

  async check({ remote }, given) {
    const path = `/etc/sudoers.d/${given.name}`
    const [visudo, text, stat] = await Promise.all([
      hasVisudo(remote),
      remote.read(path),
      remote.stat(path, { follow: true }),
    ])
    if (given.state === 'absent')
      return driftUnlessEmpty(stat === undefined ? [] : [{ what: path, from: text }])
    const wanted = sudoersText(given)
    const changes: Change[] = [
      ...(text === wanted ? [] : [{ what: path, from: text, to: wanted }]),
      ...(stat === undefined || stat.mode === '0440'
        ? []
        : [{ what: `mode of ${path}`, from: stat.mode, to: '0440' }]),
      ...(stat === undefined || stat.owner === 'root'
        ? []
        : [{ what: `owner of ${path}`, from: stat.owner, to: 'root' }]),
    ]
    if (!visudo) return unknown('visudo is not installed yet: it is in the package sudo')
    if (text !== wanted) await validate(remote, wanted)
    return changes.length === 0 ? driftUnlessEmpty([]) : drift(...changes)
  },

  async apply({ remote }, given) {
    const path = `/etc/sudoers.d/${given.name}`
    if (given.state === 'absent') return remote.remove(path)
    if (!(await hasVisudo(remote)))
      throw new CoxswainError(
        'task-failed',
        'visudo, which validates the rule, is not installed on the host',
        {
          hint: 'install the package sudo first',
        },
      )
    await remote.write(path, sudoersText(given), {
      owner: 'root',
      group: 'root',
      mode: '0440',
      // sudo ignores the new file meanwhile, because its name contains a dot
      validate: 'visudo -cf %s',
    })
  },
})
