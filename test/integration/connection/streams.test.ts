/** Input that is too big for a frame, or comes from a stream: timeouts, aborts, broken sources, lost connections. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection, sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { startDelayProxy } from '../../support/delay-proxy.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd, userName } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('streamed input', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
const user = userName('cxw-streams')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-streams-'))
const open: Connection[] = []
let account: { remove(): void }
test.before(async () => {
  sshd = await startSshd()
  account = addUser('cxw-streams', { sudo: 'without password' })
})
test.after(async () => {
  await sshd.stop()
  account.remove()
  rmSync(folder, { recursive: true })
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const opened = (made: Connection): Connection => {
  open.push(made)
  return made
}
const root = { method: 'sudo', user: 'root' } as const
/** The ways of a stream: each is stopped in its own way. */
const ways = {
  'over ssh': () => ({ connection: opened(sshConnection(sshd.settings())), identity: undefined }),
  'through sudo': () => ({ connection: opened(sshConnection(sshd.settings({ user }))), identity: root }),
  'on this machine': () => ({ connection: opened(localConnection()), identity: undefined }),
}
const megabytes = (n: number): Buffer => Buffer.alloc(n * 1_000_000, 'x')
/** A number of seconds that no other run of these tests uses at the same time. */
const lasting = (seconds: number): string => `${seconds}${process.pid}`
/** Starts a process that lives as long as its process group: it ignores SIGTERM. */
const last = (marker: string): string => `(trap '' TERM; exec sleep ${marker}) &`
const runs = (marker: string): boolean =>
  execFileSync('sh', ['-c', `pgrep -f '[s]leep ${marker}' || true`]).length > 0

