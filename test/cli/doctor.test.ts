import * as assert from 'uvu/assert'
import { examine, probes } from '../../engine/cli/doctor/examine.ts'
import type { Finding } from '../../engine/cli/doctor/probe.ts'
import { findingOf } from '../../engine/cli/doctor/reaching.ts'
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
/** What a host that is well says to each probe. */
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

test('a host that is well has no findings', async () => assert.equal(await examined(), []))

test('each probe tells its fault, and all are told at once', async () => {
  const found = await examined({
    tools: 'flock\n',
    writable: 'closed\n',
    disk: `x\n/dev/sda1 200 200 0 100% /\n/dev/sdb1 90000000 1 51200 99% /var lib\n`,
    clock: `${now - 90}\n`,
  })
  assert.equal(
    found.map(({ probe, what }) => [probe, what]),
    [
      ['tools', 'there is no flock: two runs at once are not kept apart'],
      ['writable', '/tmp cannot be written to'],
      ['disk', '/ has 0 MB left'],
      ['disk', '/var lib has 50 MB left'],
      ['clock', 'its clock is 90 s behind the one here'],
    ],
  )
})

test('a clock that is a little off is borne; one that tells nothing is not', async () => {
  assert.equal(await examined({ clock: `${now + 20}\n` }), [])
  assert.match((await examined({ clock: `${now + 3600}\n` }))[0]?.what ?? '', '3600 s ahead of')
  assert.match((await examined({ clock: '%s\n' }))[0]?.what ?? '', 'prints no number')
})

test('who cannot log in is told that alone; who cannot become root is told the rest too', async () => {
  const refused: Reply = () => {
    throw new CoxswainError('auth-failed', 'ops@web1:22 does not let us in')
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

test('failures to connect are told by what they are', () => {
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

const ill: Finding = { probe: 'clock', what: 'it is\nlate', fix: 'set it' }

test('one table, or a line of JSON for each host', () => {
  const hosts = [
    { host: 'web1', findings: [] },
    { host: 'database', findings: [ill, { ...ill, probe: 'disk' }] },
  ]
  assert.is(
    doctorTable(hosts),
    `host      what   found, and how to fix it
web1      all    is well
database  clock  it is late
                 → set it
          disk   it is late
                 → set it

1 of 2 hosts to fix
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

test('the exit status: 0 well, 2 wrong, 4 out of reach', () => {
  const exit = (...findings: Finding[]) => doctorExit([{ host: 'web1', findings }])
  assert.is(exit(), 0)
  assert.is(exit(ill), 2)
  assert.is(exit({ ...ill, code: 'become-password-wrong' }), 2)
  assert.is(exit(ill, { ...ill, code: 'auth-failed' }), 4)
})
