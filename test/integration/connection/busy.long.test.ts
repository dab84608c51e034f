/** A busy server drops connections before it sends anything (MaxStartups): a dropped connection waits, and tries again. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import * as assert from 'uvu/assert'
import { opensshConnection, sshConnection } from '../../../engine/connection/connect.ts'
import { LoginThrottles } from '../../../engine/connection/login-throttle.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { SshSettings } from '../../../engine/connection/ssh/settings.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('busy servers', { needs: ['root', 'sshd', 'ssh'] })

let [sshd, narrow]: Sshd[] = []
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd(['MaxStartups 2:50:4'])
  narrow = await startSshd(['MaxStartups 1'])
})
test.after(async () => {
  await sshd?.stop()
  await narrow?.stop()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const need = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the suite has not begun')
  return value
}
const connection = (to: Sshd | undefined, change: Partial<SshSettings> = {}): Connection => {
  const made = sshConnection(need(to).settings(change))
  open.push(made)
  return made
}
const openssh = (to: Sshd | undefined, throttles: LoginThrottles): Connection => {
  const made = opensshConnection(need(to).opensshSettings({ connectRetries: 3, throttles }))
  open.push(made)
  return made
}
const text = async (from: Connection, script: string): Promise<string> =>
  (await from.execute({ script, purpose: 'query' })).stdout.toString().trim()

/** Sends one command on each connection at once; each must get its answer. */
const all = async (connections: readonly Connection[]): Promise<void> => {
  const answers = await Promise.all(connections.map((one, n) => text(one, `echo ${n}`)))
  assert.equal(
    answers,
    connections.map((_, n) => String(n)),
  )
}
const many = (length: number, make: () => Connection): Connection[] => Array.from({ length }, make)

test('thirty at once, independent of each other', () =>
  // four logins at a time, which take seconds on a busy machine
  all(many(30, () => connection(sshd, { connectTimeout: 180 }))))

for (const way of ['ssh2', 'openssh'] as const) {
  test(`${way}: many of one run at once, with only one login at a time`, async () => {
    const throttles = new LoginThrottles()
    await all(
      many(15, () => (way === 'ssh2' ? connection(narrow, { throttles }) : openssh(narrow, throttles))),
    )
  })
}

/** A server that drops its first clients before any output, then forwards to another. */
const busyFor = async (
  callers: number,
  port: number,
): Promise<{ server: Server; port: number; dropped: () => number }> => {
  let dropped = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (dropped < callers) {
      dropped += 1
      return socket.end('Exceeded MaxStartups\r\n')
    }
    const inner = connect(port, '127.0.0.1').on('error', () => {})
    socket.pipe(inner).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    dropped: () => dropped,
  }
}

test('a server that drops us repeatedly is tried until it accepts', async () => {
  const { server, port, dropped } = await busyFor(6, need(sshd).port)
  const one = connection(sshd, { port, hostKeys: new HostKeys([], 'off') })
  assert.is(await text(one, 'echo in'), 'in')
  assert.is(dropped(), 6)
  server.close()
})

test('a server that never accepts is given up after the timeout', async () => {
  const { server, port, dropped } = await busyFor(Infinity, need(sshd).port)
  const one = connection(sshd, { port, connectTimeout: 1 })
  await rejects(() => text(one, 'true'), 'connect-failed', 'cannot connect')
  assert.ok(dropped() > 1)
  server.close()
})