for (const [way, make] of Object.entries(ways)) {
  test(`${way}: the timeout applies`, async () => {
    const { connection, identity } = make()
    const time = lasting(7101)
    const request = { purpose: 'run', stdin: megabytes(3), timeout: 1, identity } as const
    const script = `cat >/dev/null; sleep ${time}`
    await rejects(() => connection.execute({ ...request, script }), 'command-timeout', 'stopped after 1 s')
    await until(() => !runs(time))
  })

  test(`${way}: a command that reads nothing is stopped, too`, async () => {
    const { connection, identity } = make()
    const time = lasting(7102)
    const controller = new AbortController()
    const work = connection.execute({
      script: `echo go; sleep ${time}`,
      purpose: 'run',
      stdin: megabytes(8),
      identity,
      signal: controller.signal,
      onOutput: () => controller.abort(),
    })
    await rejects(() => work, 'interrupted', 'interrupted')
    await until(() => !runs(time))
  })

  test(`${way}: a source that stalls can be aborted, and leaves nothing on the host`, async () => {
    const { connection, identity } = make()
    const place = mkdtempSync(join(folder, 'stalled-'))
    const controller = new AbortController()
    const remote = createRemote(connection, { signal: controller.signal, identity })
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield megabytes(2)
      await until(() => readdirSync(place).length > 0)
      controller.abort(new CoxswainError('wait-timeout', 'it takes too long'))
      await new Promise(() => {})
    }
    const work = (): unknown => remote.writeStream(join(place, 'f'), { size: 5_000_000, chunks: stalling() })
    await rejects(work, 'wait-timeout', 'it takes too long')
    await until(() => readdirSync(place).length === 0)
  })

  test(`${way}: a source that fails is reported, and leaves nothing on the host`, async () => {
    const { connection, identity } = make()
    const place = mkdtempSync(join(folder, 'broken-'))
    const remote = createRemote(connection, { identity })
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield megabytes(2)
      await until(() => readdirSync(place).length > 0)
      throw new Error('the disk is gone')
    }
    const work = (): unknown => remote.writeStream(join(place, 'f'), { size: 5_000_000, chunks: breaking() })
    await rejects(work, 'read-failed', 'the disk is gone')
    await until(() => readdirSync(place).length === 0)
  })

  test(`${way}: a command that ends before its input returns its status`, async () => {
    const { connection, identity } = make()
    const remote = createRemote(connection, { identity })
    const result = await remote.run({ stdin: megabytes(30) })`echo sorry >&2; exit 7`.result()
    assert.equal([result.code, result.stderr], [7, 'sorry\n'])
    const work = (): unknown => remote.write('/nonexistent/dir/f', megabytes(10))
    const error = await rejects(work, 'write-failed', 'cannot write /nonexistent/dir/f')
    assert.match(error.output ?? '', 'No such file or directory')
  })

  test(`${way}: what a command leaves running delays nothing and keeps running`, async () => {
    const { connection, identity } = make()
    const time = lasting(7103)
    const remote = createRemote(connection, { identity })
    assert.is(await remote.run({ stdin: megabytes(3) })`sleep ${time} & wc -c`.text(), '3000000')
    await connection.close()
    assert.ok(runs(time))
    execFileSync('pkill', ['-f', `sleep ${time}`])
  })

  for (const [size, bytes] of Object.entries({ 'in a frame': megabytes(1), 'in pieces': megabytes(8) }))
    test(`${way}: stopped input ${size} does not look complete, also for a command that outlives SIGTERM`, async () => {
      const { connection, identity } = make()
      const paths = mkdtempSync(join(folder, 'stopped-'))
      chmodSync(paths, 0o777)
      const [taken, time] = [join(paths, 'taken'), lasting(7104)]
      const controller = new AbortController()
      const work = connection.execute({
        // SIGTERM ends the sleep; the shell continues and reads the available input
        script: `${last(time)} trap : TERM; echo go; sleep ${time}9; n=$(wc -c) && echo $n >${taken}`,
        purpose: 'run',
        stdin: bytes,
        identity,
        signal: controller.signal,
        onOutput: () => controller.abort(),
      })
      await rejects(() => work, 'interrupted', 'interrupted')
      await until(() => !runs(time))
      assert.is(
        existsSync(taken) ? readFileSync(taken, 'utf8').trim() : String(bytes.length),
        String(bytes.length),
      )
    })

  test(`${way}: bytes in pieces of any size arrive complete`, async () => {
    const { connection, identity } = make()
    const sizes = [1, 70_000, 0, 2_500_000, 3, 1_048_576]
    const bytes = Buffer.from(
      Array.from({ length: sizes.reduce((a, b) => a + b) }, (_, i) => (i * 7919) % 256),
    )
    async function* pieces(): AsyncGenerator<Uint8Array> {
      let at = 0
      for (const size of sizes) yield bytes.subarray(at, (at += size))
    }
    const { stdout } = await connection.execute({ script: 'cat', purpose: 'run', stdin: pieces(), identity })
    assert.ok(stdout.equals(bytes))
  })
}

for (const [how, before, between] of [
  ['', '', ''],
  [', also for a command that ignores SIGTERM', "trap '' TERM; ", ''],
  // its input is full then, and the process that feeds it does not read
  [
    ', also for a command that reads on after SIGTERM',
    'trap : TERM; ',
    `exec 2>/dev/null; sleep ${lasting(7105)}; `,
  ],
] as const)
  test(`a connection lost in the middle does not look like the end of input${how}`, async () => {
    const proxy = await startDelayProxy(sshd.port, 0)
    const connection = opened(
      sshConnection(sshd.settings({ port: proxy.port, hostKeys: new HostKeys([], 'off') })),
    )
    const paths = mkdtempSync(join(folder, 'lost-'))
    const [began, taken, time] = [join(paths, 'began'), join(paths, 'taken'), lasting(7106)]
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield megabytes(1)
    }
    const work = connection.execute({
      script: `${last(time)} ${before}head -c 1000 >${began}; ${between}cat >/dev/null && echo whole >${taken}`,
      purpose: 'run',
      stdin: endless(),
    })
    await until(() => existsSync(began) && readFileSync(began).length > 0)
    proxy.cut()
    await rejects(() => work, 'connection-lost', 'lost')
    await until(() => !runs(time))
    assert.not.ok(existsSync(taken))
    await proxy.stop()
  })
