import { randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { HostLock } from '../../connection/shell/lock.ts'

/** How a run locks its hosts. */
export interface Locking {
  /** What the run does, for the message to other runs. */
  readonly purpose: string
  /** Aborted when no other task must start. */
  readonly stopping: AbortSignal
  /** Prints that the run waits for a host, or cannot lock it. */
  readonly note: (text: string) => void
}

/** The lock of each host against other runs, from its first shell until its connection ends. */
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
    let noted = false
    return {
      ...lock,
      waiting: (holder) => note(`${host}: waiting for the lock of ${holder}`),
      absent: (why) => {
        if (!noted) note(`${host} is not locked, so another run can change it at the same time: ${why}`)
        noted = true
      },
    }
  }
}
