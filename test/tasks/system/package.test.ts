import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { packages } from '../../../tasks/system/package.ts'
import { installedGroups } from '../../../tasks/system/package-managers/dnf-groups.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package')

const debian = 'ID=debian\nVERSION_ID="12"\n'

/** A dpkg database. */
const apt = (installed: Record<string, string>, ...held: readonly string[]): World => ({
  files: { '/etc/os-release': debian },
  replies: { 'apt-mark showhold': held.map((name) => `${name}\n`).join('') },
  patterns: [
    [
      /^dpkg-query /,
      () =>
        Object.entries(installed)
          .map(([name, version]) => `${name} ${version} installed\n`)
          .join(''),
    ],
    [/apt-get update|^mkdir -p .*update-success-stamp/, ''],
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

test('installed if missing, without questions', async () => {
  const run = await rehearse(packages({ name: 'haproxy' }), apt({}))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.length, 3)
  assert.match(
    run.commands.apply[2] ?? '',
    /^DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; apt-get install -q -y .*DPkg::Lock::Timeout=600.* haproxy$/,
  )
  assert.is((await rehearse(packages({ name: ['haproxy'] }), apt({ haproxy: '2.6' }))).outcome, 'ok')
})

test('at a version, and absent', async () => {
  const version = await rehearse(packages({ name: 'haproxy=2.8', refresh: false }), apt({ haproxy: '2.6' }))
  assert.equal(
    version.changes.map(({ from, to }) => [from, to]),
    [['2.6', '2.8']],
  )
  const absent = await rehearse(packages({ name: 'haproxy', state: 'absent' }), apt({ haproxy: '2.6' }))
  assert.is(absent.outcome, 'changed', String(absent.error))
})

test('dnf is used for Red Hat and its family, and unknown distributions are refused', async () => {
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
      [/^dnf makecache --refresh$|^mkdir -p .*last_makecache$/, ''],
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
  assert.match(String(other.error), 'does not support the packages of plan9')
})

test('purged: a package with remaining configuration files is not removed yet', async () => {
  let status = 'config-files'
  const world: World = {
    files: { '/etc/os-release': debian },
    replies: { 'apt-mark showhold': '' },
    patterns: [
      [/^dpkg-query /, () => (status === '' ? '' : `haproxy 2.6 ${status}\n`)],
      [/^DEBIAN_FRONTEND=\S+; export DEBIAN_FRONTEND; apt-get purge .* haproxy$/, () => ((status = ''), '')],
    ],
  }
  assert.is((await rehearse(packages({ name: 'haproxy', state: 'absent' }), world)).outcome, 'ok')
  const run = await rehearse(packages({ name: 'haproxy', state: 'absent', purge: true }), world)
  assert.equal([run.outcome, run.changes.map(({ from }) => from)], ['changed', ['only its settings']])
})

test('Alpine, from a fixture of its database', async () => {
  const database = 'C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nC:Q2\nP:curl\nV:8.9.1-r1\n\n'
  const world = (installed: string): World => ({
    files: { '/etc/os-release': 'ID=alpine\n', '/lib/apk/db/installed': installed },
    replies: {
      'apk update --no-progress --wait 600': '',
      'apk add --no-progress --wait 600 curl=8.9.1-r1': (_, files) => {
        files.set('/lib/apk/db/installed', { content: database })
        return ''
      },
      'apk del --no-progress --wait 600 curl': (_, files) => {
        files.set('/lib/apk/db/installed', { content: '' })
        return ''
      },
    },
  })
  const added = await rehearse(packages({ name: 'curl=8.9.1-r1' }), world(''))
  assert.is(added.outcome, 'changed', String(added.error))
  assert.is((await rehearse(packages({ name: ['curl', 'musl'] }), world(database))).outcome, 'ok')
  assert.is((await rehearse(packages({ name: 'curl', state: 'absent' }), world(database))).outcome, 'changed')
})

test('names that a package manager would read as options are refused', () => {
  // apt-get install cron- removes it
  for (const name of ['cron-', '-y', 'cron less', ''])
    assert.throws(() => packages({ name: [name] }), /must be a package/, name)
  packages({ name: ['g++', 'dnf-command(versionlock)', 'curl=8.*', 'x'] })
})

test('groups of packages of dnf 4 and 5', async () => {
  const lists = {
    4: (ids: readonly string[]) =>
      `Installed Groups:\n${ids.map((id) => `   Development Tools (${id})\n`).join('')}`,
    5: (ids: readonly string[]) =>
      `ID                   Name              Installed\n${ids.map((id) => `${id}          Development Tools       yes\n`).join('')}`,
  }
  for (const list of Object.values(lists)) {
    let installed: readonly string[] = []
    const rocky: World = {
      files: { '/etc/os-release': 'ID="rocky"\nID_LIKE="rhel centos fedora"\n' },
      patterns: [
        [/^dnf -q --cacheonly group list --installed --hidden --ids 2>/, () => list(installed)],
        [/^dnf makecache --refresh$|^mkdir -p .*last_makecache$/, ''],
        [/^dnf install -y @development$/, () => ((installed = ['development']), '')],
        [/^dnf remove -y @development$/, () => ((installed = []), '')],
        [/^dnf .*versionlock/, ''],
      ],
    }
    const run = await rehearse(packages({ name: '@development' }), rocky)
    assert.is(run.outcome, 'changed', String(run.error))
    const gone = await rehearse(packages({ name: '@development', state: 'absent' }), rocky)
    assert.is(gone.outcome, 'changed', String(gone.error))
  }
  const refused = await rehearse(packages({ name: '@development' }), { files: { '/etc/os-release': debian } })
  assert.match(String(refused.error), '@development is a group of packages, which works with dnf only')
  assert.throws(() => packages({ name: '@development', state: 'latest' }), /not for groups of packages/)
  assert.equal(
    [...installedGroups('Installed Environment Groups:\n   Server (server)\nAvailable Groups:\n   X (x)\n')],
    ['server'],
  )
})
