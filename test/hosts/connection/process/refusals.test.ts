/** Hosts that programs of this machine cannot reach, and the errors. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { containerConnection, opensshConnection } from '../../../../engine/connection/connect.ts'
import type { ContainerSettings } from '../../../../engine/connection/process/container.ts'
import type { OpensshSettings } from '../../../../engine/connection/process/openssh.ts'
import type { Connection, Identity } from '../../../../engine/connection/types.ts'
import type { CoxswainError } from '../../../../engine/errors.ts'
import { busyboxImage } from '../../../../lab/artifacts.ts'
import { labFolder, prepareMachine } from '../../../../lab/machine.ts'
import { rejects } from '../../../support/rejects.ts'
import { suite } from '../../../support/spec.ts'
import { addUser, freePort, startSshd, userName } from '../../../support/sshd.ts'
import type { Sshd, TestUser } from '../../../support/sshd.ts'

const test = suite('programs that cannot reach a host', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-refusals-'))
const [running, stopped] = [`coxswain-running-${process.pid}`, `coxswain-stopped-${process.pid}`]
const podman = (...words: string[]): string => execFileSync('podman', words, { encoding: 'utf8' })
const path = process.env['PATH']
let sshd: Sshd
const users = new Map<string, TestUser>()

test.before(async () => {
  process.env['CONTAINERS_CONF'] = join(labFolder, 'containers.conf')
  await prepareMachine()
  sshd = await startSshd()
  const image = await busyboxImage()
  podman('run', '-d', '--name', running, '--network', 'none', image, 'sleep', '2147483647')
  podman('create', '--name', stopped, '--network', 'none', image, 'true')
  users.set('sudo', addUser('cxw-open', { sudo: 'with password' }))
  users.set('nologin', addUser('cxw-shut', { shell: '/usr/sbin/nologin' }))
})
test.after(async () => {
  process.env['PATH'] = path
  await sshd.stop()
  podman('rm', '-f', '-t', '0', running, stopped)
  for (const user of users.values()) user.remove()
  rmSync(folder, { recursive: true })
})

const says = async (connection: Connection, script: string, identity?: Identity): Promise<string> => {
  try {
    return (await connection.execute({ script, purpose: 'query', identity })).stdout.toString()
  } finally {
    await connection.close()
  }
}
const over = (change: Partial<OpensshSettings> = {}): Connection =>
  opensshConnection(sshd.opensshSettings(change))
const inside = (change: Partial<ContainerSettings> = {}): Connection =>
  containerConnection({ engine: 'podman', container: running, user: 'root', connectTimeout: 10, ...change })
const refused = (
  connection: Connection,
  ...[code, words]: [code: CoxswainError['code'], words: string]
): Promise<CoxswainError> => rejects(() => says(connection, 'true'), code, words)

test('openssh: a key that is not authorized', async () => {
  const key = join(folder, 'stranger')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const error = await refused(over({ privateKeyFile: key }), 'auth-failed', 'Permission denied')
  assert.match(error.message, 'root@127.0.0.1')
})

test('openssh: an unknown host, which accept-new adds and off accepts', async () => {
  const knownHostsFile = join(folder, 'known hosts')
  await refused(over({ knownHostsFile }), 'host-key-unknown', 'host key is known for')
  assert.is(await says(over({ knownHostsFile, checking: 'off' }), 'echo on'), 'on\n')
  rmSync(knownHostsFile)
  assert.is(await says(over({ knownHostsFile, checking: 'accept-new' }), 'echo on'), 'on\n')
  assert.is(await says(over({ knownHostsFile }), 'echo on'), 'on\n')
})

test('openssh: a host with another key', async () => {
  const other = join(folder, 'other')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
  const knownHostsFile = join(folder, 'changed')
  const publicKey = execFileSync('ssh-keygen', ['-y', '-f', other], { encoding: 'utf8' })
  writeFileSync(knownHostsFile, `[127.0.0.1]:${sshd.port} ${publicKey}`)
  const error = await refused(over({ knownHostsFile }), 'host-key-changed', 'differs from the recorded one')
  assert.equal(error.place, { file: knownHostsFile, line: 1 })
  assert.match(error.message, /: SHA256:[\w+/]+$/)
})

test('openssh: no listener, an unknown name, and a silent server', async () => {
  await refused(over({ port: await freePort() }), 'connect-failed', 'Connection refused')
  await refused(over({ address: 'no-such-host.invalid' }), 'connect-failed', 'Could not resolve hostname')
})

test('openssh: an address is never an option', async () => {
  await refused(over({ address: `-oProxyCommand=touch ${folder}/owned` }), 'connect-failed', 'cannot connect')
  assert.is(execFileSync('ls', [folder], { encoding: 'utf8' }).includes('owned'), false)
})

test('openssh: an account without a login shell', async () => {
  await refused(over({ user: userName('cxw-shut') }), 'shell-failed', 'not available')
})

test('openssh: the user of its own configuration is used if none is given', async () => {
  const { user, ...settings } = { user: 'root', address: '127.0.0.1' }
  assert.is(await says(over({ ...settings, user: undefined }), 'id -un', { method: 'sudo', user }), 'root\n')
})

test('podman: an unknown container, a stopped one, an unknown user', async () => {
  const unknown = await refused(
    inside({ container: 'no-such' }),
    'connect-failed',
    'podman does not have a container no-such',
  )
  assert.match(unknown.hint, 'podman ps --all')
  const still = await refused(inside({ container: stopped }), 'connect-failed', 'is not running')
  assert.is(still.hint, `start it: \`podman start ${stopped}\``)
  await refused(inside({ user: 'nobody-there' }), 'auth-failed', 'has no user nobody-there')
})

test('podman: acts as the given user, and root does not need become for root', async () => {
  assert.is(await says(inside({ user: '4242' }), 'id -u'), '4242\n')
  assert.is(await says(inside(), 'id -u', { method: 'sudo', user: 'root' }), '0\n')
})

test('docker, simulated by a script that runs podman: the same container', async () => {
  const docker = join(folder, 'docker')
  writeFileSync(docker, '#!/bin/sh\nexec podman "$@"\n')
  chmodSync(docker, 0o755)
  process.env['PATH'] = `${folder}:${path}`
  assert.is(await says(inside({ engine: 'docker' }), 'id -un'), 'root\n')
  await refused(
    inside({ engine: 'docker', container: 'no-such' }),
    'connect-failed',
    'docker does not have a container',
  )
  process.env['PATH'] = path
})

test('docker, simulated by a script that fails: with the messages of docker', async () => {
  const docker = join(folder, 'docker')
  process.env['PATH'] = `${folder}:${path}`
  const cases = [
    ['Error response from daemon: No such container: x', 'docker does not have a container'],
    ['Error response from daemon: container 5b1e is not running', 'is not running'],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'docker does not answer',
    ],
    ['something else', 'something else'],
  ] as const
  for (const [said, reported] of cases) {
    writeFileSync(docker, `#!/bin/sh\necho '${said}' >&2\nexit 1\n`)
    chmodSync(docker, 0o755)
    await refused(inside({ engine: 'docker' }), 'connect-failed', reported)
  }
  process.env['PATH'] = path
})

test('a program that is not installed', async () => {
  process.env['PATH'] = join(folder, 'empty')
  try {
    const error = await refused(inside({ engine: 'docker' }), 'connect-failed', 'cannot start docker')
    assert.match(error.hint, 'install docker')
    await refused(over(), 'connect-failed', 'cannot start ssh')
  } finally {
    process.env['PATH'] = path
  }
})

test('a silent program is given up at the timeout', async () => {
  const docker = join(folder, 'docker')
  process.env['PATH'] = `${folder}:${path}`
  writeFileSync(docker, '#!/bin/sh\nexec sleep 600\n')
  chmodSync(docker, 0o755)
  await refused(inside({ engine: 'docker', connectTimeout: 0.2 }), 'connect-failed', 'Timed out')
  process.env['PATH'] = path
})
