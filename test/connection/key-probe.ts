/** Asks for a key file and an agent without free file descriptors, and prints the errors. */
import { openSync } from 'node:fs'
import { agentKeys } from '../../engine/connection/ssh/agent-keys.ts'
import { readKeyFile } from '../../engine/connection/ssh/key-files.ts'
import { isCoxswainError } from '../../engine/errors.ts'

const [keyFile = '', socket = ''] = process.argv.slice(2)
try {
  for (;;) openSync('/dev/null', 'r')
} catch {
  // no file is left
}
const answers = await Promise.allSettled([
  readKeyFile(keyFile, false, undefined),
  readKeyFile(`${keyFile}--none`, true, undefined),
  agentKeys(socket),
])
const reported = answers.map((answer) => {
  const reason: unknown = answer.status === 'fulfilled' ? undefined : answer.reason
  return isCoxswainError(reason) ? `${reason.code}: ${reason.message}; ${reason.hint}` : 'no error'
})
process.stdout.write(`${JSON.stringify(reported)}\n`)
