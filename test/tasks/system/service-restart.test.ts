import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { serviceRestart } from '../../../tasks/system/service-restart.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('service-restart')

const systemd = (active: string, load = 'loaded'): World => ({
  patterns: [
    [sentPattern('tasks/system/service-manager.sh'), 'systemd\n'],
    [
      /^systemctl show app --property=LoadState,/,
      `LoadState=${load}\nActiveState=${active}\nUnitFileState=enabled\n`,
    ],
    [/^systemctl show app --property=NeedDaemonReload --value$/, 'no\n'],
    [/^systemctl (restart|reload-or-restart) app$/, ''],
  ],
})

test('with ifRunning, a service that is stopped or does not exist is left alone', async () => {
  const task = serviceRestart({ name: 'app', ifRunning: true })
  const stopped = await rehearse(task, systemd('inactive'))
  assert.equal([stopped.outcome, stopped.predicted, stopped.commands.apply], ['ok', 'unknown', []])
  assert.is((await rehearse(task, systemd('inactive', 'not-found'))).outcome, 'ok')
  const running = await rehearse(task, systemd('active'))
  assert.equal([running.outcome, running.commands.apply], ['changed', ['systemctl restart app']])
  const reload = serviceRestart({ name: 'app', ifRunning: true, reload: true })
  assert.equal((await rehearse(reload, systemd('active'))).commands.apply, [
    'systemctl reload-or-restart app',
  ])
})

test('without it, the service is restarted in any case', async () => {
  const run = await rehearse(serviceRestart({ name: 'app' }), systemd('inactive'))
  assert.equal([run.predicted, run.commands.apply], ['would change', ['systemctl restart app']])
  assert.throws(() => serviceRestart({ name: '-x' }), /must be the name of a service/)
})

test('a service that was started too often for systemd is started again; other failures are not tried again', async () => {
  const world = (result: string): World => ({
    patterns: [
      [/^systemctl restart app$/, { code: 1, stderr: 'Job for app.service failed.' }],
      [/^systemctl show app --property=Result --value$/, `${result}\n`],
      [/^systemctl reset-failed app$/, ''],
      [/^journalctl -u app/, 'the reason'],
      ...(systemd('active').patterns ?? []),
    ],
  })
  const often = await rehearse(serviceRestart({ name: 'app' }), world('start-limit-hit'))
  assert.equal(often.commands.apply, [
    'systemctl restart app',
    'systemctl reset-failed app',
    'systemctl restart app',
  ])
  const broken = await rehearse(serviceRestart({ name: 'app' }), world('exit-code'))
  assert.equal(broken.commands.apply, ['systemctl restart app'])
  assert.is(broken.outcome, 'failed')
})
