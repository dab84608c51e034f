/** Settings of a host in ssh's configuration are followed, with a real sshd. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import { LoginThrottles } from '../../../engine/connection/login-throttle.ts'
import { SshRoutes } from '../../../engine/connection/ssh/routes.ts'
import type { SshRequest } from '../../../engine/connection/ssh/routes.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { Secret } from '../../../engine/secret.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite("a host in ssh's configuration", { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })
const folder = folderOf(test)
let sshd: Sshd
let agent: ChildProcess
const open: Connection[] = []

const socket = folder.at('agent')
const keyOf = (name: string, ...more: string[]): string => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', folder.at(name), ...more])
  return folder.at(name)
}
const add = (key: string): void => {
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
}
const forget = (): void => {
  execFileSync('ssh-add', ['-q', '-D'], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
}

test.before(async () => {
  sshd = await startSshd()
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  await until(() => existsSync(socket))
})
test.after(async () => {
  agent.kill()
  await sshd.stop()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
  forget()
})

const basics = (): string[] => [
  'HostName 127.0.0.1',
  `Port ${sshd.port}`,
  'User root',
  `UserKnownHostsFile ${sshd.knownHosts}`,
]
const host = (lines: readonly string[], wish: Partial<SshRequest> = {}): Connection => {
  const configFile = folder.write('config', ['Host web', ...lines, ''].join('\n'))
  const environment = { SSH_AUTH_SOCK: socket }
  const routes = new SshRoutes({ throttles: new LoginThrottles(), environment })
  const made = sshConnection(routes.to({ address: 'web', configFile, ...wish }))
  open.push(made)
  return made
}
const text = async (from: Connection, script: string): Promise<string> =>
  (await from.execute({ script, purpose: 'query' })).stdout.toString()

test('name, port, user, key and known hosts come from the configuration', async () => {
  const one = host([...basics(), `IdentityFile ${sshd.keyFile}`])
  assert.is(one.description, 'web')
  assert.is(await text(one, 'whoami'), 'root\n')
  assert.is(one.description, `root@127.0.0.1:${sshd.port}`)
})

test('the inventory takes precedence', async () => {
  const wrong = [
    'HostName 127.0.0.1',
    'Port 1',
    'User nobody',
    'UserKnownHostsFile none',
    'IdentityFile none',
  ]
  const { port, keyFile, knownHosts } = sshd
  const said = { port, user: 'root', privateKeyFile: keyFile, knownHostsFile: knownHosts }
  assert.is(await text(host(wrong, said), 'whoami'), 'root\n')
})

test('become does not take place for the login user itself, although the user is known only later', async () => {
  const user = addUser('cxw-config')
  try {
    const one = host([
      ...basics().map((line) => (line === 'User root' ? `User ${user.name}` : line)),
      `IdentityFile ${sshd.keyFile}`,
    ])
    const identity = { method: 'sudo', user: user.name } as const
    const { stdout } = await one.execute({ script: 'whoami', purpose: 'run', identity })
    assert.is(stdout.toString(), `${user.name}\n`)
  } finally {
    user.remove()
  }
})

test('a key is looked up by the alias, in any of several files', async () => {
  const alias = folder.write('alias', `The.Alias ${sshd.hostPublicKey}\n`)
  const key = `IdentityFile ${sshd.keyFile}`
  const [name, port, user] = basics()
  const some = [name ?? '', port ?? '', user ?? '', key]
  const [empty, other] = [folder.write('kh-1', ''), folder.at('kh-missing')]
  const aliased = ['HostKeyAlias the.alias', `UserKnownHostsFile ${empty} ${other} ${alias}`]
  assert.is(await text(host([...some, ...aliased]), 'echo in'), 'in\n')
  const global = ['HostKeyAlias the.alias', 'UserKnownHostsFile none', `GlobalKnownHostsFile ${alias}`]
  assert.is(await text(host([...some, ...global]), 'echo in'), 'in\n')
  const wrong = ['HostKeyAlias another', `UserKnownHostsFile ${sshd.knownHosts}`]
  await rejects(() => text(host([...some, ...wrong]), 'true'), 'host-key-unknown', /^another presents/)
})

test('accept-new is followed, no is not: it must be set here', async () => {
  const [name = '', port = '', user = ''] = basics()
  const fresh = folder.write('fresh', '')
  const some = [name, port, user, `IdentityFile ${sshd.keyFile}`, `UserKnownHostsFile ${fresh}`]
  const error = await rejects(
    () => text(host([...some, 'StrictHostKeyChecking no']), 'true'),
    'host-key-unknown',
    fresh,
  )
  assert.match(error.hint, 'StrictHostKeyChecking no')
  const strict = { checking: 'strict' } as const
  await rejects(
    () => text(host([...some, 'StrictHostKeyChecking accept-new'], strict), 'true'),
    'host-key-unknown',
    fresh,
  )
  assert.is(await text(host([...some, 'StrictHostKeyChecking accept-new']), 'echo in'), 'in\n')
  assert.match(readFileSync(fresh, 'utf8'), `[127.0.0.1]:${sshd.port} ssh-ed25519 `)
})

test('a locked key without a .pub file selects a key of the agent', async () => {
  const locked = folder.write('locked', readFileSync(sshd.keyFile))
  chmodSync(locked, 0o600)
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked], { stdio: 'ignore' })
  const lines = [...basics(), `IdentityFile ${locked}`, 'IdentitiesOnly yes']
  await rejects(
    () => text(host(lines), 'true'),
    'auth-failed',
    'locked is encrypted and no passphrase is set',
  )
  add(keyOf('another'))
  add(sshd.keyFile)
  assert.is(await text(host(lines), 'echo in'), 'in\n')
})

test('the agent offers the keys of the key files, and only those with IdentitiesOnly', async () => {
  const strangers = ['s1', 's2', 's3', 's4', 's5', 's6', 's7'].map((name) => keyOf(name))
  for (const stranger of strangers) add(stranger)
  add(sshd.keyFile)
  // sshd allows only six attempts; the public key selects which key of the agent to use
  const named = `IdentityFile ${sshd.keyFile}.pub`
  assert.is(await text(host([...basics(), named]), 'echo in'), 'in\n')
  assert.is(await text(host([...basics(), named, 'IdentitiesOnly yes']), 'echo in'), 'in\n')
  const [stranger = ''] = strangers
  await rejects(
    () => text(host([...basics(), `IdentityFile ${stranger}.pub`, 'IdentitiesOnly yes']), 'true'),
    'auth-failed',
    'the agent offered 1 key, it was refused',
  )
  await rejects(
    () => text(host([...basics(), `IdentityFile ${stranger}`, 'IdentitiesOnly yes']), 'true'),
    'auth-failed',
    /s1 was refused; the agent has no other key that IdentitiesOnly allows/,
  )
})

test('a configured agent, or none', async () => {
  add(sshd.keyFile)
  const keyless = [...basics(), 'IdentityFile none']
  assert.is(await text(host(keyless), 'echo in'), 'in\n')
  await rejects(
    () => text(host([...keyless, 'IdentityAgent none']), 'true'),
    'auth-failed',
    'no agent is running',
  )
  const elsewhere = `IdentityAgent ${folder.at('nobody')}`
  await rejects(() => text(host([...keyless, elsewhere]), 'true'), 'auth-failed', 'does not answer')
})

test('an agent that does not sign is one attempt: the next one counts', async () => {
  const user = addUser('cxw-confirm')
  const lenient = await startSshd(['PasswordAuthentication yes'])
  try {
    // -c asks for confirmation, and there is no one to confirm
    execFileSync('ssh-add', ['-q', '-c', lenient.keyFile], {
      env: { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    })
    const one = host(
      ['HostName 127.0.0.1', 'IdentityFile none', `UserKnownHostsFile ${lenient.knownHosts}`],
      { port: lenient.port, user: user.name, password: new Secret(user.password) },
    )
    assert.is(await text(one, 'echo in'), 'in\n')
  } finally {
    await lenient.stop()
    user.remove()
  }
})

test('the agent is forwarded only if the inventory sets it', async () => {
  add(sshd.keyFile)
  const some = [...basics(), 'IdentityFile none', 'ForwardAgent yes']
  const script = 'test -n "$SSH_AUTH_SOCK" && ssh-add -l | wc -l'
  assert.is(await text(host(some), script), '')
  assert.is(await text(host(some, { forwardAgent: true }), script), '1\n')
})

test('certificates are mentioned if the login fails, with what to do', async () => {
  const key = keyOf('certified')
  const authority = keyOf('authority')
  execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'me', '-n', 'root', `${key}.pub`])
  const error = await rejects(
    () => text(host([...basics(), `IdentityFile ${key}`]), 'true'),
    'auth-failed',
    `${key} was refused; the certificate ${key}-cert.pub was not used`,
  )
  assert.match(error.hint, 'connection: openssh')
})

test('an old server is reached with the algorithms configured for it, and not without them', async () => {
  const old = await startSshd([
    'Ciphers aes128-cbc',
    'KexAlgorithms diffie-hellman-group14-sha1',
    'MACs hmac-sha1',
  ])
  try {
    const lines = [
      'HostName 127.0.0.1',
      `Port ${old.port}`,
      'User root',
      `UserKnownHostsFile ${old.knownHosts}`,
      `IdentityFile ${old.keyFile}`,
    ]
    const error = await rejects(
      () => text(host(lines), 'true'),
      'connect-failed',
      /no matching key exchange/i,
    )
    assert.match(error.hint, 'KexAlgorithms +')
    const named = ['KexAlgorithms +diffie-hellman-group14-sha1', 'Ciphers +aes128-cbc']
    assert.is(await text(host([...lines, ...named]), 'echo in'), 'in\n')
  } finally {
    await old.stop()
  }
})

test('options that only OpenSSH supports are refused, not ignored', async () => {
  const revoked = folder.write('revoked', '')
  const error = await rejects(
    () => text(host([...basics(), `RevokedHostKeys ${revoked}`]), 'true'),
    'connect-failed',
    'RevokedHostKeys',
  )
  assert.match(error.hint, 'connection: openssh')
})

test('an inventory sets the configuration and the path, for either kind of ssh', async () => {
  const block = ['Host web jump', ...basics(), `IdentityFile ${sshd.keyFile}`, '']
  folder.write('site/ssh_config', block.join('\n'))
  for (const connection of ['ssh', 'openssh']) {
    const run = async (more: Record<string, string>): Promise<[number | null, string]> => {
      const vars = { ssh_config: 'ssh_config', connection, connect_timeout: 60, ...more }
      const inventory = folder.write('site/hosts.yaml', `all: { hosts: { web: ${JSON.stringify(vars)} } }\n`)
      const words = ['exec', 'web', '-i', inventory, '--output', 'plain', '--', 'echo', 'in']
      const { status, stdout, stderr } = await runCli(words)
      return [status, stdout + stderr]
    }
    for (const more of [{}, { proxy_jump: 'jump' }]) {
      const [status, said] = await run(more)
      assert.is(status, 0, `${connection}: ${said}`)
    }
    const [status, said] = await run({ proxy_jump: 'jump:1' })
    assert.is(status, 4, `${connection}: ${said}`)
    assert.match(said, /127\.0\.0\.1:1: .*ECONNREFUSED|port 1: Connection refused/)
  }
})

/** A host without a configuration of ssh, only with arguments. */
const bare = (wish: Partial<SshRequest>): Connection => {
  const configFile = folder.write('nothing', '')
  const routes = new SshRoutes({ throttles: new LoginThrottles(), environment: {} })
  const made = sshConnection(routes.to({ address: '127.0.0.1', configFile, ...wish }))
  open.push(made)
  return made
}
const known = (): string => `UserKnownHostsFile=${sshd.knownHosts}`

