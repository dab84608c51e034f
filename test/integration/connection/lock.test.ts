/** The lock on a host, on a real sshd: who gets it, what other runs report, and when it is free again. */
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
// other tests run concurrently on this machine, and what they leave takes a while to end
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
/** A lock that becomes free: the host needs a moment to notice the end of a connection, longer if the machine is busy. */
const freed = (change: Partial<HostLock> = {}): HostLock => lockOf({ grace: 30, ...change })
const refused = (from: Connection, more: Partial<Request> = {}) =>
  rejects(() => say(from, more), 'host-locked', /is locked by ann@laptop \(site, process 4242\), for \d+ s/)
const user = (...args: Parameters<typeof addUser>): ReturnType<typeof addUser> => {
  const made = addUser(...args)
  users.push(made)
  return made
}

test('a second run is refused with the name of the first, and allowed after it', async () => {
  const first = locking(lockOf())
  assert.is(await say(first), 'in\n')
  await refused(locking(lockOf({ owner: 'bob@desk' })))
  await first.close()
  assert.is(await say(locking(freed({ owner: 'bob@desk' }))), 'in\n')
  await rejects(() => say(locking(lockOf())), 'host-locked', 'locked by bob@desk')
})

test('a run that must not start anything more stops waiting', async () => {
  await say(locking(lockOf()))
  const stopping = new AbortController()
  const lock = lockOf({ wait: 600, stopping: stopping.signal, waiting: () => stopping.abort() })
  await rejects(() => say(locking(lock)), 'interrupted', 'was locked by another run')
})

test('of runs that start at the same moment, one gets it', async () => {
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => say(locking(lockOf()))))
  assert.is(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('shells of one run share the lock: for reading, changing, streaming, under two names', async () => {
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

test('runs with the same acting user exclude each other, whoever logs in; those of other users do not', async () => {
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
  assert.is(await say(locking(freed())), 'in\n')
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
  assert.is(await say(locking(freed(longest), { user: other }), asRoot), 'in\n')
})

test('the lock is where no other user can open it: in /run for root, in the home for others', async () => {
  const { name, home } = user('cxw-lockhome')
  const mine = locking(lockOf({ folder: undefined }), { user: name })
  assert.is(await say(mine), 'in\n')
  const place = join(home, `.coxswain-lock-${execFileSync('uname', ['-n']).toString().trim()}`)
  assert.is(execFileSync('stat', ['-c', '%A %U', place]).toString().trim(), `drwx------ ${name}`)
  await refused(locking(lockOf({ folder: undefined }), { user: name }))
})

test('no other user can take the lock, because its file and folder cannot be opened', async () => {
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
  test(`${what} that another user put at the path of the lock is refused with its name`, async () => {
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

test('a folder that others can write to is not used for a lock', async () => {
  chmodSync(path, 0o777)
  const why: string[] = []
  assert.is(await say(locking(lockOf({ absent: (reason) => why.push(reason) }))), 'in\n')
  assert.match(why[0] ?? '', 'does not have a folder that others cannot write into')
})

test('the command line of a process can neither take the lock nor seem to hold it', async () => {
  const first = lockOf()
  await say(locking(first))
  const forged = lockOf()
  const label = `coxswain-lock:${forged.token}:mallory@x:1:1:x ${forged.token}:mallory@x:1:1:x`
  const mallory = spawn('sh', ['-c', 'sleep 60', label], { stdio: 'ignore' })
  await refused(locking(forged))
  mallory.kill()
})

test('a waiting run names the holder, and gets the lock when the other ends', async () => {
  const first = locking(lockOf())
  await say(first)
  const reported: string[] = []
  const holders: string[] = []
  let tell = (): void => {}
  const waiting = new Promise<void>((resolve) => (tell = resolve))
  const hear = (holder: string): void => {
    holders.push(holder)
    tell()
  }
  const second = say(locking(lockOf({ wait: 60, waiting: hear })))
  void second.then((text) => reported.push(text))
  await waiting
  assert.match(holders[0] ?? '', /^ann@laptop \(site, process 4242\), for/)
  assert.equal(reported, [])
  await first.close()
  assert.is(await second, 'in\n')
})

test('a run waits no longer than its limit', async () => {
  await say(locking(lockOf()))
  const reported: string[] = []
  await refused(locking(lockOf({ wait: 1.5, waiting: (holder) => reported.push(holder) })))
  assert.is(reported.length, 1)
})

test('waiting can be aborted, and leaves nothing on the host', async () => {
  await say(locking(lockOf()))
  const controller = new AbortController()
  const lock = lockOf({ wait: 60, waiting: () => controller.abort() })
  const waiter = locking(lock)
  await rejects(() => say(waiter, { signal: controller.signal }), 'interrupted', 'interrupted')
  await waiter.close()
  await until(() => found(`:${lock.token}:`) === '')
})

/** Command lines on this machine that match. */
const found = (pattern: string): string =>
  execFileSync('sh', ['-c', `pgrep -fa -- "$0" | grep -v "pgrep -fa" || true`, pattern]).toString()

test('a daemon that a task leaves running does not keep the lock', async () => {
  const first = locking(lockOf())
  const script = `sleep 70${process.pid} >/dev/null 2>&1 & echo in`
  assert.is(await say(first, { purpose: 'run', script }), 'in\n')
  // on a busy machine, the shell can report before its child has become the daemon
  await until(() => found(`sleep 70${process.pid}`) !== '')
  await first.close()
  assert.match(found(`sleep 70${process.pid}`), 'sleep')
  assert.is(await say(locking(freed())), 'in\n')
  execFileSync('pkill', ['-f', `sleep 70${process.pid}`])
})

test('a cut connection frees the host when everything that ran there has ended', async () => {
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
    // it ignores SIGTERM
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

test('a stopped shell leaves the lock to the remaining ones', async () => {
  const first = locking(lockOf())
  await say(first)
  const stopped = say(first, { purpose: 'run', script: 'sleep 60', timeout: 1 })
  await rejects(() => stopped, 'command-timeout', 'stopped after 1 s')
  await refused(locking(lockOf()))
  assert.is(await say(first, { purpose: 'run' }), 'in\n')
})

test('a host that cannot lock is reported, and used', async () => {
  let absent = 0
  const lock = lockOf({ folder: '/no/such/folder', absent: () => (absent += 1) })
  const one = localConnection({ lock })
  open.push(one)
  assert.is(await say(one), 'in\n')
  assert.is(absent, 1)
})

test('a run with a name that would break the command line does not get the lock', async () => {
  const first = locking(lockOf({ owner: `o'; $(id)\n\\"`, purpose: '!é ü' }))
  assert.is(await say(first), 'in\n')
  await rejects(() => say(locking(lockOf())), 'host-locked', /locked by o_____id____ \(____, process/)
})

test('a lock path with special characters of a shell is refused', async () => {
  await rejects(() => say(locking(lockOf({ folder: "/a'b" }))), 'usage', 'is not a folder for locks')
})
