/** Servers that allow few sessions per connection: everything works, but waits. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd, userName } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('few sessions', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

const user = userName('cxw-narrow')
const servers = new Map<number, Sshd>()
const folder = mkdtempSync(join(tmpdir(), 'coxswain-narrow-'))
const open: Connection[] = []
let account: { remove(): void }
test.before(async () => {
  for (const sessions of [0, 1, 3]) servers.set(sessions, await startSshd([`MaxSessions ${sessions}`]))
  account = addUser('cxw-narrow')
})
test.after(async () => {
  for (const server of servers.values()) await server.stop()
  account.remove()
  rmSync(folder, { recursive: true })
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const connection = (sessions: number): Connection => {
  const server = servers.get(sessions)
  if (server === undefined) throw new Error(`no server with ${sessions} sessions`)
  const made = sshConnection(server.settings())
  open.push(made)
  return made
}
const text = async (from: Connection, script: string, more: Partial<Request> = {}): Promise<string> =>
  (await from.execute({ script, purpose: 'query', ...more })).stdout.toString().trim()
const identity = { method: 'sudo', user } as const
const megabytes = (n: number): Buffer => Buffer.alloc(n * 1_000_000, 'x')

test('a shell that serves queries and runs keeps them apart', async () => {
  const one = connection(1)
  const log = join(folder, 'shared')
  await text(one, 'true')
  const answers = Promise.all([
    text(one, `sleep 0.3; echo a >>${log}; echo $$`),
    text(one, `echo b >>${log}; echo $$`, { purpose: 'run' }),
    text(one, `echo c >>${log}; echo $$`),
    text(one, `echo d >>${log}; echo $$`, { purpose: 'run' }),
  ])
  assert.is(new Set(await answers).size, 1)
  assert.match(readFileSync(log, 'utf8'), /^a\n(b\nc|c\nb)\nd\n$/)
})

test('a query waiting for a long run can be aborted without affecting it', async () => {
  const one = connection(1)
  await text(one, 'true')
  let go = (): void => {}
  const began = new Promise<void>((resolve) => (go = resolve))
  const long = text(one, 'echo go; sleep 1; echo whole', { purpose: 'run', onOutput: () => go() })
  await began
  const controller = new AbortController()
  const query = text(one, 'echo never', { signal: controller.signal })
  controller.abort()
  await rejects(() => query, 'interrupted', 'interrupted')
  assert.is(await long, 'go\nwhole')
})

test('two purposes of another user at once', async () => {
  const one = connection(1)
  await text(one, 'true')
  const both = [text(one, 'id -un', { identity }), text(one, 'id -un', { identity, purpose: 'run' })]
  assert.equal(await Promise.all(both), [user, user])
})

test('several users take turns', async () => {
  const one = connection(1)
  const work = Array.from({ length: 12 }, (_, n) =>
    text(one, 'id -un', {
      identity: n % 2 === 0 ? identity : undefined,
      purpose: n % 3 === 0 ? 'run' : 'query',
    }),
  )
  const names = await Promise.all(work)
  assert.equal(
    names.map((name) => name === user),
    names.map((_, n) => n % 2 === 0),
  )
})

test('waiting for a session can be aborted, and a connection can be closed', async () => {
  const one = connection(1)
  let go = (): void => {}
  const began = new Promise<void>((resolve) => (go = resolve))
  const long = text(one, 'echo go; exec sleep 30', { purpose: 'run', onOutput: () => go() })
  const ended = rejects(() => long, 'connection-lost', 'lost')
  await began
  const controller = new AbortController()
  const aborted = text(one, 'id -un', { identity, signal: controller.signal })
  const closed = rejects(() => text(one, 'id -un', { identity, purpose: 'run' }), 'interrupted', 'closed')
  controller.abort()
  await rejects(() => aborted, 'interrupted', 'interrupted')
  await one.close()
  await Promise.all([ended, closed])
})

test('a stream uses the only session, in the middle of other work', async () => {
  const one = connection(1)
  const remote = createRemote(one)
  await remote.query`true`
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  const [, , answer] = await Promise.all([
    remote.write(first, megabytes(3)),
    remote.write(second, megabytes(4)),
    remote.query`echo between`.text(),
  ])
  assert.is(answer, 'between')
  assert.is((await remote.stat(first))?.size, 3_000_000)
  assert.is((await remote.stat(second))?.size, 4_000_000)
})

test('more streams than sessions wait for each other, without a warning', async () => {
  const warnings: string[] = []
  const onWarning = (warning: Error): number => warnings.push(warning.name)
  process.on('warning', onWarning)
  const one = connection(3)
  const remote = createRemote(one)
  await Promise.all([remote.query`true`, remote.run`true`])
  const files = Array.from({ length: 14 }, (_, n) => join(folder, `many-${n}`))
  await Promise.all(files.map((file) => remote.write(file, megabytes(3))))
  const sizes = await Promise.all(files.map(async (file) => (await remote.stat(file))?.size))
  assert.equal(
    sizes,
    files.map(() => 3_000_000),
  )
  process.off('warning', onWarning)
  assert.equal(warnings, [])
})

test('a server that opens no session at all is reported', async () => {
  await rejects(() => text(connection(0), 'true'), 'channel-refused', 'refuses another session')
})
