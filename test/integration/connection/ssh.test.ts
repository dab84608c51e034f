import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { Secret } from '../../../engine/secret.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('ssh', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
const open: Connection[] = []
const users = new Map<string, { remove(): void }>()

test.before(async () => {
  sshd = await startSshd(['PasswordAuthentication yes', 'KbdInteractiveAuthentication yes'])
})
test.after(async () => {
  await sshd.stop()
  for (const user of users.values()) user.remove()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const connection = (...[change]: Parameters<Sshd['settings']>): Connection => {
  const made = sshConnection(sshd.settings(change))
  open.push(made)
  return made
}
const user = (...args: Parameters<typeof addUser>): ReturnType<typeof addUser> => {
  const made = addUser(...args)
  users.set(made.name, made)
  return made
}
const text = async (from: Connection, script: string, more: Partial<Request> = {}): Promise<string> => {
  const { code, stdout, stderr } = await from.execute({ script, purpose: 'query', ...more })
  return `${stdout.toString()}${code === 0 ? '' : `[${code}] ${stderr.toString()}`}`
}
/** A number of seconds that no other run of these tests uses at the same time. */
const lasting = (seconds: number): string => `${seconds}${process.pid}`
const processes = (marker: string): string =>
  execFileSync('sh', ['-c', `pgrep -fa '[s]leep ${marker}' || true`]).toString()

test('output, error output and status are returned separately', async () => {
  const result = await connection().execute({ script: 'echo out; echo err >&2; exit 7', purpose: 'query' })
  assert.equal([result.code, result.stdout.toString(), result.stderr.toString()], [7, 'out\n', 'err\n'])
})

test('many requests share a shell, and each gets its own answer', async () => {
  const one = connection()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => text(one, `echo ${index}; echo $$`)),
  )
  assert.equal(
    answers.map((answer) => answer.split('\n')[0]),
    Array.from({ length: 50 }, (_, index) => String(index)),
  )
  assert.is(new Set(answers.map((answer) => answer.split('\n')[1])).size, 1)
})

test('exit, a syntax error and an open quote end only their own command', async () => {
  const one = connection()
  assert.is(await text(one, 'exit 4'), '[4] ')
  assert.match(await text(one, 'echo "unterminated'), /^\[\d+\]/)
  assert.match(await text(one, 'if then fi'), /^\[\d+\]/)
  assert.is(await text(one, 'echo fine'), 'fine\n')
})

test('binary output and input of any size arrive complete', async () => {
  const one = connection()
  for (const size of [0, 1, 1000, 100_000, 3_000_000]) {
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7919) % 256))
    const { stdout } = await one.execute({ script: 'cat', purpose: 'run', stdin: bytes })
    assert.ok(stdout.equals(bytes), `${size} bytes`)
  }
})

test('output beyond the limit is counted and dropped', async () => {
  const result = await connection().execute({
    script: 'head -c 100000 /dev/zero',
    purpose: 'query',
    maxOutput: 1000,
  })
  assert.is(result.stdout.length, 1000)
  assert.is(result.dropped, 99_000)
})

test('live output arrives while the command runs', async () => {
  const one = connection()
  const seen: string[] = []
  let first = (): void => {}
  const began = new Promise<void>((resolve) => (first = resolve))
  const done = one.execute({
    script: 'echo é1; read x </dev/null; while [ ! -e "$HOME/.coxswain-go" ]; do sleep 0.02; done; echo 2',
    purpose: 'run',
    onOutput: (_, chunk) => {
      seen.push(chunk)
      first()
    },
  })
  await began
  assert.equal(seen, ['é1\n'])
  await text(one, 'touch "$HOME/.coxswain-go"')
  await done
  await text(one, 'rm "$HOME/.coxswain-go"')
  assert.is(seen.join(''), 'é1\n2\n')
})

