/** Whether the user that the playbook logs in as could still do so. Pure. */
import type { Params } from './params.ts'

/** The user that logs in. */
export interface Login {
  readonly user: string
  readonly groups: readonly string[]
  /** Whether one of the files with keys that sshd reads for it has a line. */
  readonly hasKeys: boolean
}

const matches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => {
    const [own = ''] = pattern.split('@')
    const source = own
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`).test(name)
  })

/**
 * Why the settings would end the way in which the playbook logs in; undefined if they do not.
 *
 * @example
 * lockoutOf(params, { user: 'root', groups: ['root'], hasKeys: true }) // 'root could not log in any more: …'
 */
export const lockoutOf = (given: Params, { user, groups, hasKeys }: Login): string | undefined => {
  if (given.allowLockout) return undefined
  const no = (why: string): string =>
    `${user}, as whom the playbook logs in, could not log in any longer: ${why}`
  if (user === 'root' && given.permitRootLogin === 'no') return no('permitRootLogin is no')
  if (given.allowUsers.length > 0 && !matches(given.allowUsers, user)) return no('it is not in allowUsers')
  if (matches(given.denyUsers, user)) return no('it is in denyUsers')
  if (given.allowGroups.length > 0 && !groups.some((group) => matches(given.allowGroups, group)))
    return no('none of its groups is in allowGroups')
  if (groups.some((group) => matches(given.denyGroups, group)))
    return no('one of its groups is in denyGroups')
  const password =
    (given.passwordAuthentication || given.keyboardInteractive) &&
    !(user === 'root' && given.permitRootLogin !== 'yes')
  const program = given.authorizedKeysCommand !== undefined || given.trustedUserCaKeys !== undefined
  const key = given.pubkeyAuthentication && (hasKeys || program)
  return password || key || given.gssapiAuthentication
    ? undefined
    : no('it does not have a key, and passwords are not accepted')
}
