/** Whether another user could have written a file or folder, by its owner and mode. */
import { readFileSync } from 'node:fs'

/** What is known of a file, and of who runs this. */
export interface Ownership {
  readonly mode: number
  /** The owner. */
  readonly uid: number
  readonly gid: number
  /** The user that runs this process. */
  readonly me: number
  /** Whether only the owner is in the group; called only if the group can write. */
  readonly isPrivateGroup: () => boolean
}

/** Why a file is not trusted; undefined for one that is. */
export const ownershipFault = ({ mode, uid, me, isPrivateGroup }: Ownership): string | undefined => {
  if (uid !== me && uid !== 0) return `it belongs to another user (uid ${uid})`
  if ((mode & 0o002) !== 0) return 'every user can write it'
  return (mode & 0o020) !== 0 && !isPrivateGroup() ? 'other users of its group can write it' : undefined
}

/**
 * Whether a group has one user alone, as the groups that many systems make for each user.
 *
 * @param passwd the text of /etc/passwd.
 * @param group the text of /etc/group.
 */
export const isPrivateGroup = (passwd: string, group: string, uid: number, gid: number): boolean => {
  const users = passwd.split('\n').map((line) => line.split(':'))
  const owner = users.find(([, , id]) => id === String(uid))?.[0]
  const found = group
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , id]) => id === String(gid))
  if (owner === undefined || found === undefined) return false
  const others = users.filter(([name, , , id]) => id === String(gid) && name !== owner)
  const members = (found[3] ?? '').split(',').filter((name) => name !== '' && name !== owner)
  return others.length === 0 && members.length === 0
}

/** {@link isPrivateGroup} by the users and groups of this machine; false where they cannot be read. */
export const isPrivateHere = (uid: number, gid: number): boolean => {
  try {
    return isPrivateGroup(readFileSync('/etc/passwd', 'utf8'), readFileSync('/etc/group', 'utf8'), uid, gid)
  } catch {
    return false
  }
}
