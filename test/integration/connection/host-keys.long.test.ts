/** Host keys: our verdict is that of OpenSSH for the same known_hosts files. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { logIn } from '../../../engine/connection/ssh/client.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { HostKeyChecking } from '../../../engine/connection/types.ts'
import { knownAs } from '../../../engine/connection/ssh/known-hosts.ts'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('host keys', { needs: ['root', 'sshd', 'ssh'] })

const types = ['rsa', 'ecdsa'] as const
type Name = 'ed25519' | (typeof types)[number] | 'other'
let sshd: Sshd
/** Type and base64 of the server's keys, and of one that it does not have. */
const keys = new Map<Name, string>()
const keyText = (file: string): string => readFileSync(file, 'utf8').split(' ').slice(0, 2).join(' ')

test.before(async () => {
  const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  for (const type of [...types, 'other'] as const) {
    const file = join(folder, type)
    execFileSync('ssh-keygen', ['-q', '-N', '', '-t', type === 'other' ? 'ed25519' : type, '-f', file])
    keys.set(type, keyText(`${file}.pub`))
  }
  sshd = await startSshd([...types.map((type) => `HostKey ${join(folder, type)}`), 'MaxStartups 100'])
  keys.set('ed25519', sshd.hostPublicKey.split(' ').slice(0, 2).join(' '))
})
test.after(() => sshd.stop())

interface Case {
  readonly user: string
  readonly global?: string
  readonly alias?: string
  /** Types that the client does not request. */
  readonly without?: readonly (typeof usual)[number][]
  readonly hashed?: boolean
}

/** `NAME` is the server's name with its port, `HOST` is without it, and `{ed25519}` is a key. */
const filled = (text: string): string =>
  text
    .replaceAll('NAME', `[127.0.0.1]:${sshd.port}`)
    .replaceAll('HOST', '127.0.0.1')
    .replaceAll(/\{(\w+)\}/g, (_all, name: Name) => keys.get(name) ?? '')

let files = 0
const filesOf = ({ user, global = '', hashed = false }: Case): [user: string, global: string] => {
  files += 1
  const named = ['user', 'global'].map((name) => join(sshd.folder, `${name}-${files}`))
  const [one = '', other = ''] = named
  writeFileSync(one, filled(user))
  writeFileSync(other, filled(global))
  if (hashed) execFileSync('ssh-keygen', ['-q', '-H', '-f', one], { stdio: 'ignore' })
  return [one, other]
}

interface Said {
  readonly verdict: string
  /** The user's file afterwards. */
  readonly left: string
}

const words = (error: string): string => {
  if (/Permission denied/.test(error)) return 'in'
  if (/REVOKED HOST KEY/.test(error)) return 'host-key-changed'
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(error)) return 'host-key-changed'
  return /No \S+ host key is known/.test(error) ? 'host-key-unknown' : error
}

const openssh = async (one: Case, checking: Exclude<HostKeyChecking, 'off'>): Promise<Said> => {
  const [user, global] = filesOf(one)
  const option = (name: string, value: string): string[] => ['-o', `${name}=${value}`]
  const args = [
    '-F',
    '/dev/null',
    '-p',
    String(sshd.port),
    ...option('BatchMode', 'yes'),
    // a host is trusted if ssh continues to log in
    ...option('PreferredAuthentications', 'none'),
    ...option('UserKnownHostsFile', user),
    ...option('GlobalKnownHostsFile', global),
    ...option('StrictHostKeyChecking', checking === 'strict' ? 'yes' : checking),
    ...option('UpdateHostKeys', 'no'),
    ...(one.alias === undefined ? [] : option('HostKeyAlias', one.alias)),
    ...(one.without === undefined ? [] : option('HostKeyAlgorithms', `-${one.without.join(',')}`)),
    'root@127.0.0.1',
    'true',
  ]
  const verdict = await new Promise<string>((resolve) =>
    execFile('ssh', args, (_error, _out, said) => resolve(words(said))),
  )
  return { verdict, left: readFileSync(user, 'utf8') }
}

/** What a server with these keys is asked for, in the usual order. */
const usual = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] as const
const serverKeys = { 'ssh-ed25519': 'ed25519', 'ecdsa-sha2-nistp256': 'ecdsa' } as const
const isUsual = (name: string): name is (typeof usual)[number] => usual.some((one) => one === name)

