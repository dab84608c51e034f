import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sysctl } from '../../../tasks/system/sysctl.ts'
import { suite } from '../../support/spec.ts'

const test = suite('sysctl')

/** A host on which `sysctl -w` changes what `sysctl -n` says. */
const hostWith = (live: string, files: Record<string, string> = {}) => {
  let value = live
  return {
    files,
    replies: {
      'sysctl -n net.ipv4.ip_forward': () => `${value}\n`,
      'sysctl -w net.ipv4.ip_forward=1': () => {
        value = '1'
        return 'net.ipv4.ip_forward = 1\n'
      },
    },
  }
}

test('sets the live value and keeps it for the next boot', async () => {
  const run = await rehearse(sysctl({ key: 'net.ipv4.ip_forward', value: '1' }), hostWith('0'))
  assert.is(run.outcome, 'changed')
  assert.equal(run.commands.apply, ['sysctl -w net.ipv4.ip_forward=1'])
  assert.is(run.files.get('/etc/sysctl.d/90-coxswain.conf')?.content, 'net.ipv4.ip_forward = 1\n')
  assert.equal(
    run.changes.map(({ what, from, to }) => [what, from, to]),
    [
      ['net.ipv4.ip_forward', '0', '1'],
      ['net.ipv4.ip_forward in /etc/sysctl.d/90-coxswain.conf', undefined, '1'],
    ],
  )
})

test('keeps the other lines of the file', async () => {
  const file = '/etc/sysctl.d/90-coxswain.conf'
  const run = await rehearse(
    sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
    hostWith('1', { [file]: '# mine\nvm.swappiness = 0\nnet.ipv4.ip_forward=0\n' }),
  )
  assert.is(run.files.get(file)?.content, '# mine\nvm.swappiness = 0\nnet.ipv4.ip_forward = 1\n')
})

test('does nothing where all is as it shall be', async () => {
  const files = { '/etc/sysctl.d/90-coxswain.conf': 'net.ipv4.ip_forward = 1\n' }
  const run = await rehearse(sysctl({ key: 'net.ipv4.ip_forward', value: '1' }), hostWith('1', files))
  assert.is(run.outcome, 'ok')
  assert.equal(run.commands.apply, [])
})

test('a relative path is refused', () => {
  assert.throws(
    () => sysctl({ key: 'a.b', value: 1, file: 'x.conf' }),
    /task sysctl: file: an absolute path is needed/,
  )
})

test('what sysctl would take as an option, or as more lines of a file, is refused', () => {
  assert.throws(() => sysctl({ key: '-a', value: 1 }), /the name of a parameter is needed/)
  assert.throws(() => sysctl({ key: 'a.b', value: '1\nc.d = 2' }), /a value is one line/)
})
