/** Opens many connections at once, closes them all, and prints the results. Run with a low limit of open files. */
import { inspect } from 'node:util'
import { sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import { usualSettings } from '../../../engine/connection/ssh/settings.ts'
import { isCoxswainError } from '../../../engine/errors.ts'

const [port = '', keyFile = '', user = '', count = ''] = process.argv.slice(2)
const settings = {
  ...usualSettings,
  address: '127.0.0.1',
  port: Number(port),
  user,
  privateKeyFiles: [keyFile],
  agent: undefined,
  hostKeys: new HostKeys([], 'off'),
  connectRetries: 0,
  // forty logins of one process take long on a busy machine
  connectTimeout: 300,
}
const connections = Array.from({ length: Number(count) }, () => sshConnection(settings))
const answers = await Promise.allSettled(
  connections.map((connection) => connection.execute({ script: ':', purpose: 'query' })),
)
const reported: Record<string, number> = {}
for (const answer of answers) {
  const reason: unknown = answer.status === 'fulfilled' ? undefined : answer.reason
  const word =
    reason === undefined ? 'in' : isCoxswainError(reason) ? `${reason.code}: ${reason.hint}` : inspect(reason)
  reported[word] = (reported[word] ?? 0) + 1
}
await Promise.all(connections.map((connection) => connection.close()))
process.stdout.write(`${JSON.stringify(reported)}\n`)
