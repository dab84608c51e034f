/**
 * `npm run bench:tree [FILES [MILLISECONDS]]`: many small files with `copy` to a real sshd with a round trip of this many
 * milliseconds, compared with `scp -r`, and with `rsync -c` if installed; then the same again with everything up to date.
 * Exits with 1 if it is slower than `scp -r`.
 */
import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { sshConnection } from '../../engine/connection/connect.ts'
import { HostKeys } from '../../engine/connection/ssh/host-keys.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import { copy } from '../../tasks/files/copy.ts'
import { startDelayProxy } from '../../test/support/delay-proxy.ts'
import { startSshd } from '../../test/support/sshd.ts'

// the proxy runs in this process, which must continue meanwhile
const execute = promisify(execFile)
const count = Number(process.argv[2] ?? 5000)
const roundTrip = Number(process.argv[3] ?? 2)
const sshd = await startSshd()
const proxy = roundTrip > 0 ? await startDelayProxy(sshd.port, roundTrip / 2) : undefined
const { folder, keyFile } = sshd
const { port } = proxy ?? sshd
const src = `${folder}/tree`
for (let n = 0; n < count; n += 1) {
  const place = `${src}/${Math.floor(n / 100)}`
  mkdirSync(place, { recursive: true })
  writeFileSync(`${place}/file-${n}`, randomBytes(2000))
}
const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

const connection = sshConnection(sshd.settings({ port, hostKeys: new HostKeys([], 'off') }))
const run = standaloneRun(new Map([['host', connection]]))
const held = (outcome: string) => async (): Promise<void> => {
  const result = await run(copy({ src, dest: `${folder}/ours` }), false)
  if (result.outcome !== outcome) throw result.error ?? new Error(result.outcome)
}
await connection.execute({ script: 'true', purpose: 'query' })
const known = ['-i', keyFile, '-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no', '-q']
const scpOnce = (): unknown =>
  execute('scp', ['-r', '-P', String(port), ...known, src, `127.0.0.1:${folder}/scp`])
const ours = await timed(held('changed'))
const again = await timed(held('ok'))
const scp = await timed(scpOnce)
console.log(`copy of ${count} files, verified: ${ours.toFixed(1)} s; scp -r: ${scp.toFixed(1)} s`)
console.log(`when everything is up to date: ${again.toFixed(1)} s`)
if (spawnSync('rsync', ['--version']).status === 0) {
  const ssh = ['ssh', '-p', String(port), ...known].join(' ')
  const rsync = (): unknown => execute('rsync', ['-rpc', '-e', ssh, `${src}/`, `127.0.0.1:${folder}/rsync`])
  const [first, second] = [await timed(rsync), await timed(rsync)]
  console.log(`rsync -rpc: ${first.toFixed(1)} s; when everything is up to date: ${second.toFixed(1)} s`)
}
await connection.close()
await proxy?.stop()
await sshd.stop()
rmSync(folder, { recursive: true, force: true })
process.exitCode = ours <= scp ? 0 : 1
