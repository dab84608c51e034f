/** `run doctor` with a real sshd and its faults. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { addUser, freePort, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'

const test = suite('run doctor on a real sshd', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })
const folder = folderOf(test)
let sshd: Sshd
let asked: TestUser
let closed: TestUser

test.before(async () => {
  sshd = await startSshd()
  asked = addUser('cox-doc-asked', { sudo: 'with password' })
  closed = addUser('cox-doc-closed', { shell: '/usr/sbin/nologin' })
  folder.write('empty', '')
})
test.after(async () => {
  asked.remove()
  closed.remove()
  await sshd.stop()
})

/** The output of the doctor for a host with these variables. */
const said = async (variables: Record<string, unknown>, ...words: string[]) => {
  const host = {
    address: '127.0.0.1',
    port: sshd.port,
    user: 'root',
    private_key_file: sshd.keyFile,
    known_hosts_file: sshd.knownHosts,
    ...variables,
  }
  const inventory = folder.write('inventory.yaml', JSON.stringify({ all: { hosts: { web1: host } } }))
  const { status, stdout, stderr } = await runCli([
    'doctor',
    '-i',
    inventory,
    '--connect-timeout',
    '60',
    ...words,
  ])
  return { status, all: stdout + stderr }
}

test('a host without problems', async () => {
  const { status, all } = await said({ become: true })
  assert.is(status, 0, all)
  assert.match(all, /web1 +all +no problems/)
})

const faults: readonly [
  string,
  () => Promise<Record<string, unknown>> | Record<string, unknown>,
  number,
  RegExp,
][] = [
  ['a name that does not resolve', () => ({ address: 'nobody.invalid' }), 4, /web1 +name +/],
  ['a port without a listener', async () => ({ port: await freePort() }), 4, /web1 +port +/],
  ['an unknown host key', () => ({ known_hosts_file: folder.at('empty') }), 4, /web1 +host key +/],
  ['a user who cannot log in', () => ({ user: 'cox-doc-nobody' }), 4, /web1 +login +/],
  ['a user without a shell', () => ({ user: closed.name }), 4, /web1 +shell +/],
  [
    'sudo that asks for a password',
    () => ({ user: asked.name, become: true }),
    2,
    /web1 +become +[^]*→ .*-K/,
  ],
  [
    'a become user that does not exist',
    () => ({ become: true, become_user: 'cox-doc-nobody' }),
    2,
    /web1 +become +cannot become cox-doc-nobody with sudo: unknown user/,
  ],
  [
    'a public key instead of the private one',
    () => ({ private_key_file: `${sshd.keyFile}.pub` }),
    4,
    /web1 +login +.*\.pub is a public key/,
  ],
  [
    'a wrong password for sudo',
    () => ({ user: asked.name, become: true, become_password: 'wrong-Zq8' }),
    2,
    /web1 +become +/,
  ],
]

for (const [name, variables, wanted, text] of faults) {
  test(`${name} is reported, with how to fix it`, async () => {
    const { status, all } = await said(await variables())
    assert.is(status, wanted, all)
    assert.match(all, text)
    assert.match(all, '→ ')
    assert.match(all, 'problems on 1 of 1 host')
    assert.not.match(all, 'wrong-Zq8')
  })
}

test('--hosts selects hosts, and --output json is for programs', async () => {
  const { status, all } = await said({}, '--hosts', 'web1', '--output', 'json')
  assert.is(status, 0)
  assert.equal(JSON.parse(all), { host: 'web1', well: true, findings: [] })
  assert.is((await said({}, '--hosts', 'web9')).status, 1)
})
