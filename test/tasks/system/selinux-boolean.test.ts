import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { selinuxBoolean } from '../../../tasks/system/selinux-boolean.ts'
import { suite } from '../../support/spec.ts'

const test = suite('selinux-boolean')

/** semanage prints booleans in this layout: now, and in the policy. */
const line = (now: string, kept: string): string =>
  `httpd_can_network_connect      (${now.padEnd(5)},${kept.padStart(5)})  Allow httpd to can network connect\n`
const list = (now: string, kept: string): string =>
  `abrt_anon_write                (off  ,  off)  Allow abrt to anon write\n${line(now, kept)}`

const host = (before: string, after: string): World => {
  let said = before
  return {
    patterns: [
      [/^semanage boolean --list --noheading$/, () => said],
      [
        /^setsebool /,
        () => {
          said = after
          return ''
        },
      ],
    ],
  }
}
const name = 'httpd_can_network_connect'

test('set now and for the next boot', async () => {
  const run = await rehearse(
    selinuxBoolean({ name, value: true }),
    host(list('off', 'off'), list('on', 'on')),
  )
  assert.equal(run.commands.apply, [`setsebool -P ${name} on`], String(run.error))
  assert.equal(
    run.changes.map(({ what, from, to }) => [what, from, to]),
    [
      [`boolean ${name}`, 'off', 'on'],
      [`boolean ${name} at boot`, 'off', 'on'],
    ],
  )
  const boot = await rehearse(
    selinuxBoolean({ name, value: true }),
    host(list('on', 'off'), list('on', 'on')),
  )
  assert.is(boot.outcome, 'changed')
  assert.is((await rehearse(selinuxBoolean({ name, value: true }), host(list('on', 'on'), ''))).outcome, 'ok')
})

test('set only until the next boot', async () => {
  const task = selinuxBoolean({ name, value: false, persistent: false })
  const run = await rehearse(task, host(list('on', 'on'), list('off', 'on')))
  assert.equal(run.commands.apply, [`setsebool ${name} off`], String(run.error))
  assert.is((await rehearse(task, host(list('off', 'on'), ''))).outcome, 'ok')
})

test('an unknown boolean is an error; without semanage it is unknown', async () => {
  const none = await rehearse(selinuxBoolean({ name: 'none', value: true }), host(list('on', 'on'), ''))
  assert.match(String(none.error), 'does not have the boolean none')
  const without = { patterns: [[/^semanage/, { code: 127 }]] } satisfies World
  const run = await rehearse(selinuxBoolean({ name, value: true }), without)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'semanage is not installed')
  const refused = { patterns: [[/^semanage/, { code: 1, stderr: 'ValueError: no policy' }]] } satisfies World
  assert.match(
    String((await rehearse(selinuxBoolean({ name, value: true }), refused)).error),
    'semanage boolean --list: exit status 1',
  )
  assert.throws(() => selinuxBoolean({ name: '-P', value: true }), /name of a boolean/)
})
