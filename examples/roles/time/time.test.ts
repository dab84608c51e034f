import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearseRole } from 'coxswain/testing'
import { chronyText, layoutOf, timesyncdText } from './configuration.ts'
import { time } from './index.ts'
import { clientOf, params } from './params.ts'

test('the configuration of chrony has the sources and their options', () => {
  const given = params.parse({
    servers: ['192.0.2.1', { host: 'ntp.example.org', prefer: true, nts: true, minPoll: 4 }],
    peers: ['192.0.2.9'],
    allow: ['192.0.2.0/24'],
    localStratum: 10,
  })
  const lines = chronyText(given, layoutOf(['rocky', 'rhel'])).split('\n')
  for (const line of [
    'server 192.0.2.1 iburst',
    'server ntp.example.org iburst prefer nts minpoll 4',
    'peer 192.0.2.9',
    'allow 192.0.2.0/24',
    'local stratum 10',
    'makestep 1 3',
    'driftfile /var/lib/chrony/drift',
  ])
    assert.ok(lines.includes(line), line)
  assert.ok(!lines.some((line) => line.startsWith('pool')))
})

test('by default, time comes from a pool', () => {
  const given = params.parse({})
  assert.match(chronyText(given, layoutOf(['debian'])), /^pool pool\.ntp\.org iburst$/m)
  assert.match(timesyncdText(given), /^NTP=pool\.ntp\.org$/m)
})

test('timesyncd is used where the host has it, and nothing needs chrony', () => {
  const client = (given: object, found: readonly string[]) => clientOf(params.parse(given), found)
  assert.equal(client({}, ['timesyncd']), 'timesyncd')
  assert.equal(client({}, ['chrony', 'timesyncd']), 'chrony')
  assert.equal(client({}, []), 'chrony')
  assert.equal(client({ allow: ['all'] }, ['timesyncd']), 'chrony')
})

test('what timesyncd does not have is refused where it is asked for by name', () => {
  for (const [name, value] of Object.entries({
    allow: ['10.0.0.0/8'],
    localStratum: 5,
    extra: ['x'],
    dhcp: true,
    commandPort: 0,
    servers: [{ host: 'a', nts: true }],
    pools: [{ host: 'a', minPoll: 4 }],
  })) {
    const found = name === 'servers' ? 'nts' : name === 'pools' ? 'minPoll' : name
    assert.throws(
      () => params.parse({ client: 'timesyncd', [name]: value }),
      new RegExp(`does not have ${found}`),
    )
    assert.equal(clientOf(params.parse({ [name]: value }), ['timesyncd']), 'chrony', name)
  }
  assert.doesNotThrow(() => params.parse({ client: 'timesyncd', servers: ['a'], fallback: ['b'] }))
})

test('addresses of both families are taken', () => {
  const given = params.parse({
    bindAddresses: ['::', '0.0.0.0'],
    servers: ['::1', '2001:db8::1', 'a-b.example'],
  })
  assert.deepEqual(given.bindAddresses, ['::', '0.0.0.0'])
})

test('names that would be another line of the file are refused', () => {
  assert.throws(() => time({ servers: ['a b'] }), /servers/)
  assert.throws(() => time({ servers: ['a\nallow all'] }), /servers/)
  assert.throws(() => time({ servers: [{ host: 'a', key: 1 }] }), /key/)
})

test('a host that is set up is not changed', async () => {
  const given = params.parse({})
  const { rocky } = await rehearseRole(time({ removeOthers: false }), {
    rocky: {
      files: {
        '/etc/os-release': 'ID=rocky\nID_LIKE="rhel fedora"\n',
        '/etc/chrony.conf': chronyText(given, layoutOf(['rhel'])),
      },
      patterns: [
        [/command -v chronyd/, 'chrony\n'],
        [/^if \[ -d \/run\/systemd/, 'systemd\n'],
        [
          /^systemctl show/,
          'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNeedDaemonReload=no\n',
        ],
        [/^rpm /, 'chrony 1 4.3-1.el9 x86_64\n'],
        [/./, ''],
      ],
    },
  })
  assert.equal(rocky.error, undefined)
  assert.ok(rocky.tasks.some(({ title }) => title.includes('/etc/chrony.conf')))
  assert.deepEqual(rocky.handlers, [])
})
