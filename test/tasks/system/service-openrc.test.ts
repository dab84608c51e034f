/** `service` on a host with OpenRC. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { runlevelsOf } from '../../../tasks/system/service-managers/openrc.ts'
import { serviceRestart } from '../../../tasks/system/service-restart.ts'
import { service } from '../../../tasks/system/service.ts'
import { suite } from '../../support/spec.ts'

const test = suite('service with OpenRC')

const codes = { started: 0, stopped: 3, crashed: 32 }

/** An OpenRC with one service. */
const openrc = (
  active: keyof typeof codes,
  levels: readonly string[] = [],
  own: Record<string, Reply> = {},
): World => {
  const now = { active, levels }
  const becomes = (word: keyof typeof codes) => (): string => {
    now.active = word
    return ''
  }
  const enters =
    (...others: readonly string[]) =>
    (): string => {
      now.levels = others
      return ''
    }
  return {
    patterns: [[/^if \[ -d \/run\/systemd\/system \]/, 'openrc\n']],
    replies: {
      'rc-service --exists haproxy': '',
      'rc-service --nocolor haproxy status': () => ({
        code: codes[now.active],
        stdout: ` * status: ${now.active}\n`,
      }),
      'rc-update show': () =>
        `                other | default\n${now.levels.length === 0 ? '' : `              haproxy | ${now.levels.join(' ')}   \n`}`,
      'rc-service --nocolor haproxy start': becomes('started'),
      'rc-service --nocolor haproxy restart': becomes('started'),
      'rc-service --nocolor haproxy reload': '',
      'rc-service --nocolor haproxy zap': becomes('stopped'),
      'rc-service --nocolor haproxy stop': becomes('stopped'),
      'rc-service --nocolor haproxy describe 2>&1': ' * HAProxy\n * checkconfig: Check\n * reload: Reload\n',
      'rc-update add haproxy default': enters('default'),
      'rc-update del haproxy boot default': enters(),
      'rc-update del haproxy default': enters(),
      ...own,
    },
  }
}

const applied = async (...[given, world]: [Parameters<typeof service>[0], World]) => {
  const run = await rehearse(service(given), world)
  assert.is(run.outcome, 'changed', String(run.error))
  return run.commands.apply
}

test('started and enabled, only what is needed', async () => {
  const both = { name: 'haproxy', state: 'started', enabled: true } as const
  assert.equal(await applied(both, openrc('stopped')), [
    'rc-update add haproxy default',
    'rc-service --nocolor haproxy start',
  ])
  assert.equal(await applied(both, openrc('started')), ['rc-update add haproxy default'])
  assert.is((await rehearse(service(both), openrc('started', ['default']))).outcome, 'ok')
  // this runlevel is also part of a boot
  assert.is((await rehearse(service(both), openrc('started', ['boot']))).outcome, 'ok')
})

test('stopped and disabled, removed from every runlevel of a boot', async () => {
  const none = { name: 'haproxy', state: 'stopped', enabled: false } as const
  assert.equal(await applied(none, openrc('started', ['boot', 'default'])), [
    'rc-update del haproxy boot default',
    'rc-service --nocolor haproxy stop',
  ])
  assert.is((await rehearse(service(none), openrc('stopped', ['recovery']))).outcome, 'ok')
})

test('a crashed service is not running, and is started although OpenRC counts it as started', async () => {
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), openrc('crashed'))
  assert.equal(run.changes, [{ what: 'service haproxy', from: 'crashed', to: 'started' }])
  assert.equal(run.commands.apply, ['rc-service --nocolor haproxy zap', 'rc-service --nocolor haproxy start'])
})

test('a service that does not exist yet is unknown in the check, and fails in the run', async () => {
  const none = openrc('stopped', [], {
    'rc-service --exists haproxy': { code: 1 },
    'rc-service --nocolor haproxy status': { code: 1, stderr: 'does not exist' },
  })
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), none)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'the service haproxy does not exist')
  assert.is((await rehearse(service({ name: 'haproxy', enabled: false }), none)).outcome, 'ok')
})

test('if it does not start, the error contains its output', async () => {
  const world = openrc('stopped', [], {
    'rc-service --nocolor haproxy start': { code: 1, stdout: ' * Starting', stderr: ' * no luck' },
  })
  const { error } = await rehearse(service({ name: 'haproxy', state: 'started' }), world)
  assert.match(String(error), 'rc-service haproxy start: exit status 1')
  assert.match(isCoxswainError(error) ? (error.output ?? '') : '', 'no luck')
})

test('service-restart reloads if the service supports it, and restarts otherwise', async () => {
  const done = async (reload: boolean, world: World) => {
    const run = await rehearse(serviceRestart({ name: 'haproxy', reload }), world)
    assert.is(run.outcome, 'changed', String(run.error))
    return run.commands.apply.map((script) => script.split(' ').at(-1))
  }
  assert.equal(await done(false, openrc('started')), ['restart'])
  assert.equal(await done(true, openrc('started')), ['reload'])
  assert.equal(await done(true, openrc('stopped')), ['restart'])
  assert.equal(await done(false, openrc('crashed')), ['zap', 'start'])
  const plain = { 'rc-service --nocolor haproxy describe 2>&1': ' * No description for haproxy\n' }
  assert.equal(await done(true, openrc('started', [], plain)), ['restart'])
})

test('service-restart with ifRunning leaves a stopped service alone', async () => {
  const task = serviceRestart({ name: 'haproxy', ifRunning: true })
  assert.is((await rehearse(task, openrc('stopped'))).outcome, 'ok')
  assert.is((await rehearse(task, openrc('started'))).outcome, 'changed')
})

test('runlevels are those of the service itself, and of a boot', () => {
  const text = '   app | boot default\n   app2 | sysinit\n   rescue | recovery nonetwork\n'
  assert.equal(runlevelsOf(text, 'app'), ['boot', 'default'])
  assert.equal(runlevelsOf(text, 'app2'), ['sysinit'])
  assert.equal(runlevelsOf(text, 'rescue'), [])
  assert.equal(runlevelsOf(text, 'ap'), [])
})

test('without a service manager, the error says so', async () => {
  const world: World = { patterns: [[/^if \[ -d \/run\/systemd\/system \]/, 'none\n']] }
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), world)
  assert.match(String(run.error), 'the host does not have a service manager')
})
