import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('systemd-unit')
const content = '[Service]\nExecStart=/bin/true\n'
const show = 'systemctl show --property=NeedDaemonReload --value -- app.service'
const file = 'systemctl show --property=FragmentPath --value -- app.service'

const detect = /^if \[ -d \/run\/systemd\/system \]/

const host = (
  files: Record<string, string>,
  stale = 'no',
  unit = '/lib/systemd/system/app.service',
): World => {
  let answer = stale
  return {
    files,
    patterns: [[detect, 'systemd\n']],
    replies: {
      [show]: () => `${answer}\n`,
      [file]: `${unit}\n`,
      'rmdir /etc/systemd/system/app.service.d 2>/dev/null || :': '',
      'systemctl daemon-reload': () => {
        answer = 'no'
        return ''
      },
    },
  }
}

test('a unit is written and systemd reloaded; the second run is ok', async () => {
  const run = await rehearse(systemdUnit({ name: 'app.service', content }), host({}))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/systemd/system/app.service')?.content, content)
  assert.equal(run.commands.check.slice(1), [show])
  assert.equal(run.commands.apply, ['systemctl daemon-reload'])
})

test('a file that systemd has not read yet is only reloaded', async () => {
  const run = await rehearse(
    systemdUnit({ name: 'app.service', content }),
    host({ '/etc/systemd/system/app.service': content }, 'yes'),
  )
  assert.equal([run.outcome, run.changes.map(({ what }) => what)], ['changed', ['app.service']])
})

const override = '/etc/systemd/system/app.service.d/override.conf'

test('a drop-in is verified with the unit that it changes; a drop-in without a unit cannot be', async () => {
  const task = systemdUnit({ name: 'app.service', dropIn: 'override', content })
  for (const unit of ['/lib/systemd/system/app.service', '']) {
    const run = await rehearse(task, host({}, 'no', unit))
    assert.is(run.files.get(override)?.content, content)
    assert.equal(run.commands.check.slice(1), [show])
    assert.equal(run.commands.apply, ['systemctl daemon-reload'])
  }
})

test('removed: a unit, and a drop-in with its folder', async () => {
  const unit = '/etc/systemd/system/app.service'
  const gone = await rehearse(
    systemdUnit({ name: 'app.service', state: 'absent' }),
    host({ [unit]: content }),
  )
  assert.not.ok(gone.files.has(unit))
  const task = systemdUnit({ name: 'app.service', dropIn: 'override', state: 'absent' })
  const run = await rehearse(task, host({ [override]: content }))
  assert.not.ok(run.files.has(override))
  assert.match(run.commands.apply.join('\n'), 'rmdir')
  // it was removed by hand, and systemd was not reloaded
  assert.is((await rehearse(task, host({}, 'yes'))).outcome, 'changed')
})

test('for a template, its instances are checked', async () => {
  const ask = 'systemctl show --property=NeedDaemonReload --value -- app@*.service'
  let answer = 'no\n\nyes\n'
  const run = await rehearse(systemdUnit({ name: 'app@.service', content }), {
    files: { '/etc/systemd/system/app@.service': content },
    patterns: [[detect, 'systemd\n']],
    replies: {
      [ask.replace('app@*.service', "'app@*.service'")]: () => answer,
      'systemctl daemon-reload': () => (answer = ''),
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a name without a suffix, and missing content, are refused', async () => {
  await rejects(() => systemdUnit({ name: 'app', content }), 'params-invalid', 'must have a suffix')
  await rejects(() => systemdUnit({ name: 'app.service' }), 'params-invalid', 'content is required')
})

test('on a host with OpenRC, the error says so', async () => {
  const run = await rehearse(systemdUnit({ name: 'app.service', content }), {
    patterns: [[detect, 'openrc\n']],
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'app.service is a systemd unit, but this host uses OpenRC')
  assert.match(isCoxswainError(run.error) ? (run.error.hint ?? '') : '', '/etc/init.d/app')
})
