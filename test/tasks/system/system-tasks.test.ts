import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { Secret } from '../../../engine/secret.ts'
import { command } from '../../../tasks/system/command.ts'
import { kernelModule } from '../../../tasks/system/kernel-module.ts'
import { parseOsRelease } from '../../../tasks/system/os-release.ts'
import { packages } from '../../../tasks/system/package.ts'
import { service, serviceRestart } from '../../../tasks/system/service.ts'
import { swapOff } from '../../../tasks/system/swap-off.ts'
import { suite } from '../../support/spec.ts'

const test = suite('system tasks')

/** A systemd of one unit. */
const systemd = (active: string, enabled: string, load = 'loaded'): World => {
  const unit = { active, enabled }
  const becomes = (key: 'active' | 'enabled', value: string) => () => {
    unit[key] = value
    return ''
  }
  return {
    replies: {
      'systemctl show haproxy --property=LoadState,ActiveState,UnitFileState': () =>
        `LoadState=${load}\nActiveState=${unit.active}\nUnitFileState=${unit.enabled}\n`,
      'systemctl start haproxy': becomes('active', 'active'),
      'systemctl stop haproxy': becomes('active', 'inactive'),
      'systemctl enable haproxy': becomes('enabled', 'enabled'),
      'systemctl disable haproxy': becomes('enabled', 'disabled'),
    },
  }
}

test('service: started and enabled, only what is needed', async () => {
  const task = service({ name: 'haproxy', state: 'started', enabled: true })
  const both = await rehearse(task, systemd('inactive', 'disabled'))
  assert.equal(both.commands.apply, ['systemctl enable haproxy', 'systemctl start haproxy'])
  const one = await rehearse(task, systemd('active', 'disabled'))
  assert.equal(one.commands.apply, ['systemctl enable haproxy'])
  assert.is((await rehearse(task, systemd('active', 'enabled'))).outcome, 'ok')
})

test('service: stopped and disabled', async () => {
  const run = await rehearse(
    service({ name: 'haproxy', state: 'stopped', enabled: 'no' }),
    systemd('active', 'enabled'),
  )
  assert.equal(run.commands.apply, ['systemctl disable haproxy', 'systemctl stop haproxy'])
})

test('service: one that does not exist yet cannot be known, fails for real, and needs no stopping', async () => {
  const none = systemd('inactive', '', 'not-found')
  const run = await rehearse(service({ name: 'haproxy', state: 'started' }), none)
  assert.is(run.foretold, 'unknown')
  assert.match(String(run.error), 'the service haproxy does not exist')
  assert.is((await rehearse(service({ name: 'haproxy', state: 'stopped' }), none)).outcome, 'ok')
})

test('service: when it does not start, its own last words are told', async () => {
  const world: World = {
    replies: {
      ...systemd('inactive', 'enabled').replies,
      'systemctl start haproxy': { code: 1, stderr: 'Job failed' },
    },
    patterns: [[/^journalctl -u haproxy/, 'Cannot raise FD limit']],
  }
  const { error } = await rehearse(service({ name: 'haproxy', state: 'started' }), world)
  assert.match(
    error instanceof Error && 'output' in error ? String(error.output) : '',
    /Job failed\nCannot raise FD limit/,
  )
})

test('service-restart acts every time', async () => {
  const run = await rehearse(serviceRestart({ name: 'haproxy', reload: true }), {
    replies: { 'systemctl reload-or-restart haproxy': '' },
  })
  assert.is(run.outcome, 'changed')
  assert.is(run.foretold, 'would change')
})

const debian = 'ID=debian\nVERSION_ID="12"\n'

/** A dpkg database. */
const apt = (installed: Record<string, string>): World => ({
  files: { '/etc/os-release': debian },
  patterns: [
    [
      /^dpkg-query /,
      () =>
        Object.entries(installed)
          .map(([name, version]) => `${name} ${version} installed\n`)
          .join(''),
    ],
    [/apt-get update/, ''],
    [
      /apt-get install .* (\S+)$/,
      ({ script }) => {
        const [name = '', version = '1.0'] = (script.split(' ').at(-1) ?? '').split('=')
        installed[name] = version
        return ''
      },
    ],
    [
      /apt-get remove .* (\S+)$/,
      ({ script }) => {
        delete installed[script.split(' ').at(-1) ?? '']
        return ''
      },
    ],
  ],
})

test('package: installed where it is missing, quietly, and never asking', async () => {
  const run = await rehearse(packages({ name: 'haproxy' }), apt({}))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.length, 2)
  assert.match(
    run.commands.apply[1] ?? '',
    /^DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; apt-get install -q -y .*DPkg::Lock::Timeout=600.* haproxy$/,
  )
  assert.is((await rehearse(packages({ name: ['haproxy'] }), apt({ haproxy: '2.6' }))).outcome, 'ok')
})