test('arguments of ssh set the destination', async () => {
  const after = [
    `Port=${sshd.port}`,
    'User=root',
    known(),
    `IdentityFile="${sshd.keyFile}"`,
    'Compression=yes',
  ]
  assert.is(await text(bare({ after }), 'echo in'), 'in\n')
})

test('a ProxyCommand from the arguments', async () => {
  const command = `ProxyCommand=ssh -F /dev/null -p ${sshd.port} -i ${sshd.keyFile} -o ${known()} -W 127.0.0.1:${sshd.port} root@127.0.0.1`
  const after = [command, known(), `Port=${sshd.port}`, `IdentityFile=${sshd.keyFile}`]
  assert.is(
    await text(
      bare({ address: 'elsewhere.example', after: [...after, `HostKeyAlias=[127.0.0.1]:${sshd.port}`] }),
      'echo in',
    ),
    'in\n',
  )
})

test('precedence: arguments before, the variables, arguments after', async () => {
  const key = `IdentityFile=${sshd.keyFile}`
  const port = { port: 1, before: [`Port=${sshd.port}`, known(), key] }
  assert.is(await text(bare(port), 'echo before'), 'before\n')
  const later = {
    port: sshd.port,
    privateKeyFile: sshd.keyFile,
    user: 'root',
    after: ['Port=1', 'User=nobody', known()],
  }
  assert.is(await text(bare(later), 'echo variables'), 'variables\n')
})

