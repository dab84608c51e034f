/** The steps of one account. Pure. */
import { authorizedKey, directory, file, sshKey, sudoers, user as account } from 'coxswain/tasks'
import type { Params, Rights, User } from './params.ts'

/** What the host has, as the steps need it. */
export interface Host {
  /** Lines of /etc/passwd. */
  readonly passwd: readonly string[]
  readonly shell: string
}

/** Who a rule is for. */
export type Holder = 'user' | 'group'

/** The name of the role's own file in /etc/sudoers.d: sudo ignores names with a dot. Files of others, such as that of an image, have other names. */
export const ruleFile = (of: Holder, name: string): string => `${of}-${name.replaceAll(/[^\w-]/g, '_')}`

/** The rule of a user or group; without rights, the file that the role has written is removed. */
export const rule = (of: Holder, name: string, rights: Rights | undefined) =>
  rights === undefined
    ? sudoers({ name: ruleFile(of, name), state: 'absent' })
    : sudoers({
        name: ruleFile(of, name),
        users: [of === 'group' ? `%${name}` : name],
        commands: [...(rights.commands ?? ['ALL'])],
        runAs: [...(rights.runAs ?? ['ALL'])],
        password: rights.password ?? true,
        keepEnvironment: rights.keepEnvironment ?? false,
      })

/** The home directory: as given, as it is on the host, or that of a new user. */
const homeOf = ({ name, home }: User, { passwd }: Host): string =>
  home ?? passwd.find((line) => line.startsWith(`${name}:`))?.split(':')[5] ?? `/home/${name}`

const keysOf = (one: User, exclusive: boolean, home: string) => {
  const { name, keys, removedKeys } = one
  if (!exclusive)
    return [
      ...keys.map((key) => authorizedKey({ user: name, key })),
      ...removedKeys.map((key) => authorizedKey({ user: name, key, state: 'absent' })),
    ]
  const folder = `${home}/.ssh`
  const content = keys.map((key) => `${key}\n`).join('')
  return [
    directory({ path: folder, owner: name, mode: '0700' }),
    file({ path: `${folder}/authorized_keys`, owner: name, mode: '0600', content }),
  ]
}

/** The account, its keys and its rights. */
export const accountSteps = (one: User, given: Params, host: Host) => {
  const { name, password } = one
  const home = homeOf(one, host)
  const there = host.passwd.some((line) => line.startsWith(`${name}:`))
  const exclusive = one.exclusiveKeys ?? (given.exclusiveKeys && one.keys.length > 0)
  const setsPassword = password !== undefined && (one.updatePassword === 'always' || !there)
  return [
    account({
      name,
      shell: one.shell ?? host.shell,
      createHome: one.createHome,
      system: one.system,
      exact: one.exactGroups,
      groups: [...new Set([...given.userGroups, ...one.groups])],
      comment: one.comment,
      uid: one.uid,
      group: one.group,
      home: one.home,
      password: setsPassword ? password : undefined,
      locked: one.locked,
      expires: one.expires,
    }),
    ...(one.homeMode === undefined ? [] : [directory({ path: home, owner: name, mode: one.homeMode })]),
    ...keysOf(one, exclusive, home),
    ...(one.generateKey ? [sshKey({ user: name })] : []),
    ...(one.profile === undefined
      ? []
      : [file({ path: `${home}/.profile`, owner: name, mode: '0644', content: one.profile })]),
    rule('user', name, one.sudo),
  ]
}