test('a long run does not delay a query', async () => {
  const one = connection()
  const controller = new AbortController()
  const long = one.execute({ script: `sleep ${lasting(7011)}`, purpose: 'run', signal: controller.signal })
  assert.is(await text(one, 'echo quick'), 'quick\n')
  controller.abort()
  await rejects(() => long, 'interrupted', 'interrupted')
})

test('a file is written atomically with owner and mode, small and big', async () => {
  const remote = createRemote(connection())
  const path = join(sshd.folder, 'written')
  await remote.write(path, 'small', { mode: '0600', owner: 'daemon' })
  assert.equal(await remote.stat(path).then((stat) => [stat?.mode, stat?.owner, stat?.size]), [
    '0600',
    'daemon',
    5,
  ])
  const big = Buffer.alloc(5_000_000, 'x')
  await remote.write(path, big)
  assert.is((await remote.stat(path))?.size, big.length)
  assert.is((await remote.stat(path))?.mode, '0600')
})

test('an aborted command is stopped on the host, with its grandchildren', async () => {
  const controller = new AbortController()
  const one = connection()
  const running = one.execute({
    script: `echo go; sh -c "sleep ${lasting(7001)} & sleep ${lasting(7001)}; true"`,
    purpose: 'run',
    signal: controller.signal,
    onOutput: () => controller.abort(),
  })
  await rejects(() => running, 'interrupted', 'interrupted')
  assert.is(processes(lasting(7001)), '')
})

test('a command is stopped on the host at its timeout, and the connection continues', async () => {
  const one = connection()
  await rejects(
    () => one.execute({ script: `sleep ${lasting(7002)}`, purpose: 'query', timeout: 1 }),
    'command-timeout',
    'stopped after 1 s',
  )
  assert.is(processes(lasting(7002)), '')
  assert.is(await text(one, 'echo on'), 'on\n')
})

test('queries that waited for a stopped one are repeated automatically', async () => {
  const one = connection()
  const slow = one.execute({ script: `sleep ${lasting(7003)}`, purpose: 'query', timeout: 1 })
  const waiting = text(one, 'echo patient')
  await rejects(() => slow, 'command-timeout', 'stopped')
  assert.is(await waiting, 'patient\n')
})

test('a daemon that a command leaves running outlives a clean end', async () => {
  const one = connection()
  await text(one, `sleep ${lasting(7004)} >/dev/null 2>&1 &`)
  await one.close()
  await new Promise((resolve) => setTimeout(resolve, 2500))
  assert.match(processes(lasting(7004)), `sleep ${lasting(7004)}`)
  execFileSync('pkill', ['-f', `sleep ${lasting(7004)}`])
})

