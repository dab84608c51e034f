import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

/** What the system knows of a user. */
export interface Account {
  readonly home: string
  /** The name of the primary group. */
  readonly group: string
}

/**
 * Looks a user up on a host.
 *
 * @throws `task-failed` when there is no such user.
 */
export const accountOf = async ({ remote, host }: CheckContext, user: string): Promise<Account> => {
  // busybox has no getent: there are no users but those of the file
  const { stdout } =
    await remote.query`getent passwd ${user} 2>/dev/null || awk -F: -v u=${user} '$1 == u' /etc/passwd; id -gn ${user} 2>/dev/null`.result()
  const [line = '', group = ''] = stdout.trim().split('\n')
  const home = line.split(':')[5] ?? ''
  if (home.startsWith('/')) return { home, group }
  throw new CoxswainError('task-failed', `the user ${user} does not exist on ${host.name}`, {
    hint: 'create the user first, or set another one',
  })
}
