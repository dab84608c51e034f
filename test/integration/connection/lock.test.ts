/** The lock on a host, on a real sshd: who gets it, who is told of whom, and when it is free again. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection, sshConnection } from '../../../engine/connection/connect.ts'
import type { HostLock } from '../../../engine/connection/shell/lock.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { Secret } from '../../../engine/secret.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('lock', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
const open: Connection[] = []
const users: { remove(): void }[] = []
// other tests run beside these on the same machine, and what one leaves behind takes a while to go
const folder = mkdtempSync(join(tmpdir(), 'coxswain-lock-'))
chmodSync(folder, 0o755)
let path = folder
let tokens = 0

test.before(async () => {
  sshd = await startSshd()
})
test.after(async () => {
  await sshd.stop()
  for (const user of users) user.remove()
  rmSync(folder, { recursive: true })
})
test.beforeEach(() => {
  path = mkdtempSync(join(folder, 'test-'))
  chmodSync(path, 0o1777)
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

/** The lock of another run each time. */
const lockOf = (change: Partial<HostLock> = {}): HostLock => ({
  token: (tokens += 1).toString(16).padStart(4, '0'),
  owner: 'ann@laptop',
  purpose: 'site',
  pid: 4242,
  folder: path,
  grace: 0.5,
  wait: 0,
  waiting: () => {},
  absent: () => {},
  ...change,
})
const locking = (lock: HostLock, ...[change]: Parameters<Sshd['settings']>): Connection => {
  const made = sshConnection(sshd.settings(change), { lock })
  open.push(made)
  return made
}
const say = async (from: Connection, more: Partial<Request> = {}): Promise<string> =>
  (await from.execute({ script: 'echo in', purpose: 'query', ...more })).stdout.toString()
const refused = (from: Connection, more: Partial<Request> = {}) =>
  rejects(() => say(from, more), 'host-locked', /is locked by ann@laptop \(site, process 4242\), since \d+ s/)
const user = (...args: Parameters<typeof addUser>): ReturnType<typeof addUser> => {
  const made = addUser(...args)
  users.push(made)
  return made
}

test('a second run is refused with the name of the first, and let in after it', async () => {
  const [first, second] = [locking(lockOf()), locking(lockOf({ owner: 'bob@desk' }))]
  assert.is(await say(first), 'in\n')
  await refused(second)
  await first.close()
  assert.is(await say(second), 'in\n')
  await rejects(() => say(locking(lockOf())), 'host-locked', 'locked by bob@desk')
})

test('who is told to begin nothing more waits no longer', async () => {
  await say(locking(lockOf()))
  const stopping = new AbortController()
  const lock = lockOf({ wait: 600, stopping: stopping.signal, waiting: () => stopping.abort() })
  await rejects(() => say(locking(lock)), 'interrupted', 'was locked by another run')
})

