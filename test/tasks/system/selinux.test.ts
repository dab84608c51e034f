import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { selinux, withSelinux } from '../../../tasks/system/selinux.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('selinux')

const file = '/etc/selinux/config'
const config = `# SELINUX= can take one of these three values:
SELINUX=enforcing
SELINUXTYPE=targeted
`

/** A host whose kernel has this in /sys/fs/selinux/enforce; undefined if SELinux is off. */
const host = (enforce: '0' | '1' | undefined, text: string | undefined): World => {
  let live = enforce
  return {
    files: text === undefined ? {} : { [file]: text },
    patterns: [
      [
        sentPattern('tasks/facts/security-modules.sh'),
        () => (live === undefined ? 'modules=lockdown\n' : `modules=selinux\nselinux=${live}\n`),
      ],
      [
        /^setenforce ([01])$/,
        ({ script }) => {
          live = script.endsWith('1') ? '1' : '0'
          return ''
        },
      ],
    ],
  }
}

test('set now and for the next boot; other lines stay', async () => {
  const run = await rehearse(selinux({ state: 'permissive' }), host('1', config))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['setenforce 0'])
  assert.is(run.files.get(file)?.content, config.replace('=enforcing', '=permissive'))
  const again = await rehearse(selinux({ state: 'enforcing', policy: 'mls' }), host('0', config))
  assert.equal(again.commands.apply, ['setenforce 1'])
  assert.is(again.files.get(file)?.content, config.replace('targeted', 'mls'))
  assert.is(
    (await rehearse(selinux({ state: 'enforcing', policy: 'targeted' }), host('1', config))).outcome,
    'ok',
  )
})

test('on and off take a reboot: only the file is written', async () => {
  const off = await rehearse(selinux({ state: 'disabled' }), host('1', config))
  assert.equal([off.outcome, off.commands.apply], ['changed', []], String(off.error))
  assert.is(off.files.get(file)?.content, config.replace('=enforcing', '=disabled'))
  const waiting = await rehearse(selinux({ state: 'enforcing' }), host(undefined, config))
  assert.is(waiting.outcome, 'ok')
})

test('a host without SELinux', async () => {
  assert.is((await rehearse(selinux({ state: 'disabled' }), host(undefined, undefined))).outcome, 'ok')
  const run = await rehearse(selinux({ state: 'enforcing' }), host(undefined, undefined))
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'does not have SELinux')
})

test('keys that are missing are appended', () => {
  assert.is(
    withSelinux('# mine', { state: 'enforcing', policy: 'targeted' }),
    '# mine\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
  )
  assert.is(withSelinux('SELINUX=disabled\r\n', { state: 'enforcing' }), 'SELINUX=enforcing\r\n')
})

test('other states are refused', () => {
  assert.throws(() => selinux.from({ state: 'on' }), /enforcing/)
  assert.throws(() => selinux({ state: 'enforcing', policy: 'a b' }), /name of a policy/)
})
