import { CoxswainError } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

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
  const { stdout } = await remote.query`getent passwd ${user} && id -gn ${user}`.result()
  const [line = '', group = ''] = stdout.trim().split('\n')
  const home = line.split(':')[5] ?? ''
  if (home.startsWith('/')) return { home, group }
  throw new CoxswainError('task-failed', `there is no user ${user} on ${host.name}`, {
    hint: 'make the user first, or name another',
  })
}