test('package: at a version, and absent', async () => {
  const version = await rehearse(packages({ name: 'haproxy=2.8', refresh: false }), apt({ haproxy: '2.6' }))
  assert.equal(
    version.changes.map(({ from, to }) => [from, to]),
    [['2.6', '2.8']],
  )
  const absent = await rehearse(packages({ name: 'haproxy', state: 'absent' }), apt({ haproxy: '2.6' }))
  assert.is(absent.outcome, 'changed', String(absent.error))
})

test('package: dnf speaks for Red Hat and its family, and strangers are refused', async () => {
  const installed = new Map<string, string>()
  const rocky: World = {
    files: { '/etc/os-release': 'ID="rocky"\nID_LIKE="rhel centos fedora"\n' },
    patterns: [
      [
        /^rpm -q/,
        () =>
          installed.size === 0
            ? { code: 1, stdout: 'package haproxy is not installed\n' }
            : 'haproxy 2.4-1\n',
      ],
      [/^dnf makecache/, ''],
      [
        /^dnf install -y haproxy-2.4-1$/,
        () => {
          installed.set('haproxy', '2.4-1')
          return ''
        },
      ],
      [/^dnf remove/, ''],
    ],
  }
  assert.is((await rehearse(packages({ name: 'haproxy=2.4-1' }), rocky)).outcome, 'changed')
  const other = await rehearse(packages({ name: 'x' }), { files: { '/etc/os-release': 'ID=plan9\n' } })
  assert.match(String(other.error), 'packages of plan9 are not known')
})

test('os-release: quotes, family, and what is missing', () => {
  assert.equal(parseOsRelease('ID="rocky"\nID_LIKE="rhel fedora"\nVERSION_ID="9.4"'), {
    id: 'rocky',
    family: ['rocky', 'rhel', 'fedora'],
    version: '9.4',
  })
  assert.equal(parseOsRelease(''), { id: 'linux', family: ['linux'], version: '' })
})

test('kernel-module: loaded now and kept for the next boot', async () => {
  const run = await rehearse(kernelModule({ name: 'overlay' }), {
    patterns: [
      [/^grep -qE .*modules.builtin/, { code: 1 }],
      [
        /^modprobe overlay$/,
        (_, files) => {
          files.set('/sys/module/overlay', { content: '', type: 'directory' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/modules-load.d/overlay.conf')?.content, 'overlay\n')
})

test('kernel-module: one that is built in is not loaded, however it shows', async () => {
  const files = { '/etc/modules-load.d/br_netfilter.conf': 'br_netfilter\n' }
  const listed = await rehearse(kernelModule({ name: 'br_netfilter' }), {
    files,
    patterns: [[/modules.builtin/, '']],
  })
  assert.is(listed.outcome, 'ok')
  const shown = await rehearse(kernelModule({ name: 'br_netfilter' }), {
    files: { ...files, '/proc/sys/net/bridge/bridge-nf-call-iptables': '1' },
    patterns: [[/modules.builtin/, { code: 1 }]],
  })
  assert.is(shown.outcome, 'ok')
  assert.throws(() => kernelModule({ name: 'x; reboot' }), /the name of a kernel module/)
})

test('swap-off: off now, and commented out of fstab', async () => {
  const fstab = '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n# /old none swap sw 0 0\n'
  const run = await rehearse(swapOff(), {
    files: {
      '/etc/fstab': fstab,
      '/proc/swaps': 'Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n',
    },
    replies: {
      'swapoff -a': (_, files) => {
        files.set('/proc/swaps', { content: 'Filename Type Size Used Priority\n' })
        return ''
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/fstab')?.content, fstab.replace('/dev/sda2', '# /dev/sda2'))
  assert.is((await rehearse(swapOff(), { files: { '/proc/swaps': 'Filename\n' } })).outcome, 'ok')
})

test('command: without a guard it runs every time; its secret goes in by standard input', async () => {
  let input = ''
  const run = await rehearse(command({ run: 'tee', args: ['a b'], stdin: new Secret('hush') }), {
    patterns: [
      [
        /^sh -c/,
        ({ stdin }) => {
          input = stdin
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed')
  assert.equal(run.commands, { check: [], apply: [String.raw`sh -c 'tee '\''a b'\'''`] })
  assert.is(input, 'hush')
})

test('command: guards show that it is done', async () => {
  const make: World['patterns'] = [
    [
      /^cd -- \/srv \|\| exit; sh -c 'make it'$/,
      (_, files) => {
        files.set('/srv/it', { content: '' })
        return ''
      },
    ],
  ]
  const task = command({ run: 'make it', creates: '/srv/it', cwd: '/srv' })
  assert.is((await rehearse(task, { patterns: make })).outcome, 'changed')
  assert.is((await rehearse(task, { files: { '/srv/it': '' } })).outcome, 'ok')
  assert.is((await rehearse(command({ run: 'x', removes: '/gone' }), {})).outcome, 'ok')
  assert.is(
    (await rehearse(command({ run: 'x', unless: 'id x' }), { replies: { "sh -c 'id x'": '' } })).outcome,
    'ok',
  )
  const never = await rehearse(command({ run: 'true', creates: '/never' }), { replies: { 'sh -c true': '' } })
  assert.match(String(never.error), 'its check still finds')
})
