/** How a connection ends: by an abort during the login, by a cut while a shell is opened, by a lost network. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { SshSettings } from '../../../engine/connection/ssh/settings.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { startDelayProxy } from '../../support/delay-proxy.ts'
import type { DelayProxy } from '../../support/delay-proxy.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd, userName } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('endings', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let proxy: DelayProxy
const user = userName('cxw-endings')
let account: ReturnType<typeof addUser>
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd()
  proxy = await startDelayProxy(sshd.port, 0)
  account = addUser('cxw-endings', { sudo: 'without password' })
})
test.after(async () => {
  await proxy.stop()
  await sshd.stop()
  account.remove()
})
test.afterEach(async () => {
  proxy.cut()
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const connection = (change: Partial<SshSettings> = {}): Connection => {
  const made = sshConnection(
    sshd.settings({ port: proxy.port, hostKeys: new HostKeys([], 'off'), ...change }),
  )
  open.push(made)
  return made
}
const text = async (from: Connection, script: string, more: Partial<Request> = {}): Promise<string> =>
  (await from.execute({ script, purpose: 'query', ...more })).stdout.toString().trim()

/** A server that accepts connections and sends nothing. */
const silentServer = async (): Promise<{ server: Server; port: number; accepted: Promise<Socket> }> => {
  const server = createServer().listen(0, '127.0.0.1')
  const accepted = once(server, 'connection').then(([socket]: Socket[]) => socket)
  await once(server, 'listening')
  return { server, port: portOf(server.address()), accepted: accepted.then(mustBe) }
}
const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0
const mustBe = (socket: Socket | undefined): Socket => {
  if (socket === undefined) throw new Error('no socket')
  return socket
}

test('waiting for a silent server can be aborted, and the connection closed', async () => {
  const { server, port, accepted } = await silentServer()
  const one = connection({ port, connectTimeout: 60 })
  const controller = new AbortController()
  const aborted = text(one, 'true', { signal: controller.signal })
  const other = rejects(() => text(one, 'true', { purpose: 'run' }), 'interrupted', 'closed')
  const socket = await accepted
  const gone = once(socket, 'close')
  socket.resume()
  controller.abort()
  await rejects(() => aborted, 'interrupted', 'interrupted')
  await one.close()
  await Promise.all([other, gone])
  server.close()
})

test('closing does not wait for the next attempt to connect', async () => {
  const { server, port, accepted } = await silentServer()
  const one = connection({ port, connectRetries: 30 })
  const waiting = rejects(() => text(one, 'true'), 'interrupted', 'closed')
  const socket = await accepted
  server.close()
  // refused from now on: repeated attempts, with growing pauses
  socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 3000))
  await one.close()
  await waiting
})

for (const identity of [undefined, { method: 'sudo', user: 'root' } as const]) {
  const shell = identity === undefined ? 'a shell' : `a shell as ${identity.user}`
  test(`a cut while ${shell} is opened is a lost connection, and is retried`, async () => {
    const mark = join(account.home, 'opening')
    // the first login reports that the shell is being opened, and takes long; later ones do not
    writeFileSync(join(account.home, '.bashrc'), `mkfifo ${mark} && { echo go >${mark}; sleep 20; }\n`)
    const one = connection({ user })
    const answer = text(one, 'id -un', { purpose: 'run', identity })
    const opening = spawn('sh', ['-c', `while [ ! -p ${mark} ]; do sleep 0.05; done; cat ${mark}`])
    await once(opening.stdout, 'data')
    proxy.cut()
    assert.is(await answer, identity?.user ?? user)
    execFileSync('rm', [mark])
  })
}

test('a server that cuts every shell while it opens is finally a lost connection', async () => {
  writeFileSync(join(account.home, '.bashrc'), 'sleep 20\n')
  const one = connection({ user })
  const lost = rejects(() => text(one, 'true'), 'connection-lost', 'was lost')
  const cutting = setInterval(() => proxy.cut(), 1000)
  await lost
  clearInterval(cutting)
  writeFileSync(join(account.home, '.bashrc'), '')
})

test('a network that drops everything does not delay a timeout, nor closing', async () => {
  const one = connection()
  const running = text(one, 'echo go; exec sleep 30', {
    purpose: 'run',
    timeout: 1,
    onOutput: () => proxy.swallowAll(),
  })
  await rejects(() => running, 'command-timeout', 'stopped after 1 s')
  await one.close()
})
