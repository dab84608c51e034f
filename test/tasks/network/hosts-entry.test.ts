import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { hostsEntry, withEntry } from '../../../tasks/network/hosts-entry.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hosts-entry')

test('a name has one address', () => {
  const entry = { address: '10.0.0.10', names: ['api', 'api.example'] }
  assert.is(withEntry('127.0.0.1 localhost\n', entry), '127.0.0.1 localhost\n10.0.0.10 api api.example\n')
  assert.is(
    withEntry('1.1.1.1 api other # old\n2.2.2.2 api.example\n', entry),
    '1.1.1.1 other # old\n10.0.0.10 api api.example\n',
  )
})

test('written once, and addresses are compared', async () => {
  const run = await rehearse(hostsEntry({ address: '10.0.0.10', names: 'api' }), {
    files: { '/etc/hosts': '127.0.0.1 localhost\n' },
  })
  assert.is(run.outcome, 'changed')
  assert.is(
    (
      await rehearse(hostsEntry({ address: '10.0.0.10', names: 'api' }), {
        files: { '/etc/hosts': '10.0.0.10 api\n' },
      })
    ).outcome,
    'ok',
  )
  assert.throws(() => hostsEntry({ address: '10.0.0.10', names: ['api #'] }), /a host name is needed/)
  assert.throws(() => hostsEntry({ address: 'nowhere', names: 'api' }), /an IP address is needed/)
})

test('a name can have an address of each family', () => {
  const four = { address: '10.0.0.1', names: ['db'] }
  const six = { address: 'fd00::1', names: ['db'] }
  const both = withEntry(withEntry('', four), six)
  assert.is(both, '10.0.0.1 db\nfd00::1 db\n')
  assert.is(withEntry(both, four), both)
  assert.is(withEntry(both, { address: 'fd00::2', names: ['db'] }), '10.0.0.1 db\nfd00::2 db\n')
  const local = '127.0.0.1 localhost\n::1     localhost ip6-localhost\n'
  assert.is(withEntry(local, { address: '127.0.0.1', names: ['localhost'] }), local)
})

test('addresses are compared by value, names without case', () => {
  for (const text of ['::1 h\n', '0:0:0:0:0:0:0:1 h\n', '0::0001 H\n', '::0.0.0.1 h\n'])
    assert.is(withEntry(text, { address: '::1', names: ['h'] }), text)
  assert.is(withEntry('FE80::A%eth0 h\n', { address: 'fe80::a%eth0', names: ['h'] }), 'FE80::A%eth0 h\n')
  assert.is(withEntry('fe80::a%eth1 h\n', { address: 'fe80::a%eth0', names: ['h'] }), 'fe80::a%eth0 h\n')
  assert.is(
    withEntry('10.0.0.2 Api other\n', { address: '10.0.0.1', names: ['api'] }),
    '10.0.0.2 other\n10.0.0.1 api\n',
  )
})

test('blanks, comments and line breaks stay; a name is added to the line with the others', () => {
  assert.is(
    withEntry('\r\n# c\r\n10.0.0.1\tdb1\tx  # note\r\n\r\n', { address: '10.0.0.1', names: ['db1', 'db2'] }),
    '\r\n# c\r\n10.0.0.1\tdb1\tx db2  # note\r\n\r\n',
  )
  assert.is(
    withEntry('10.0.0.2\tdb1\tx  # note\n', { address: '10.0.0.1', names: ['db1'] }),
    '10.0.0.2\tx  # note\n10.0.0.1 db1\n',
  )
})

test('the first name is the canonical one, and comes before the others', () => {
  const entry = { address: '10.0.0.12', names: ['db1.example.com', 'db1'] }
  const right = '10.0.0.12 db1.example.com db1\n'
  assert.is(withEntry('10.0.0.12 db1\n', entry), right)
  assert.is(withEntry('10.0.0.12 db1 DB1.example.com # c\n', entry), '10.0.0.12 db1.example.com db1 # c\n')
  assert.is(
    withEntry('10.0.0.12 db1.example.com\tother  DB1 # c\r\n', entry),
    '10.0.0.12 db1.example.com\tother  DB1 # c\r\n',
  )
  assert.is(withEntry('10.0.0.12  db1\tother # c\n', entry), '10.0.0.12  db1.example.com\tother db1 # c\n')
  assert.is(withEntry('10.0.0.12 db1\n10.0.0.12 x db1.example.com\n', entry), `${right}10.0.0.12 x\n`)
  assert.is(withEntry('10.0.0.12 db1.example.com\n10.0.0.12 db1\n', entry), right)
  assert.is(withEntry(`${right}10.0.0.12 db1.example.com\n`, entry), `${right}10.0.0.12 db1.example.com\n`)
  assert.is(withEntry('10.0.0.12 db1.example.com db1\n', { address: '10.0.0.12', names: ['db1'] }), right)
  assert.is(withEntry('10.0.0.12 x\n', entry), `10.0.0.12 x\n${right}`)
})

test('text that is not an address is refused', () => {
  for (const address of ['1.2.3', '::1::', '10.0.0.1%eth0', 'fe80::1%', '300.1.1.1'])
    assert.throws(() => hostsEntry({ address, names: 'api' }), /an IP address is needed/)
})
