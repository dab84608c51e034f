/**
 * `npm run bench:transfer [MEGABYTES]`: a big file with `copy` to a real sshd on loopback, compared with `scp`: the ratio of
 * the times, and the growth of memory. Exits with 1 if memory grows with the size.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, rmSync } from 'node:fs'
import { sshConnection } from '../../engine/connection/connect.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import { copy } from '../../tasks/files/copy.ts'
import { startSshd } from '../../test/support/sshd.ts'

const megabytes = Number(process.argv[2] ?? 1000)
const most = 150

const sshd = await startSshd()
const { folder, keyFile, knownHosts, port } = sshd
const made = (name: string, size: number): string => {
  const path = `${folder}/${name}`
  const chunk = randomBytes(1_000_000)
  for (let n = 0; n < size; n += 1) appendFileSync(path, chunk)
  return path
}
const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
const peak = (): number => process.resourceUsage().maxRSS / 1024

const connection = sshConnection(sshd.settings())
const run = standaloneRun(new Map([['host', connection]]))
const held = async (src: string): Promise<void> => {
  const { outcome, error } = await run(copy({ src, dest: `${src}.there` }), false)
  if (outcome === 'failed' || outcome === 'unreachable') throw error
}
// the first transfer allocates what every transfer needs
await held(made('small', 50))
const before = peak()
const big = made('big', megabytes)
const ours = await timed(() => held(big))
const grown = peak() - before
const again = await timed(() => held(big))
const options = ['-q', '-P', String(port), '-i', keyFile, '-o', `UserKnownHostsFile=${knownHosts}`]
const scp = await timed(() => execFileSync('scp', [...options, big, `127.0.0.1:${big}.scp`]))
await connection.close()
await sshd.stop()
rmSync(folder, { recursive: true, force: true })

console.log(
  `copy of ${megabytes} MB: ${ours.toFixed(1)} s (including three SHA-256 sums), scp ${scp.toFixed(1)} s`,
)
console.log(`when it is up to date: ${again.toFixed(1)} s`)
console.log(
  `memory: ${grown.toFixed(0)} MB more than for 50 MB (at most ${most})${grown <= most ? '' : '  OVER'}`,
)
process.exitCode = grown <= most ? 0 : 1