test('a cut connection is reported, stops the command, and is opened again', async () => {
  const sockets = new Set<Socket>()
  const proxy = createServer((inside) => {
    const outside = connect(sshd.port, '127.0.0.1')
    for (const socket of [inside, outside]) sockets.add(socket.on('error', () => {}))
    inside.pipe(outside).pipe(inside)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  writeFileSync(join(sshd.folder, 'kh-proxy'), `[127.0.0.1]:${port} ${sshd.hostPublicKey}\n`)
  const one = connection({ port, hostKeys: new HostKeys([join(sshd.folder, 'kh-proxy')], 'strict') })
  const running = one.execute({
    script: `echo go; sleep ${lasting(7005)}`,
    purpose: 'run',
    onOutput: () => {
      for (const socket of sockets) socket.destroy()
    },
  })
  await rejects(() => running, 'connection-lost', 'was lost')
  assert.is(await text(one, 'echo again'), 'again\n')
  for (let tries = 0; processes(lasting(7005)) !== '' && tries < 100; tries += 1)
    await new Promise((r) => setTimeout(r, 100))
  assert.is(processes(lasting(7005)), '')
  proxy.close()
})

test('a closed port is an error after some attempts', async () => {
  const error = await rejects(
    () => text(connection({ port: 1, connectRetries: 1 }), 'true'),
    'connect-failed',
    'cannot connect to root@127.0.0.1:1',
  )
  assert.match(error.message, 'ECONNREFUSED')
})

test('an unknown host key is refused with its fingerprint', async () => {
  const empty = join(sshd.folder, 'kh-empty')
  writeFileSync(empty, '')
  const error = await rejects(
    () => text(connection({ hostKeys: new HostKeys([empty], 'strict') }), 'true'),
    'host-key-unknown',
    /presents the ssh-ed25519 key SHA256:/,
  )
  assert.match(error.message, empty)
})

test('a changed host key is refused with the line of the old key', async () => {
  const other = join(sshd.folder, 'kh-other')
  const key = readFileSync(`${sshd.keyFile}.pub`, 'utf8')
  writeFileSync(other, `# a comment\n[127.0.0.1]:${sshd.port} ${key}`)
  const error = await rejects(
    () => text(connection({ hostKeys: new HostKeys([other], 'accept-new') }), 'true'),
    'host-key-changed',
    'a different key is recorded for it',
  )
  assert.equal(error.place, { file: other, line: 2 })
  // the printed command works
  const [, remedy = ''] = /(ssh-keygen -R .*)$/.exec(error.hint) ?? []
  execFileSync('sh', ['-c', remedy], { stdio: 'ignore' })
  await rejects(
    () => text(connection({ hostKeys: new HostKeys([other], 'strict') }), 'true'),
    'host-key-unknown',
    '',
  )
})

test('accept-new adds the key once, and strict trusts it then', async () => {
  const fresh = join(sshd.folder, 'kh-fresh')
  rmSync(fresh, { force: true })
  const keys = new HostKeys([fresh], 'accept-new')
  assert.is(await text(connection({ hostKeys: keys }), 'echo 1'), '1\n')
  assert.is(await text(connection({ hostKeys: keys }), 'echo 2'), '2\n')
  assert.is(readFileSync(fresh, 'utf8').trim().split('\n').length, 1)
  assert.is(await text(connection({ hostKeys: new HostKeys([fresh], 'strict') }), 'echo 3'), '3\n')
})

test('accept-new keeps a last line without a newline', async () => {
  const file = join(sshd.folder, 'kh-no-end')
  const before = `elsewhere ${readFileSync(sshd.knownHosts, 'utf8').trim().split(/\s+/).slice(1, 3).join(' ')}`
  writeFileSync(file, before)
  assert.is(await text(connection({ hostKeys: new HostKeys([file], 'accept-new') }), 'echo 1'), '1\n')
  assert.is(readFileSync(file, 'utf8').split('\n')[0], before)
  assert.is(await text(connection({ hostKeys: new HostKeys([file], 'strict') }), 'echo 2'), '2\n')
})

test('hashed known_hosts entries are supported', async () => {
  const hashed = join(sshd.folder, 'kh-hashed')
  writeFileSync(hashed, readFileSync(sshd.knownHosts))
  execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' })
  assert.match(readFileSync(hashed, 'utf8'), /^\|1\|/)
  assert.is(await text(connection({ hostKeys: new HostKeys([hashed], 'strict') }), 'echo 1'), '1\n')
})

test('an encrypted key opens with its passphrase, and without one the error says so', async () => {
  const file = join(sshd.folder, 'locked_key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', file])
  appendFileSync(`/etc/ssh/coxswain-test-authorized/${sshd.port}`, readFileSync(`${file}.pub`))
  const one = connection({ privateKeyFiles: [file], passphrase: new Secret('open sesame') })
  assert.is(await text(one, 'echo in'), 'in\n')
  const error = await rejects(
    () => text(connection({ privateKeyFiles: [file] }), 'true'),
    'auth-failed',
    /the server accepts .*publickey.*locked_key is encrypted and no passphrase is set/,
  )
  assert.match(error.hint, `ssh-add ${file}`)
})

test('a key that the server does not accept is named in the error', async () => {
  const file = join(sshd.folder, 'stranger_key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  await rejects(
    () => text(connection({ privateKeyFiles: [file] }), 'true'),
    'auth-failed',
    /stranger_key was refused/,
  )
})

test('the agent is used, and a key file if it fails', async () => {
  const agent = spawn('ssh-agent', ['-D', '-a', join(sshd.folder, 'agent')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise((resolve) => agent.stdout.once('data', resolve))
  const socket = join(sshd.folder, 'agent')
  try {
    const stranger = join(sshd.folder, 'stranger_agent_key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
    execFileSync('ssh-add', ['-q', stranger], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    })
    await rejects(
      () => text(connection({ privateKeyFiles: [], agent: socket }), 'true'),
      'auth-failed',
      /the agent offered 1 key, it was refused/,
    )
    assert.is(await text(connection({ agent: socket }), 'echo file'), 'file\n')
    execFileSync('ssh-add', ['-q', sshd.keyFile], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    })
    assert.is(await text(connection({ privateKeyFiles: [], agent: socket }), 'echo agent'), 'agent\n')
  } finally {
    agent.kill()
  }
})

test('a password logs in, and a wrong one is refused without being shown', async () => {
  const { name, password } = user('cxw-pass')
  const none = { user: name, privateKeyFiles: [] }
  assert.is(await text(connection({ ...none, password: new Secret(password) }), 'whoami'), `${name}\n`)
  const error = await rejects(
    () => text(connection({ ...none, password: new Secret('wrong-one') }), 'true'),
    'auth-failed',
    /the password was refused/,
  )
  assert.not.match(JSON.stringify(error) + error.message, 'wrong-one')
})

test('a password also answers a prompt of the server', async () => {
  const { name, password } = user('cxw-kbd')
  const prompting = await startSshd(['KbdInteractiveAuthentication yes', 'PasswordAuthentication no'])
  try {
    const change = { user: name, privateKeyFiles: [], password: new Secret(password) }
    const one = sshConnection(prompting.settings(change))
    assert.is(await text(one, 'whoami'), `${name}\n`)
    await one.close()
  } finally {
    await prompting.stop()
  }
})

test('a silent server is given up at the timeout', async () => {
  let calls = 0
  const silent = createServer(() => (calls += 1)).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await rejects(
    () => text(connection({ port, connectTimeout: 0.2, connectRetries: 3 }), 'true'),
    'connect-failed',
    'Timed out while waiting for handshake',
  )
  // the timeout covers all attempts together
  assert.is(calls, 1)
  silent.close()
})

test('a server with one session at a time is enough', async () => {
  const narrow = await startSshd(['MaxSessions 1'])
  const one = sshConnection(narrow.settings())
  try {
    assert.is(await text(one, 'echo q'), 'q\n')
    assert.is(await text(one, 'echo r', { purpose: 'run' }), 'r\n')
  } finally {
    await one.close()
    await narrow.stop()
  }
})

test('sudo without a password', async () => {
  const { name } = user('cxw-free', { sudo: 'without password' })
  const one = connection({ user: name })
  const identity = { method: 'sudo', user: 'root' } as const
  assert.is(await text(one, 'id -un; echo $HOME', { identity }), 'root\n/root\n')
  assert.is(await text(one, 'id -un'), `${name}\n`)
  const big = Buffer.alloc(2_000_000, 'y')
  const remote = createRemote(one, { identity })
  await remote.write('/root/.coxswain-test', big, { mode: '0600' })
  assert.equal(await remote.stat('/root/.coxswain-test').then((s) => [s?.owner, s?.size]), [
    'root',
    big.length,
  ])
  await remote.remove('/root/.coxswain-test')
})

test('sudo with a password: correct, wrong, missing', async () => {
  const { name, password } = user('cxw-sudo', { sudo: 'with password' })
  const as = (secret: string | undefined) =>
    text(connection({ user: name }), 'id -un', {
      identity: {
        method: 'sudo',
        user: 'root',
        password: secret === undefined ? undefined : new Secret(secret),
      },
    })
  assert.is(await as(password), 'root\n')
  const error = await rejects(() => as('not-it'), 'become-password-wrong', 'sudo rejected the password')
  assert.not.match(error.message + String(error.output), 'not-it')
  await rejects(() => as(undefined), 'become-password-missing', 'sudo requires a password')
})

test('sudo for a user who is not allowed', async () => {
  const { name, password } = user('cxw-none')
  const identity = { method: 'sudo', user: 'root', password: new Secret(password) } as const
  const error = await rejects(
    () => text(connection({ user: name }), 'true', { identity }),
    'become-failed',
    'cannot become root',
  )
  assert.match(error.output ?? '', 'not in the sudoers file')
})

test('a command as root through sudo is stopped, too', async () => {
  const { name } = user('cxw-stop', { sudo: 'without password' })
  const controller = new AbortController()
  const running = connection({ user: name }).execute({
    script: `echo go; sh -c "sleep ${lasting(7006)} & sleep ${lasting(7006)}; true"`,
    purpose: 'run',
    identity: { method: 'sudo', user: 'root' },
    signal: controller.signal,
    onOutput: () => controller.abort(),
  })
  await rejects(() => running, 'interrupted', 'interrupted')
  assert.is(processes(lasting(7006)), '')
})

for (const { shell, needs } of [
  { shell: '/bin/dash', needs: [] },
  { shell: '/usr/bin/fish', needs: ['fish'] },
  { shell: '/bin/csh', needs: ['csh'] },
] as const) {
  test(`the login shell can be ${shell}`, { needs }, async () => {
    const { name } = user('cxw-shell', { shell, sudo: 'without password' })
    const one = connection({ user: name })
    assert.is(await text(one, 'x=1; echo $((x + 1))'), '2\n')
    assert.is(await text(one, 'id -un', { identity: { method: 'sudo', user: 'root' } }), 'root\n')
    assert.is(
      (await one.execute({ script: 'wc -c', purpose: 'run', stdin: Buffer.alloc(300_000) })).stdout
        .toString()
        .trim(),
      '300000',
    )
  })
}

test('a .bashrc that prints does not change the answers', async () => {
  const { name, home } = user('cxw-noisy')
  writeFileSync(join(home, '.bashrc'), 'echo "Welcome, traveller!"; echo hm >&2\n')
  assert.is(await text(connection({ user: name }), 'echo quiet'), 'quiet\n')
})

test('a .bashrc with xtrace hides neither the prompt of sudo nor our shell', async () => {
  const tracing = (...args: Parameters<typeof addUser>): ReturnType<typeof addUser> => {
    const made = user(...args)
    writeFileSync(join(made.home, '.bashrc'), 'set -x\n')
    return made
  }
  const asked = tracing('cxw-trace', { sudo: 'with password' })
  const as = (name: string, password: string) =>
    text(connection({ user: name }), 'id -un', {
      identity: { method: 'sudo', user: 'root', password: new Secret(password) },
    })
  assert.is(await as(asked.name, asked.password), 'root\n')
  await rejects(() => as(asked.name, 'not-it'), 'become-password-wrong', 'sudo rejected the password')
  const free = tracing('cxw-trace2', { sudo: 'without password' })
  const executed = join(sshd.folder, 'password-was-executed')
  assert.is(await as(free.name, `touch ${executed}`), 'root\n')
  assert.not.ok(existsSync(executed))
  const one = connection({ user: free.name })
  assert.equal(await Promise.all([0, 1, 2].map((n) => text(one, `echo ${n}`))), ['0\n', '1\n', '2\n'])
})

test('an account without a shell is reported', async () => {
  const { name } = user('cxw-nologin', { shell: '/usr/sbin/nologin' })
  await rejects(
    () => text(connection({ user: name }), 'true'),
    'shell-failed',
    /This account is currently not available/,
  )
})
