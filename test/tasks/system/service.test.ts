import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { serviceRestart } from '../../../tasks/system/service-restart.ts'
import { service } from '../../../tasks/system/service.ts'
import { suite } from '../../support/spec.ts'

const test = suite('service')

const detected: NonNullable<World['patterns']>[number] = [
  /^if \[ -d \/run\/systemd\/system \]; then echo systemd\nelif command -v rc-service /,
  'systemd\n',
]

/** A systemd with one unit. */
const systemd = (active: string, enabled: string, load = 'loaded', stale = 'no'): World => {
  const unit = { active, enabled, load, stale }
  const becomes = (key: keyof typeof unit, value: string) => () => {
    unit[key] = value
    return ''
  }
  return {
    patterns: [detected],
    replies: {
      'systemctl show haproxy --property=LoadState,ActiveState,UnitFileState,Type,RemainAfterExit,NeedDaemonReload':
        () =>
          `LoadState=${unit.load}\nActiveState=${unit.active}\nUnitFileState=${unit.enabled}\nNeedDaemonReload=${unit.stale}\n`,
      'systemctl show haproxy --property=NeedDaemonReload --value': () => `${unit.stale}\n`,
      'systemctl daemon-reload': becomes('stale', 'no'),
      'systemctl mask haproxy': becomes('load', 'masked'),
      'systemctl unmask haproxy': becomes('load', 'loaded'),
      'systemctl reload-or-restart haproxy': '',
      'systemctl restart haproxy': '',
      'systemctl start haproxy': becomes('active', 'active'),
      'systemctl stop haproxy': becomes('active', 'inactive'),
      'systemctl enable haproxy': becomes('enabled', 'enabled'),
      'systemctl disable haproxy': becomes('enabled', 'disabled'),
    },
  }
}

test('systemd that is installed but not running is an error', async () => {
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), {
    patterns: [
      detected,
      [/^systemctl show/, { code: 1, stderr: 'Failed to connect to bus: No such file or directory\n' }],
    ],
  })
  assert.match(String(run.error), 'systemd is installed on this host, but is not running')
})

test('a name that would be an option is refused', () => {
  for (const name of ['--all', '', 'a b']) assert.throws(() => service({ name, state: 'started' }), /name/)
})

test('started and enabled, only what is needed', async () => {
  const task = service({ name: 'haproxy', state: 'started', enabled: true })
  const both = await rehearse(task, systemd('inactive', 'disabled'))
  assert.equal(both.commands.apply, ['systemctl enable haproxy', 'systemctl start haproxy'])
  const one = await rehearse(task, systemd('active', 'disabled'))
  assert.equal(one.commands.apply, ['systemctl enable haproxy'])
  assert.is((await rehearse(task, systemd('active', 'enabled'))).outcome, 'ok')
})

test('stopped and disabled', async () => {
  const run = await rehearse(
    service({ name: 'haproxy', state: 'stopped', enabled: 'no' }),
    systemd('active', 'enabled'),
  )
  assert.equal(run.commands.apply, ['systemctl disable haproxy', 'systemctl stop haproxy'])
})

test('a unit that does not exist yet is unknown in the check, fails in the run, and does not need stopping', async () => {
  const none = systemd('inactive', '', 'not-found')
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), none)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'the service haproxy does not exist')
  assert.is((await rehearse(service({ name: 'haproxy', state: 'stopped' }), none)).outcome, 'ok')
})

test('if it does not start, the error contains its last log lines', async () => {
  const world: World = {
    replies: {
      ...systemd('inactive', 'enabled').replies,
      'systemctl start haproxy': { code: 1, stderr: 'Job failed' },
      'systemctl show haproxy --property=Result --value': 'exit-code\n',
    },
    patterns: [detected, [/^journalctl -u haproxy/, 'Cannot raise FD limit']],
  }
  const { error } = await rehearse(service({ name: 'haproxy', state: 'started' }), world)
  assert.match(
    error instanceof Error && 'output' in error ? String(error.output) : '',
    /Job failed\nCannot raise FD limit/,
  )
})

test('masked: stopped and disabled before it, not masked before it starts', async () => {
  const masked = await rehearse(
    service({ name: 'haproxy', state: 'stopped', enabled: false, masked: true }),
    systemd('active', 'enabled'),
  )
  assert.equal(masked.commands.apply, [
    'systemctl disable haproxy',
    'systemctl stop haproxy',
    'systemctl mask haproxy',
  ])
  const free = service({ name: 'haproxy', state: 'started', masked: false })
  const started = await rehearse(free, systemd('inactive', 'masked', 'masked'))
  assert.equal(started.commands.apply, ['systemctl unmask haproxy', 'systemctl start haproxy'])
  assert.equal(started.changes[0], {
    what: 'mask of service haproxy',
    from: 'masked',
    to: 'not masked',
  })
  assert.is((await rehearse(free, systemd('active', 'enabled'))).outcome, 'ok')
})

test('a service that is not installed can be masked, and needs no mask removed', async () => {
  const none = () => systemd('inactive', '', 'not-found')
  const masked = await rehearse(service({ name: 'haproxy', masked: true }), none())
  assert.equal([masked.predicted, masked.commands.apply], ['would change', ['systemctl mask haproxy']])
  assert.is((await rehearse(service({ name: 'haproxy', masked: false }), none())).outcome, 'ok')
})

test('a masked service that must start is refused, and so are parameters that cannot both be true', async () => {
  const run = await rehearse(
    service({ name: 'haproxy', state: 'started' }),
    systemd('inactive', 'masked', 'masked'),
  )
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  for (const given of [{ state: 'started' }, { enabled: true }] as const)
    assert.throws(() => service({ name: 'x', masked: true, ...given }), /can neither start/)
})

test('a changed unit file is read before the service starts, restarts or reloads', async () => {
  const task = service({ name: 'haproxy', state: 'started' })
  const started = await rehearse(task, systemd('inactive', 'enabled', 'loaded', 'yes'))
  assert.equal(started.commands.apply, ['systemctl daemon-reload', 'systemctl start haproxy'])
  const running = await rehearse(task, systemd('active', 'enabled', 'loaded', 'yes'))
  assert.equal(
    [running.changes, running.commands.apply],
    [
      [{ what: 'service haproxy', from: 'an older version of its file loaded', to: 'loaded again' }],
      ['systemctl daemon-reload'],
    ],
  )
  for (const [reload, word] of [
    [true, 'reload-or-restart'],
    [false, 'restart'],
  ] as const) {
    const again = await rehearse(
      serviceRestart({ name: 'haproxy', reload }),
      systemd('active', 'enabled', 'loaded', 'yes'),
    )
    assert.equal(again.commands.apply, ['systemctl daemon-reload', `systemctl ${word} haproxy`])
  }
})

test('service-restart acts every time', async () => {
  const run = await rehearse(serviceRestart({ name: 'haproxy', reload: true }), {
    ...systemd('active', 'enabled'),
  })
  assert.is(run.outcome, 'changed')
  assert.is(run.predicted, 'would change')
})
