/** The accounts of a host, passwd(5) and group(5). */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

const accountsFile = shellFile(import.meta.url, 'accounts.sh')

/** A database as rows of fields. */
export const readAccounts = async (
  remote: RemoteReader,
  database: 'passwd' | 'group',
): Promise<string[][]> => {
  const label = database === 'passwd' ? 'list the users' : 'list the groups'
  const text = await remote.query({ label })`${shellProgram(accountsFile, database)}`.text()
  return text.split('\n').map((line) => line.split(':'))
}
