import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const findAccount = shellFile(import.meta.url, 'find-account.sh')

/** What the system knows about a user. */
export interface Account {
  readonly home: string
  /** The name of the primary group. */
  readonly group: string
}

/**
 * Looks a user up on a host.
 *
 * @throws `task-failed` if the user does not exist.
 */
export const accountOf = async ({ remote, host }: CheckContext, user: string): Promise<Account> => {
  const { stdout } = await remote.query({
    label: `look up the user ${user}`,
  })`${shellProgram(findAccount, user)}`.result()
  const [line = '', group = ''] = stdout.trim().split('\n')
  const home = line.split(':')[5] ?? ''
  if (home.startsWith('/')) return { home, group }
  throw new CoxswainError('task-failed', `the user ${user} does not exist on ${host.name}`, {
    hint: 'create the user first, or set another one',
  })
}
