/** What the engine itself needs on a host, with GNU tools and with busybox only. */
import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { endScript } from '../../../engine/connection/shell/left-behind.ts'
import type { HostLock } from '../../../engine/connection/shell/lock.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { Secret } from '../../../engine/secret.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'

const test = suite('the userland of a host')

const using = async (
  host: RealHost,
  work: (connection: Connection) => Promise<void>,
  lock?: HostLock,
): Promise<void> => {
  const connection = await host.connect({ lock })
  try {
    await work(connection)
  } finally {
    await connection.close()
  }
}

const lockOf = (token: string): HostLock => ({
  token,
  owner: `owner-${token}`,
  purpose: 'test',
  pid: 1,
  wait: 0,
  waiting: () => {},
  absent: () => assert.unreachable('there is no flock'),
})

/** Numbers that are in no other command line on the host. */
const marker = '31415926'
const running = (host: RealHost): Promise<string> =>
  host.sh(`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[s]leep ${marker}' || true`)

const hosts = realHosts('debian', 'busybox')
for (const host of hosts) {
  test(`${host.name}: a shell that was left running is ended, with its commands`, () =>
    using(host, async (connection) => {
      const left = `setsid sh -c ': coxswain:0123; sleep ${marker}; :' >/dev/null 2>&1 </dev/null &`
      await connection.execute({ script: left, purpose: 'run' })
      await until(async () => (await running(host)) !== '0')
      const { code } = await connection.execute({ script: endScript('coxswain:0123'), purpose: 'query' })
      assert.is(code, 0)
      assert.is((await running(host)).trim(), '0')
      // no process is left
      assert.is((await connection.execute({ script: endScript('coxswain:0123'), purpose: 'query' })).code, 0)
    }))

  test(`${host.name}: files are read, written, listed and removed`, () =>
    using(host, async (connection) => {
      const remote = createRemote(connection)
      await remote.makeDirectory('/tmp/a b/c', { mode: '0750' })
      await remote.write('/tmp/a b/c/file', 'one\n', { mode: '0640' })
      await remote.write('/tmp/a b/c/file', 'two ü\n')
      await remote.link('/tmp/a b/c/link', 'file')
      assert.is(await remote.read('/tmp/a b/c/link'), 'two ü\n')
      const { type, mode, owner, group, size } = (await remote.stat('/tmp/a b/c/file')) ?? {}
      assert.equal([type, mode, owner, group, size], ['file', '0640', 'root', 'root', 7])
      assert.is((await remote.stat('/tmp/a b/c/link'))?.target, 'file')
      assert.equal((await remote.list('/tmp/a b/c'))?.toSorted(), ['file', 'link'])
      assert.match((await remote.sha256('/tmp/a b/c/file')) ?? '', /^[0-9a-f]{64}$/)
      assert.is(await remote.read('/tmp/a b/none'), undefined)
      await remote.setAttributes('/tmp/a b/c/file', { mode: '4755' })
      assert.is((await remote.stat('/tmp/a b/c/file'))?.mode, '4755')
      await remote.remove('/tmp/a b', { recursive: true })
      assert.is(await remote.exists('/tmp/a b'), false)
    }))

  test(`${host.name}: bytes of any kind and size arrive complete`, () =>
    using(host, async (connection) => {
      const remote = createRemote(connection)
      const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => (n * 7) % 256))
      await remote.write('/tmp/bytes', bytes)
      assert.ok((await remote.readBytes('/tmp/bytes'))?.equals(bytes))
      await remote.writeStream('/tmp/stream', { size: bytes.length, chunks: Readable.from([bytes, '']) })
      assert.is(await remote.sha256('/tmp/stream'), await remote.sha256('/tmp/bytes'))
      await remote.write('/tmp/few', Buffer.from([0, 255, 10, 0]))
      assert.equal([...((await remote.readBytes('/tmp/few')) ?? [])], [0, 255, 10, 0])
    }))

  test(`${host.name}: an aborted command is stopped, with its children`, () =>
    using(host, async (connection) => {
      const controller = new AbortController()
      const request: Request = {
        script: `sh -c 'sleep ${marker} & wait'`,
        purpose: 'run',
        signal: controller.signal,
      }
      const failed = rejects(() => connection.execute(request), 'interrupted', '')
      await until(async () => (await running(host)).trim() !== '0')
      controller.abort()
      await failed
      await until(async () => (await running(host)).trim() === '0')
    }))

  test(`${host.name}: a command is stopped at its timeout, and the connection continues`, () =>
    using(host, async (connection) => {
      await rejects(
        () => connection.execute({ script: `sleep ${marker}`, purpose: 'run', timeout: 1 }),
        'command-timeout',
        '',
      )
      await until(async () => (await running(host)).trim() === '0')
      assert.is((await connection.execute({ script: 'echo on', purpose: 'run' })).stdout.toString(), 'on\n')
    }))

  test(`${host.name}: two runs exclude each other`, () =>
    using(
      host,
      async (first) => {
        await first.execute({ script: 'true', purpose: 'query' })
        await using(
          host,
          async (second) => {
            await rejects(
              () => second.execute({ script: 'true', purpose: 'query' }),
              'host-locked',
              'owner-aa',
            )
          },
          lockOf('bb'),
        )
      },
      lockOf('aa'),
    ))
}

for (const host of hosts) {
  const add = { debian: 'useradd -m', busybox: 'adduser -D' }[host.name]
  test(`${host.name}: su, from root and from another user with a password`, async () => {
    await host.sh(`for u in ann bob; do ${add} $u; echo "$u:pw-$u" | chpasswd; done`)
    for (const [user, password] of [
      ['root', 'not asked for'],
      ['ann', 'pw-bob'],
    ] as const) {
      const connection = await host.connect({ user })
      const identity = { method: 'su', user: 'bob', password: new Secret(password) } as const
      const remote = createRemote(connection, { identity })
      await remote.write(`/tmp/from-${user}`, 'x')
      assert.is((await remote.stat(`/tmp/from-${user}`))?.owner, 'bob')
      await connection.close()
    }
    const connection = await host.connect({ user: 'ann' })
    const identity = { method: 'su', user: 'bob', password: new Secret('not-it') } as const
    await rejects(
      () => connection.execute({ script: 'true', purpose: 'run', identity }),
      'become-password-wrong',
      'su rejected the password to become bob',
    )
    await connection.close()
  })
}