test('a key from the arguments is tried in addition to the configured one', async () => {
  const stranger = keyOf('stranger-of-arguments')
  const after = [`IdentityFile=${sshd.keyFile}`, known()]
  assert.is(await text(bare({ port: sshd.port, privateKeyFile: stranger, after }), 'echo in'), 'in\n')
})

test('login methods that the arguments disable are not tried, and the error says so', async () => {
  const after = ['PubkeyAuthentication=no', known()]
  await rejects(
    () => text(bare({ port: sshd.port, privateKeyFile: sshd.keyFile, after }), 'true'),
    'auth-failed',
    /the options of ssh only allow password, keyboard-interactive/,
  )
})

test('StrictHostKeyChecking no in the arguments is not followed', async () => {
  const after = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'GlobalKnownHostsFile=/dev/null']
  const error = await rejects(
    () => text(bare({ port: sshd.port, privateKeyFile: sshd.keyFile, after }), 'true'),
    'host-key-unknown',
    'which is not in /dev/null',
  )
  assert.match(error.hint, '--host-key-checking')
})

test('arguments that ssh does not accept are reported with its message', async () => {
  const error = await rejects(
    () => text(bare({ after: ['Port=abc'] }), 'true'),
    'connect-failed',
    "ssh rejects its arguments for 127.0.0.1: Bad port 'abc'.",
  )
  assert.match(error.hint, 'ansible_ssh_common_args')
})
