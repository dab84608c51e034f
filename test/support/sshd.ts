import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { OpensshSettings } from '../../engine/connection/process/openssh.ts'
import { HostKeys } from '../../engine/connection/ssh/host-keys.ts'
import type { HostKeyChecking } from '../../engine/connection/types.ts'
import { usualSettings } from '../../engine/connection/ssh/settings.ts'
import type { SshSettings } from '../../engine/connection/ssh/settings.ts'
import { programPath } from './needs.ts'
import { until } from './until.ts'

/** A real sshd on loopback, with its own keys, for one test file. */
export interface Sshd {
  readonly address: string
  readonly port: number
  readonly folder: string
  /** A key that the test user, and every user of {@link addUser}, can log in with. */
  readonly keyFile: string
  readonly publicKey: string
  /** The path of a known_hosts file with the server's key. */
  readonly knownHosts: string
  readonly hostPublicKey: string
  settings(change?: Partial<SshSettings> & { checking?: HostKeyChecking }): SshSettings
  /** Settings for the system's ssh. */
  opensshSettings(change?: Partial<OpensshSettings>): OpensshSettings
  stop(): Promise<void>
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const keygen = (file: string, ...more: string[]): void => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'coxswain-test', '-f', file, ...more])
}

/** Where an sshd listens that is not on loopback. */
export interface Elsewhere {
  readonly address: string
  /** The network namespace that has the address. */
  readonly network: string
}

/** Starts an sshd. Needs openssh-server, and root for logins as other users. */
export const startSshd = async (
  lines: readonly string[] = [],
  { address, network }: Partial<Elsewhere> = {},
): Promise<Sshd> => {
  const listen = address ?? '127.0.0.1'
  const sshdPath = programPath('sshd')
  if (sshdPath === undefined) throw new Error('these tests need an sshd: apt-get install openssh-server')
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-sshd-'))
  const [hostKey, keyFile] = [join(folder, 'host_key'), join(folder, 'login_key')]
  keygen(hostKey)
  keygen(keyFile)
  const port = await freePort()
  const publicKey = readFileSync(`${keyFile}.pub`, 'utf8').trim()
  const hostPublicKey = readFileSync(`${hostKey}.pub`, 'utf8').trim()
  const authorized = '/etc/ssh/coxswain-test-authorized'
  mkdirSync(authorized, { recursive: true, mode: 0o755 })
  const keys = join(authorized, `${port}`)
  writeFileSync(keys, `${publicKey}\n`, { mode: 0o644 })
  mkdirSync('/run/sshd', { recursive: true })
  const home = join(folder, 'home')
  mkdirSync(home)
  const config = join(folder, 'sshd_config')
  writeFileSync(
    config,
    [
      // in sshd_config the first value of an option is used, so the lines of a test come first
      ...lines,
      `Port ${port}`,
      `ListenAddress ${listen}`,
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${keys}`,
      `PidFile ${join(folder, 'pid')}`,
      'UsePAM yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'StrictModes no',
      'PrintMotd no',
      'LogLevel ERROR',
      'Subsystem sftp internal-sftp',
      // tests must not depend on the .bashrc of the user who runs them
      'Match User root',
      `  SetEnv HOME=${home}`,
      '',
    ].join('\n'),
  )
  const words = ['-D', '-e', '-f', config]
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe']
  const child =
    network === undefined
      ? spawn(sshdPath, words, { stdio })
      : spawn('ip', ['netns', 'exec', network, sshdPath, ...words], { stdio })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'exit')
  const failed = (): string | undefined => (child.exitCode === null ? undefined : said)
  // an sshd in another network cannot be reached from here, but it writes its process ID when it listens
  await (network === undefined
    ? waitForPort(port, failed)
    : until(() => existsSync(join(folder, 'pid')) || failed() !== undefined))
  if (failed() !== undefined) throw new Error(`sshd did not start: ${failed()}`)
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[${listen}]:${port} ${hostPublicKey}\n`)
  return {
    address: listen,
    port,
    folder,
    keyFile,
    publicKey,
    knownHosts,
    hostPublicKey,
    settings: ({ checking = 'strict', ...change } = {}) => ({
      ...usualSettings,
      address: listen,
      port,
      user: userInfo().username,
      privateKeyFiles: [keyFile],
      hostKeys: new HostKeys([knownHosts], checking),
      ...change,
    }),
    opensshSettings: (change) => ({
      address: listen,
      port,
      user: userInfo().username,
      privateKeyFile: keyFile,
      knownHostsFile: knownHosts,
      checking: 'strict',
      connectTimeout: 10,
      connectRetries: 0,
      keepaliveInterval: 15,
      ...change,
    }),
    stop: async () => {
      child.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
      rmSync(keys, { force: true })
    },
  }
}

const waitForPort = async (port: number, failed: () => string | undefined): Promise<void> => {
  const { connect } = await import('node:net')
  for (let tries = 0; tries < 200; tries += 1) {
    const words = failed()
    if (words !== undefined) throw new Error(`sshd did not start: ${words}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('sshd does not listen')
}

export interface TestUser {
  readonly name: string
  readonly password: string
  readonly home: string
  remove(): void
}

/** Test files run in parallel, and useradd and userdel fail while another one is running. */
const oneByOne = 'flock /run/lock/coxswain-test-accounts'

/**
 * Identities that no account in a container of the tests has. Processes in containers are processes of this machine, so `pkill -u`
 * would also end those of an account there that has the same one: useradd gives 1000 to the first account in both.
 */
const identities = '-K UID_MIN=20000 -K UID_MAX=29999 -K GID_MIN=20000 -K GID_MAX=29999'

/** Returns an account name for this process: a suite can run twice at the same time on one machine. */
export const userName = (prefix: string): string => `${prefix}-${process.pid.toString(36)}`

/** Creates a temporary account on this machine, named by {@link userName}, for logins and sudo. Needs root. */
export const addUser = (
  prefix: string,
  { shell = '/bin/bash', sudo }: { shell?: string; sudo?: 'with password' | 'without password' } = {},
): TestUser => {
  const name = userName(prefix)
  const password = `pw-${name}-Zq7`
  const home = `/home/${name}`
  const sudoers = `/etc/sudoers.d/${name}`
  const remove = (): void => {
    execFileSync(
      'sh',
      ['-c', `pkill -KILL -u ${name}; ${oneByOne} userdel -r -f ${name} 2>/dev/null; rm -f ${sudoers}; true`],
      { stdio: 'ignore' },
    )
  }
  remove()
  execFileSync('sh', ['-c', `${oneByOne} useradd ${identities} -m -d ${home} -s ${shell} ${name}`])
  execFileSync('sh', ['-c', `${oneByOne} chpasswd`], { input: `${name}:${password}\n` })
  if (sudo !== undefined) {
    const rule = `${name} ALL=(ALL) ${sudo === 'without password' ? 'NOPASSWD: ' : ''}ALL\n`
    execFileSync('visudo', ['-cqf', '-'], { input: rule })
    writeFileSync(sudoers, rule, { mode: 0o440 })
  }
  return { name, password, home, remove }
}
