/** Whether the role would lock out the user that it acts as. Pure. */
import type { Params } from './params.ts'

/** The type and the bits of a public key, without options and comment. */
export const blobOf = (line: string): string | undefined =>
  /(?:^|\s)((?:ssh-|ecdsa-|sk-)[\w@.-]+\s+[\w+/]+={0,2})(?:\s|$)/.exec(line)?.[1]?.replace(/\s+/, ' ')

const blobs = (lines: readonly string[]): string[] => lines.flatMap((line) => blobOf(line) ?? [])

/** The user that logs in, and its keys as they are now. */
export interface Login {
  readonly user: string
  readonly keys: readonly string[]
  /** Whether the role has given it rights with sudo. */
  readonly hasRights: boolean
}

/**
 * Why the parameters would end the way in which the playbook logs in; undefined if they do not.
 *
 * @example
 * lockoutOf(params, { user: 'deploy', keys: [], hasRights: false }) // 'deploy, as whom the playbook logs in, would be removed'
 */
export const lockoutOf = (given: Params, { user, keys, hasRights }: Login): string | undefined => {
  if (given.allowLockout) return undefined
  for (const name of ['root', user])
    if (given.removed.includes(name))
      return `${name}${name === user ? ', as whom the playbook logs in,' : ''} would be removed`
  const own = given.users.find(({ name }) => name === user)
  if (own === undefined) return undefined
  if (own.shell !== undefined && /\/(?:nologin|false)$/.test(own.shell))
    return `${user}, as whom the playbook logs in, would get the shell ${own.shell}`
  if (hasRights && own.sudo === undefined)
    return `${user}, as whom the playbook logs in, would lose its rights with sudo`
  const now = blobs(keys)
  const wanted = blobs(own.keys)
  const gone = blobs(own.removedKeys)
  const exclusive = own.exclusiveKeys ?? (given.exclusiveKeys && own.keys.length > 0)
  const kept = now.filter((key) => !gone.includes(key) && (!exclusive || wanted.includes(key)))
  return now.length > 0 && kept.length === 0
    ? `${user}, as whom the playbook logs in, would lose all of its present keys`
    : undefined
}
