/**
 * `npm run bench:ssh`: how many round trips the framed session takes, with a real sshd behind a proxy that adds 50 ms per
 * round trip. The figures are multiples of a round trip, so they are valid on any machine. Exits with 1 if a limit is exceeded.
 */
import { sshConnection } from '../../engine/connection/connect.ts'
import { HostKeys } from '../../engine/connection/ssh/host-keys.ts'
import { createRemote } from '../../engine/remote/remote.ts'
import { startDelayProxy } from '../../test/support/delay-proxy.ts'
import { startSshd } from '../../test/support/sshd.ts'

const roundTrip = 50
const sshd = await startSshd()
const proxy = await startDelayProxy(sshd.port, roundTrip / 2)
const connection = sshConnection(sshd.settings({ port: proxy.port, hostKeys: new HostKeys([], 'off') }))
const remote = createRemote(connection)

/** The median time of some attempts, in round trips. */
const measure = async (work: () => Promise<unknown>, tries = 7): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < tries; round += 1) {
    const began = performance.now()
    await work()
    times.push((performance.now() - began) / roundTrip)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(tries / 2)] ?? Infinity
}

await remote.query`true`
await remote.run`true`
const megabyte = Buffer.alloc(1024 * 1024, 'x')
const path = `${sshd.folder}/megabyte`

const budget = [
  { what: 'a command', limit: 1.2, took: await measure(() => remote.query`true`.text()) },
  {
    what: '20 queries side by side',
    limit: 2.5,
    took: await measure(() =>
      Promise.all(Array.from({ length: 20 }, (_, n) => remote.query`echo ${n}`.text())),
    ),
  },
  // the proxy delays but does not limit the bandwidth, so the bytes themselves cost almost nothing
  { what: 'writing a file of 1 MB', limit: 4, took: await measure(() => remote.write(path, megabyte)) },
  { what: 'reading a file of 1 MB', limit: 4, took: await measure(() => remote.readBytes(path)) },
]
for (const { what, limit, took } of budget) {
  console.log(
    `${what.padEnd(26)} ${took.toFixed(2)} round trips (at most ${limit})${took <= limit ? '' : '  OVER'}`,
  )
}
await connection.close()
await proxy.stop()
await sshd.stop()
process.exitCode = budget.every(({ limit, took }) => took <= limit) ? 0 : 1