/** Our verdict: the server selects the first requested algorithm for which it has a key (RFC 4253, 7.1). */
const ours = async (one: Case, checking: HostKeyChecking): Promise<Said> => {
  const [user, global] = filesOf(one)
  const hostKeys = new HostKeys([user, global], checking)
  const as = knownAs('127.0.0.1', sshd.port, one.alias)
  const allowed = usual.filter((name) => !(one.without ?? []).includes(name))
  const picked = (await hostKeys.algorithms(as, allowed)).find(isUsual)
  assert.ok(picked)
  const name: Name = picked === 'rsa-sha2-512' || picked === 'rsa-sha2-256' ? 'rsa' : serverKeys[picked]
  const blob = Buffer.from(keys.get(name)?.split(' ')[1] ?? '', 'base64')
  const verdict = await hostKeys.verify(as, blob).then(
    () => 'in',
    (error: unknown) => {
      if (!isCoxswainError(error)) throw error
      assert.not.match(error.code === 'host-key-changed' ? error.hint : '', 'accept-new')
      return error.code
    },
  )
  return { verdict, left: readFileSync(user, 'utf8') }
}

const notEd25519 = ['ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] as const

const cases: readonly (readonly [string, Case])[] = [
  ['nothing is recorded', { user: '' }],
  ['the key is recorded', { user: 'NAME {ed25519}\n' }],
  ['another key of the type', { user: 'NAME {other}\n' }],
  ['a key of another type, which the server has too', { user: 'NAME {rsa}\n' }],
  [
    'a key of another type, which is not offered',
    { user: 'NAME {rsa}\n', without: ['rsa-sha2-512', 'rsa-sha2-256'] },
  ],
  ['the best type is recorded with another key, the next is right', { user: 'NAME {other}\nNAME {rsa}\n' }],
  [
    'another key in one file, the right one in the other',
    { user: 'NAME {other}\n', global: 'NAME {ed25519}\n' },
  ],
  ['the right key in the global file', { user: '', global: 'NAME {ecdsa}\n' }],
  ['without the port', { user: 'HOST {ed25519}\n' }],
  ['without the port, another key', { user: 'HOST {other}\n' }],
  ['without the port, another type', { user: 'HOST {rsa}\n' }],
  ['without the port right, with it wrong', { user: 'HOST {ed25519}\nNAME {other}\n' }],
  ['of another port', { user: '[127.0.0.1]:1 {ed25519}\n' }],
  ['of another port, wrong', { user: '[127.0.0.1]:1 {other}\n' }],
  ['revoked', { user: 'NAME {ed25519}\n@revoked NAME {ed25519}\n' }],
  ['revoked for all', { user: '@revoked * {ed25519}\n' }],
  ['another type is revoked', { user: '@revoked NAME {rsa}\n' }],
  ['the recorded one is revoked', { user: 'NAME {rsa}\n@revoked NAME {rsa}\n' }],
  ['an authority', { user: '@cert-authority NAME {other}\n' }],
  ['a marker of another kind', { user: '@trusted NAME {ed25519}\n' }],
  ['wildcards', { user: '[127.*]:* {ed25519}\n' }],
  ['wildcards for names without a port', { user: '127.0.0.? {ed25519}\n' }],
  ['everything but this', { user: '*,!NAME {ed25519}\n' }],
  ['everything but this host', { user: '*,!HOST {ed25519}\n' }],
  ['carriage returns', { user: 'NAME {ed25519}\r\n' }],
  ['carriage returns, another key', { user: '# mine\r\nNAME {other} a comment\r\n' }],
  ['tabs and blanks', { user: '\t NAME \t {ed25519}\n' }],
  ['hashed', { user: 'NAME {ed25519}\n', hashed: true }],
  ['hashed, another type', { user: 'NAME {rsa}\n', hashed: true, without: notEd25519 }],
  ['hashed, without the port', { user: 'HOST {ed25519}\n', hashed: true }],
  ['an alias', { user: 'alias {ed25519}\n', alias: 'alias' }],
  ['an alias, the host is recorded', { user: 'HOST {ed25519}\n', alias: 'alias' }],
  ['an alias with another key', { user: 'alias {other}\nNAME {ed25519}\n', alias: 'alias' }],
  ['an alias of another type', { user: 'alias {rsa}\n', alias: 'alias', without: notEd25519 }],
  ['a key that is none', { user: 'NAME ssh-ed25519 AAAA\nNAME ssh-rsa\n' }],
  [
    'a key under another type',
    { user: 'NAME ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY\n' },
  ],
  ['a comment', { user: '#NAME {other}\n' }],
]
for (const [what, one] of cases)
  test(`like ssh: ${what}`, async () => {
    const both = (['strict', 'accept-new'] as const).map(async (checking) => {
      const [theirs, our] = await Promise.all([openssh(one, checking), ours(one, checking)])
      // a hashed file has a new salt each time
      const shown = ({ verdict, left }: Said): readonly string[] => [verdict, one.hashed ? '' : left]
      assert.equal(shown(our), shown(theirs))
    })
    await Promise.all(both)
  })

test('like ssh, for any lines', async () => {
  const line = fc
    .tuple(
      fc.constantFrom('', '', '', '@revoked ', '@cert-authority '),
      fc.constantFrom('NAME', 'NAME', 'HOST', '*', '!HOST,*', 'elsewhere', '[127.0.0.1]:1'),
      fc.constantFrom('{ed25519}', '{rsa}', '{ecdsa}', '{other}'),
      fc.constantFrom('\n', '\r\n', ' comment\n'),
    )
    // ssh only warns about a key that is revoked without a port; we refuse it
    .filter(([marker, name]) => marker !== '@revoked ' || name === 'NAME' || name === '*')
    .map((parts) => parts.join(''))
  const text = fc.array(line, { maxLength: 4 }).map((lines) => lines.join(''))
  const without = fc.subarray([...usual], { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      fc.record({ user: text, global: text, without }),
      fc.constantFrom('strict' as const, 'accept-new' as const),
      async (one, checking) => {
        const [theirs, our] = await Promise.all([openssh(one, checking), ours(one, checking)])
        assert.equal(our, theirs)
      },
    ),
    { numRuns: 15 },
  )
})

test('a key that is revoked without a port is revoked', async () => {
  assert.is((await ours({ user: '@revoked HOST {ed25519}\n' }, 'accept-new')).verdict, 'host-key-changed')
})

test('a changed type is reported with both types, the line, and what to do', async () => {
  const [user, global] = filesOf({ user: '# a comment\n*,!other {rsa}\n' })
  const settings = sshd.settings({
    hostKeys: new HostKeys([user, global], 'accept-new'),
    algorithms: { hostKeyAlgorithms: ['ssh-ed25519'] },
  })
  const error = await rejects(
    () => logIn(settings, new AbortController().signal),
    'host-key-changed',
    /presents the ssh-ed25519 key SHA256:\S+, but only ssh-rsa is recorded for it/,
  )
  assert.equal(error.place, { file: user, line: 2 })
  assert.match(error.hint, `remove the recorded one: line 2 of ${user}`)
})

test('a new key that cannot be recorded is not accepted', async () => {
  const folder = join(sshd.folder, 'a-file')
  writeFileSync(folder, '')
  const settings = sshd.settings({ hostKeys: new HostKeys([join(folder, 'known_hosts')], 'accept-new') })
  const error = await rejects(
    () => logIn(settings, new AbortController().signal),
    'host-key-unknown',
    /cannot be recorded in .*a-file\/known_hosts: .*a-file is not a folder/,
  )
  assert.match(error.hint, 'known_hosts_file')
})

const hosts = 40
const writer = `
  import { HostKeys } from ${JSON.stringify(new URL('../../../engine/connection/ssh/host-keys.ts', import.meta.url).href)}
  const [file, first, key] = process.argv.slice(-3)
  const keys = new HostKeys([file], 'accept-new')
  const blob = Buffer.from(key, 'base64')
  process.stdin.once('data', async () => {
    await Promise.all(
      Array.from({ length: ${hosts} }, (_, i) => keys.verify({ name: 'host' + (Number(first) + i) }, blob)),
    )
    process.exit(0)
  })
  process.stdout.write('ready')
`

test('concurrent runs that record keys do not lose any', async () => {
  const file = join(sshd.folder, 'known_hosts-shared')
  writeFileSync(file, `elsewhere ${keys.get('rsa')}`)
  const script = join(sshd.folder, 'writer.ts')
  writeFileSync(script, writer)
  const key = keys.get('ed25519')?.split(' ')[1] ?? ''
  const runs = [0, 1, 2, 3].map((run) => {
    return spawn(process.execPath, ['--import', 'tsx', script, file, String(run * (hosts / 2)), key], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  })
  await Promise.all(runs.map((run) => once(run.stdout, 'data')))
  const ends = runs.map((run) => once(run, 'exit'))
  for (const run of runs) run.stdin.write('go')
  assert.equal(
    await Promise.all(ends),
    runs.map(() => [0, null]),
  )
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
  const names = new Set(lines.map((line) => line.split(' ')[0]))
  assert.is(names.size, 1 + (hosts / 2) * 5)
  assert.ok(lines.every((line) => line.split(' ').length === 3))
})
