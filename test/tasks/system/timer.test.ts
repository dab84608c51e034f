import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { timer } from '../../../tasks/system/timer.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('timer')

const folder = '/etc/systemd/system'
const service = `# written by coxswain (timer); changes are overwritten
[Unit]
Description=backup

[Service]
Type=oneshot
ExecStart=/usr/bin/backup --all
`
const text = `[Unit]
Description=backup

[Timer]
OnCalendar=daily

[Install]
WantedBy=timers.target
`

const host = (
  files: Readonly<Record<string, string>> = {},
  unit = { active: 'inactive', enabled: '', load: 'not-found' },
  manager = 'systemd',
): World => {
  const is = { ...unit }
  const becomes = (key: keyof typeof is, value: string) => () => {
    is[key] = value
    return ''
  }
  return {
    files,
    patterns: [
      [sentPattern('tasks/system/service-manager.sh'), `${manager}\n`],
      [/^systemctl show --property=NeedDaemonReload --value -- backup\.(timer|service)$/, 'no\n'],
      [
        /^systemctl show backup\.timer --property=LoadState,/,
        () => `LoadState=${is.load}\nActiveState=${is.active}\nUnitFileState=${is.enabled}\n`,
      ],
      [
        /^systemctl show backup\.service --property=LoadState,/,
        (_, all) => `LoadState=${all.has(`${folder}/backup.service`) ? 'loaded' : 'not-found'}\n`,
      ],
      [/^systemctl show backup\.timer --property=NeedDaemonReload --value$/, 'no\n'],
      [/^systemctl daemon-reload$/, becomes('load', 'loaded')],
      [/^systemctl enable backup\.timer$/, becomes('enabled', 'enabled')],
      [/^systemctl disable backup\.timer$/, becomes('enabled', '')],
      [/^systemctl (re)?start backup\.timer$/, becomes('active', 'active')],
      [/^systemctl stop backup\.timer$/, becomes('active', 'inactive')],
    ],
  }
}
const there = { active: 'active', enabled: 'enabled', load: 'loaded' }
const files = { [`${folder}/backup.service`]: service, [`${folder}/backup.timer`]: text }
const given = { name: 'backup', calendar: 'daily', command: '/usr/bin/backup --all' }

test('service and timer are written, then the timer is enabled and started', async () => {
  const run = await rehearse(timer(given), host())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(`${folder}/backup.service`)?.content, service)
  assert.is(run.files.get(`${folder}/backup.timer`)?.content, text)
  assert.equal(run.commands.apply, [
    'systemctl daemon-reload',
    'systemctl enable backup.timer',
    'systemctl start backup.timer',
  ])
  assert.is((await rehearse(timer(given), host(files, there))).outcome, 'ok')
})

test('another time restarts the timer; all options are written', async () => {
  const task = timer({
    name: 'backup',
    calendar: ['Mon *-*-* 03:00', 'Fri *-*-* 03:00'],
    afterBoot: 600,
    every: '3600',
    persistent: true,
    randomDelay: 300,
    accuracy: 1,
    description: '100 %',
  })
  const run = await rehearse(task, host(files, there))
  assert.equal(
    run.commands.apply,
    ['systemctl daemon-reload', 'systemctl restart backup.timer'],
    String(run.error),
  )
  assert.is(
    run.files.get(`${folder}/backup.timer`)?.content,
    `[Unit]
Description=100 %%

[Timer]
OnCalendar=Mon *-*-* 03:00
OnCalendar=Fri *-*-* 03:00
OnBootSec=600
OnUnitActiveSec=3600
Persistent=true
RandomizedDelaySec=300
AccuracySec=1

[Install]
WantedBy=timers.target
`,
  )
  const user = await rehearse(
    timer({ ...given, user: 'app', serviceOptions: ['Nice=10'] }),
    host(files, there),
  )
  assert.is(user.files.get(`${folder}/backup.service`)?.content, `${service}User=app\nNice=10\n`)
  assert.equal(user.commands.apply, ['systemctl daemon-reload'])
})

test('a timer that is stopped or disabled is started and enabled; it is removed with its service', async () => {
  const stopped = await rehearse(
    timer(given),
    host(files, { ...there, active: 'inactive', enabled: 'disabled' }),
  )
  assert.equal(
    stopped.changes.map(({ what, to }) => [what, to]),
    [
      ['timer backup', 'started'],
      ['timer backup at boot', 'enabled'],
    ],
  )
  const gone = await rehearse(timer({ name: 'backup', state: 'absent' }), host(files, there))
  assert.equal([gone.outcome, gone.files.size], ['changed', 0], String(gone.error))
  assert.equal(gone.commands.apply.slice(0, 2), [
    'systemctl disable backup.timer',
    'systemctl stop backup.timer',
  ])
  assert.is((await rehearse(timer({ name: 'backup', state: 'absent' }), host())).outcome, 'ok')
})

test('a service that the task did not write stays, and the change says so', async () => {
  const own = '[Service]\nExecStart=/usr/bin/backup --all\n'
  const world = host({ ...files, [`${folder}/backup.service`]: own }, there)
  const run = await rehearse(timer({ name: 'backup', state: 'absent' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal([...run.files.keys()], [`${folder}/backup.service`])
  assert.is(run.files.get(`${folder}/backup.service`)?.content, own)
  assert.equal(run.changes[0], {
    what: `${folder}/backup.timer`,
    from: 'present',
    to: 'removed; backup.service stays, because this task did not write it',
  })
})

test('a timer without a service', async () => {
  const run = await rehearse(timer({ name: 'backup', calendar: 'daily' }), host())
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'the service backup does not exist')
})

test('a host without systemd, and wrong parameters, are refused', async () => {
  const openrc = await rehearse(timer(given), host({}, there, 'openrc'))
  assert.match(String(openrc.error), 'the timer backup needs systemd')
  assert.throws(() => timer({ name: 'backup', command: '/x' }), /say when/)
  assert.throws(() => timer({ name: 'backup.timer', calendar: 'daily' }), /without .timer/)
  assert.throws(() => timer({ name: 'backup', calendar: 'daily', user: 'x' }), /need a command/)
  assert.throws(() => timer({ ...given, calendar: 'daily\nExecStart=x' }), /one line/)
})
