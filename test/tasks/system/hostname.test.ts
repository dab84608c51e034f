import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { hostname } from '../../../tasks/system/hostname.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hostname')

const set =
  'if command -v hostname >/dev/null; then hostname web1; else hostnamectl --transient set-hostname web1; fi'

const named = (first: string, file: string) => {
  let live = first
  return {
    files: { '/etc/hostname': file },
    replies: {
      'uname -n': () => `${live}\n`,
      [set]: () => {
        live = 'web1'
        return ''
      },
    },
  }
}

test('sets the live name and saves it', async () => {
  const run = await rehearse(hostname({ name: 'web1' }), named('old', 'old\n'))
  assert.equal(run.commands.apply, [set])
  assert.is(run.files.get('/etc/hostname')?.content, 'web1\n')
  assert.equal(run.changes, [
    { what: 'host name', from: 'old', to: 'web1' },
    { what: '/etc/hostname', from: 'old', to: 'web1' },
  ])
})

test('an up-to-date name is ok, with and without comments in the file', async () => {
  const run = await rehearse(hostname({ name: 'web1' }), named('web1', '# mine\n\nweb1\n'))
  assert.is(run.outcome, 'ok')
})

test('invalid names are refused', () => {
  for (const name of ['', '-a', 'a_b', 'a..b', 'a b', 'x'.repeat(65)])
    assert.throws(() => hostname({ name }), /host name/)
})
