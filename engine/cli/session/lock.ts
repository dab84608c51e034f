import { randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { HostLock } from '../../connection/shell/lock.ts'

/** What a run that locks its hosts says of itself and of what it meets. */
export interface Locking {
  /** What is run, for those who are kept off. */
  readonly purpose: string
  /** Aborted when nothing more shall begin. */
  readonly stopping: AbortSignal
  /** Tells the person that a host is waited for, or cannot be locked. */
  readonly note: (text: string) => void
}

/** How each host is locked against other runs, from the first shell on it until the connection ends. */
export const hostLocks = (
  { waitForLock }: { readonly waitForLock: number },
  { purpose, stopping, note }: Locking,
): ((host: string) => HostLock) => {
  const lock: Omit<HostLock, 'waiting' | 'absent'> = {
    token: randomBytes(8).toString('hex'),
    owner: `${userInfo().username}@${hostname()}`,
    purpose,
    pid: process.pid,
    folder: process.env['COXSWAIN_LOCK_PATH'] || undefined,
    wait: waitForLock,
    stopping,
  }
  return (host) => {
    let told = false
    return {
      ...lock,
      waiting: (holder) => note(`${host}: waiting, it is locked by ${holder}`),
      absent: (why) => {
        if (!told) note(`${host} is not locked, so nothing keeps another run off it: ${why}`)
        told = true
      },
    }
  }
}
