import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { hostsEntry, withEntry } from '../../../tasks/network/hosts-entry.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hosts-entry')

test('a name means one address', () => {
  const entry = { address: '10.0.0.10', names: ['api', 'api.example'] }
  assert.is(withEntry('127.0.0.1 localhost\n', entry), '127.0.0.1 localhost\n10.0.0.10 api api.example\n')
  assert.is(
    withEntry('1.1.1.1 api other # old\n2.2.2.2 api.example\n', entry),
    '1.1.1.1 other # old\n10.0.0.10 api api.example\n',
  )
})

test('written once, and addresses are addresses', async () => {
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