test('of runs that begin at the same moment one gets it', async () => {
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => say(locking(lockOf()))))
  assert.is(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('shells of one run do not keep each other off: for reading, changing, streaming, under two names', async () => {
  const lock = lockOf()
  const [one, other] = [locking(lock), locking(lock)]
  const big = Buffer.alloc(3_000_000, 'x')
  const answers = await Promise.all([
    say(one),
    say(one, { purpose: 'run' }),
    say(other),
    say(other, { script: 'wc -c', stdin: big }),
  ])
  assert.equal(answers, ['in\n', 'in\n', 'in\n', '3000000\n'])
})

test('runs that act as the same user keep each other off, whoever logs in; those of other users do not', async () => {
  const { name } = user('cxw-lock', { sudo: 'without password' })
  const { name: other } = user('cxw-lock2', { sudo: 'without password' })
  const asRoot = { identity: { method: 'sudo', user: 'root' } } as const
  const first = locking(lockOf(), { user: name })
  assert.is(await say(first, asRoot), 'in\n')
  // the same run, as the login user
  assert.is(await say(first), 'in\n')
  await Promise.all([
    refused(locking(lockOf())),
    refused(locking(lockOf(), { user: other }), asRoot),
    refused(locking(lockOf(), { user: name })),
  ])
  assert.is(await say(locking(lockOf(), { user: other })), 'in\n')
  await first.close()
  assert.is(await say(locking(lockOf())), 'in\n')
})

test('sudo with a password, and the login shells csh and fish', { needs: ['csh', 'fish'] }, async () => {
  const { name, password } = user('cxw-lockpw', { sudo: 'with password', shell: '/usr/bin/fish' })
  const identity = { method: 'sudo', user: 'root', password: new Secret(password) } as const
  const first = locking(lockOf(), { user: name })
  assert.is(await say(first, { identity }), 'in\n')
  const { name: other } = user('cxw-lockcsh', { shell: '/bin/csh', sudo: 'without password' })
  const asRoot = { identity: { method: 'sudo', user: 'root' } } as const
  await refused(locking(lockOf(), { user: other }), asRoot)
  await first.close()
  const longest = { owner: 'o'.repeat(80), purpose: 'p'.repeat(80), pid: 99_999_999 }
  assert.is(await say(locking(lockOf(longest), { user: other }), asRoot), 'in\n')
})

test('the lock lies where no other user can open it: in /run for root, in the home for others', async () => {
  const { name, home } = user('cxw-lockhome')
  const mine = locking(lockOf({ folder: undefined }), { user: name })
  assert.is(await say(mine), 'in\n')
  const place = join(home, `.coxswain-lock-${execFileSync('uname', ['-n']).toString().trim()}`)
  assert.is(execFileSync('stat', ['-c', '%A %U', place]).toString().trim(), `drwx------ ${name}`)
  await refused(locking(lockOf({ folder: undefined }), { user: name }))
})

test('no other user can take the lock, for what is in it or its folder cannot be opened', async () => {
  const { name } = user('cxw-lockflock')
  await say(locking(lockOf()))
  const attack = `flock -n ${path}/coxswain-0 true; flock -n ${path}/coxswain-0/lock true; cat ${path}/coxswain-0/holder`
  const tried = spawnSync('su', ['-s', '/bin/sh', '-c', attack, name])
  assert.is(tried.stdout.toString(), '')
  assert.is(tried.stderr.toString().match(/Permission denied/g)?.length, 3)
})

for (const [what, make] of [
  ['a folder', 'mkdir'],
  ['a link to a folder that is private', 'ln -s /root'],
  ['a file', 'touch'],
] as const) {
  test(`${what} that another user has put in the place of the lock is refused by name`, async () => {
    const { name } = user('cxw-locksquat')
    execFileSync('su', ['-s', '/bin/sh', '-c', `${make} ${path}/coxswain-0`, name])
    const error = await rejects(
      () => say(locking(lockOf())),
      'lock-unsafe',
      `${path}/coxswain-0 must be a folder`,
    )
    assert.match(error.message, 'root@127.0.0.1')
    rmSync(join(path, 'coxswain-0'), { recursive: true })
    assert.is(await say(locking(lockOf())), 'in\n')
  })
}

test('a folder that others may write into holds no lock', async () => {
  chmodSync(path, 0o777)
  const why: string[] = []
  assert.is(await say(locking(lockOf({ absent: (reason) => why.push(reason) }))), 'in\n')
  assert.match(why[0] ?? '', 'does not have a folder that others cannot write into')
})

test('nobody comes in, or seems to hold the lock, by what stands in the command line of a process', async () => {
  const first = lockOf()
  await say(locking(first))
  const forged = lockOf()
  const label = `coxswain-lock:${forged.token}:mallory@x:1:1:x ${forged.token}:mallory@x:1:1:x`
  const mallory = spawn('sh', ['-c', 'sleep 60', label], { stdio: 'ignore' })
  await refused(locking(forged))
  mallory.kill()
})

test('a run that waits says for whom, and gets in when the other ends', async () => {
  const first = locking(lockOf())
  await say(first)
  const told: string[] = []
  const holders: string[] = []
  let tell = (): void => {}
  const waiting = new Promise<void>((resolve) => (tell = resolve))
  const hear = (holder: string): void => {
    holders.push(holder)
    tell()
  }
  const second = say(locking(lockOf({ wait: 60, waiting: hear })))
  void second.then((text) => told.push(text))
  await waiting
  assert.match(holders[0] ?? '', /^ann@laptop \(site, process 4242\), since/)
  assert.equal(told, [])
  await first.close()
  assert.is(await second, 'in\n')
})

test('a run waits no longer than it was told to', async () => {
  await say(locking(lockOf()))
  const told: string[] = []
  await refused(locking(lockOf({ wait: 1.5, waiting: (holder) => told.push(holder) })))
  assert.is(told.length, 1)
})

test('waiting can be given up, and leaves nothing behind on the host', async () => {
  await say(locking(lockOf()))
  const controller = new AbortController()
  const lock = lockOf({ wait: 60, waiting: () => controller.abort() })
  const waiter = locking(lock)
  await rejects(() => say(waiter, { signal: controller.signal }), 'interrupted', 'interrupted')
  await waiter.close()
  await until(() => found(`:${lock.token}:`) === '')
})

/** Command lines of this machine that match. */
const found = (pattern: string): string =>
  execFileSync('sh', ['-c', `pgrep -fa -- "$0" | grep -v "pgrep -fa" || true`, pattern]).toString()

test('a daemon that a task leaves behind does not keep the lock', async () => {
  const first = locking(lockOf())
  const script = `sleep 70${process.pid} >/dev/null 2>&1 & echo in`
  assert.is(await say(first, { purpose: 'run', script }), 'in\n')
  // on a busy machine the shell may have said so before its child has become the daemon
  await until(() => found(`sleep 70${process.pid}`) !== '')
  await first.close()
  assert.match(found(`sleep 70${process.pid}`), 'sleep')
  assert.is(await say(locking(lockOf())), 'in\n')
  execFileSync('pkill', ['-f', `sleep 70${process.pid}`])
})

test('a connection that is cut frees the host when all that ran there is gone', async () => {
  const sockets = new Set<Socket>()
  const proxy = createServer((inside) => {
    const outside = connect(sshd.port, '127.0.0.1')
    for (const socket of [inside, outside]) sockets.add(socket.on('error', () => {}))
    inside.pipe(outside).pipe(inside)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const known = join(sshd.folder, 'kh-lock')
  writeFileSync(known, `[127.0.0.1]:${port} ${sshd.hostPublicKey}\n`)
  const first = locking(lockOf(), { port, hostKeys: new HostKeys([known], 'strict') })
  const marker = `71${process.pid}`
  const cut = first.execute({
    // it minds no polite request
    script: `echo go; trap '' TERM; sh -c 'trap "" TERM; sleep ${marker}'`,
    purpose: 'run',
    onOutput: () => {
      for (const socket of sockets) socket.destroy()
    },
  })
  await rejects(() => cut, 'connection-lost', 'was lost')
  proxy.close()
  assert.is(await say(locking(lockOf({ wait: 60 }))), 'in\n')
  assert.is(found(`sleep ${marker}`), '')
})

test('a server with one session at a time is enough, also for two users', async () => {
  const narrow = await startSshd(['MaxSessions 1'])
  const { name } = user('cxw-locknarrow', { sudo: 'without password' })
  const asRoot = { identity: { method: 'sudo', user: 'root' } } as const
  const one = sshConnection(narrow.settings({ user: name }), { lock: lockOf() })
  try {
    for (let times = 0; times < 3; times += 1) {
      assert.is(await say(one), 'in\n')
      assert.is(await say(one, { ...asRoot, purpose: 'run' }), 'in\n')
    }
    await refused(locking(lockOf()))
  } finally {
    await one.close()
    await narrow.stop()
  }
})

test('a shell that was stopped leaves the lock with those that are there', async () => {
  const first = locking(lockOf())
  await say(first)
  const stopped = say(first, { purpose: 'run', script: 'sleep 60', timeout: 1 })
  await rejects(() => stopped, 'command-timeout', 'stopped after 1 s')
  await refused(locking(lockOf()))
  assert.is(await say(first, { purpose: 'run' }), 'in\n')
})

test('a host that cannot lock is told of, and worked on', async () => {
  let absent = 0
  const lock = lockOf({ folder: '/no/such/folder', absent: () => (absent += 1) })
  const one = localConnection({ lock })
  open.push(one)
  assert.is(await say(one), 'in\n')
  assert.is(absent, 1)
})

test('no other run is let in by a name that would break the command line', async () => {
  const first = locking(lockOf({ owner: `o'; $(id)\n\\"`, purpose: '!é ü' }))
  assert.is(await say(first), 'in\n')
  await rejects(() => say(locking(lockOf())), 'host-locked', /locked by o_____id____ \(____, process/)
})

test('a lock path that a shell could mind is refused', async () => {
  await rejects(() => say(locking(lockOf({ folder: "/a'b" }))), 'usage', 'is not a folder for locks')
})
