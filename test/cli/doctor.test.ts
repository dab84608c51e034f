import * as assert from 'uvu/assert'
import { examine, probes } from '../../engine/cli/doctor/examine.ts'
import type { Finding } from '../../engine/cli/doctor/probe.ts'
import { findingOf } from '../../engine/cli/doctor/finding-of.ts'
import { doctorExit, doctorJson, doctorTable } from '../../engine/cli/doctor/report.ts'
import { scripted } from '../../engine/connection/scripted.ts'
import type { Reply } from '../../engine/connection/scripted.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { suite } from '../support/spec.ts'

const test = suite('run doctor')

const now = 1_700_000_000
const roomy = `Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 20000000 5000000 15000000 25% /
tmpfs 1000000 0 1000000 0% /tmp
`
/** What each probe prints on a host without problems. */
const well: Readonly<Record<string, Reply>> = { tools: '', writable: '', disk: roomy, clock: `${now}\n` }

const examined = async (
  said: Readonly<Record<string, Reply>> = {},
  identity?: 'root',
  entrance: Reply = '',
): Promise<readonly Finding[]> => {
  const connection = scripted({
    replies: [
      [':', entrance],
      ...probes.map(({ name, script }) => [script, said[name] ?? well[name] ?? ''] as const),
    ],
  })
  const found = await examine(
    {
      name: 'web1',
      connection,
      identity: identity && { method: 'sudo', user: identity },
    },
    () => now,
  )
  assert.ok(connection.log.every(({ purpose }) => purpose === 'query'))
  return found
}

test('a host without problems has no findings', async () => assert.equal(await examined(), []))

test('every probe reports its problems, all at once', async () => {
  const found = await examined({
    tools: 'flock\n',
    writable: 'closed\n',
    disk: `x\n/dev/sda1 200 200 0 100% /\n/dev/sdb1 90000000 1 51200 99% /var lib\n`,
    clock: `${now - 90}\n`,
  })
  assert.equal(
    found.map(({ probe, what }) => [probe, what]),
    [
      ['tools', 'flock is missing: hosts cannot be locked against a second run'],
      ['writable', '/tmp is not writable'],
      ['disk', '/ has 0 MiB left'],
      ['disk', '/var lib has 50 MiB left'],
      ['clock', 'its clock is 90 s slow, compared with the clock of this machine'],
    ],
  )
})

test('a small clock difference is tolerated; a clock that cannot be read is a problem', async () => {
  assert.equal(await examined({ clock: `${now + 20}\n` }), [])
  assert.match((await examined({ clock: `${now + 3600}\n` }))[0]?.what ?? '', '3600 s fast')
  assert.match((await examined({ clock: '%s\n' }))[0]?.what ?? '', 'does not print a number')
})

test('a failed login is the only finding; a failed become does not stop the other probes', async () => {
  const refused: Reply = () => {
    throw new CoxswainError('auth-failed', 'ops@web1:22 refuses the login')
  }
  assert.equal(
    (await examined({ tools: 'flock\n' }, undefined, refused)).map(({ probe }) => probe),
    ['login'],
  )
  const noSudo: Reply = ({ identity }) => {
    if (identity === undefined) return ''
    throw new CoxswainError('become-password-missing', 'sudo asks for a password')
  }
  const found = await examined({ tools: 'flock\n' }, 'root', noSudo)
  assert.equal(
    found.map(({ probe }) => probe),
    ['become', 'tools'],
  )
  assert.match(found[0]?.fix ?? '', '-K')
})

test('a failure to connect is a finding about the name, the port, the network or the key', () => {
  const probe = (message: string) => findingOf(new CoxswainError('connect-failed', message)).probe
  assert.is(probe('cannot connect: getaddrinfo ENOTFOUND web1'), 'name')
  assert.is(probe('cannot connect: connect ECONNREFUSED 192.0.2.1:22'), 'port')
  assert.is(probe('ssh: Could not resolve hostname web1: Name or service not known'), 'name')
  assert.is(probe('ssh: connect to host web1 port 22: Connection refused'), 'port')
  assert.is(probe('ssh: connect to host web1 port 22: No route to host'), 'network')
  assert.is(probe('cannot connect: Timed out while waiting for handshake'), 'network')
  assert.is(findingOf(new CoxswainError('host-key-changed', 'another key')).probe, 'host key')
  assert.is(findingOf(new CoxswainError('shell-failed', 'no shell')).probe, 'shell')
})

test('a finding about the inventory names the line', () => {
  const place = { file: 'hosts.yaml', line: 8, column: 10, excerpt: 'f: { port: abc }' }
  const { what } = findingOf(new CoxswainError('inventory-invalid', 'port: a number is needed', { place }))
  assert.is(what, 'port: a number is needed (hosts.yaml:8:10)')
})

const problem: Finding = { probe: 'clock', what: 'it is\nlate', fix: 'set it' }

test('one table, or one line of JSON per host', () => {
  const hosts = [
    { host: 'web1', findings: [] },
    { host: 'database', findings: [problem, { ...problem, probe: 'disk' }] },
  ]
  assert.is(
    doctorTable(hosts),
    `host      check  result
web1      all    no problems
database  clock  it is late
                 → set it
          disk   it is late
                 → set it

problems on 1 of 2 hosts
`,
  )
  assert.equal(
    doctorJson(hosts)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).well),
    [true, false],
  )
})

test('the exit status: 0 no problems, 2 problems, 4 unreachable', () => {
  const exit = (...findings: Finding[]) => doctorExit([{ host: 'web1', findings }])
  assert.is(exit(), 0)
  assert.is(exit(problem), 2)
  assert.is(exit({ ...problem, code: 'become-password-wrong' }), 2)
  assert.is(exit(problem, { ...problem, code: 'auth-failed' }), 4)
})
