import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('systemd-unit')
const content = '[Service]\nExecStart=/bin/true\n'
const show = 'systemctl show app.service --property=NeedDaemonReload --value'

const detect = /^if \[ -d \/run\/systemd\/system \]/

const host = (files: Record<string, string>, stale = 'no'): World => {
  let answer = stale
  return {
    files,
    patterns: [[detect, 'systemd\n']],
    replies: {
      [show]: () => `${answer}\n`,
      'systemctl daemon-reload': () => {
        answer = 'no'
        return ''
      },
    },
  }
}

test('a unit is written and read anew; the second time all is well', async () => {
  const run = await rehearse(systemdUnit({ name: 'app.service', content }), host({}))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/systemd/system/app.service')?.content, content)
  assert.equal(run.commands.check.slice(1), [show])
  assert.equal(run.commands.apply, ['systemctl daemon-reload'])
})

test('a file that systemd has not read yet is only read', async () => {
  const run = await rehearse(
    systemdUnit({ name: 'app.service', content }),
    host({ '/etc/systemd/system/app.service': content }, 'yes'),
  )
  assert.equal([run.outcome, run.changes.map(({ what }) => what)], ['changed', ['app.service']])
})

test('a drop-in, and what goes', async () => {
  const run = await rehearse(systemdUnit({ name: 'app.service', dropIn: 'limits', content }), host({}))
  assert.is(run.files.get('/etc/systemd/system/app.service.d/limits.conf')?.content, content)
  const gone = await rehearse(
    systemdUnit({ name: 'app.service', state: 'absent' }),
    host({ '/etc/systemd/system/app.service': content }),
  )
  assert.is(gone.files.has('/etc/systemd/system/app.service'), false)
})

test('a name without a suffix, and no content, are refused', async () => {
  await rejects(() => systemdUnit({ name: 'app', content }), 'params-invalid', 'a unit has a suffix')
  await rejects(() => systemdUnit({ name: 'app.service' }), 'params-invalid', 'content is needed')
})

test('where OpenRC is, it says so', async () => {
  const run = await rehearse(systemdUnit({ name: 'app.service', content }), {
    patterns: [[detect, 'openrc\n']],
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'app.service is a unit of systemd, and this host has OpenRC')
  assert.match(isCoxswainError(run.error) ? (run.error.hint ?? '') : '', '/etc/init.d/app')
})
