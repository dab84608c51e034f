/** The newest version, old package lists, held packages, and recommended packages. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { upgradesIn as apkUpgrades } from '../../../tasks/system/package-managers/apk.ts'
import { upgradesIn as aptUpgrades } from '../../../tasks/system/package-managers/apt.ts'
import { packages } from '../../../tasks/system/package.ts'
import { rejects } from '../../support/rejects.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package at its newest')

/** The command that reads when dnf's lists were refreshed. */
const refreshed = new RegExp(
  `^\\(${sentPattern('tasks/system/package-managers/dnf-refreshed.sh', '\\S+last_makecache').source.slice(1, -1)}\\) 2>/dev/null; date \\+%s$`,
)

const debian = 'ID=debian\n'

interface Debian {
  installed?: string
  /** The versions in the lists on the host, and in the refreshed lists. */
  offered?: string
  offeredAfter?: string
  /** Seconds; undefined for no lists. */
  age?: number | undefined
  held?: boolean
}

/** A Debian with the package cxw; returns the arguments of apt, without the usual options. */
const host = (state: Debian): { world: World; done: string[] } => {
  const { offered = '2.0' } = state
  let { installed, age } = state
  let candidate = offered
  const done: string[] = []
  const patterns: [RegExp, Reply][] = [
    [/^dpkg-query /, () => (installed === undefined ? { code: 1 } : `cxw ${installed} installed\n`)],
    [
      /^apt-cache policy cxw$/,
      () =>
        `cxw:\n  Installed: ${installed ?? '(none)'}\n  Candidate: ${candidate}\n  Version table:\n     2.0 500\n`,
    ],
    [
      /update-success-stamp\) 2>.*; date \+%s$/,
      () => (age === undefined ? '50000\n' : `${50_000 - age}\n50000\n`),
    ],
    [
      /apt-get update/,
      () => {
        done.push('update')
        candidate = state.offeredAfter ?? offered
        return ''
      },
    ],
    [/^mkdir -p .*touch/, () => ((age = 0), '')],
    [
      /apt-get install .*--allow-downgrades (.*)$/,
      ({ script }) => {
        done.push(script.replace(/^.*--allow-downgrades /, ''))
        installed = candidate
        return ''
      },
    ],
    [/^apt-mark showhold$/, () => (state.held === true ? 'cxw\n' : '')],
  ]
  return { world: { files: { '/etc/os-release': debian }, patterns }, done }
}

const rehearsed = async (state: Debian, given: Parameters<typeof packages>[0]) => {
  const { world, done } = host(state)
  const run = await rehearse(packages(given), world)
  const changes = run.changes.map(({ from, to }) => `${String(from)} → ${String(to)}`)
  return { ...run, changes, done }
}

const latest = { name: 'cxw', state: 'latest' } as const

test('an upgrade that the lists offer', async () => {
  const run = await rehearsed({ installed: '1.0', age: 10 }, latest)
  assert.equal([run.predicted, run.outcome, run.changes], ['would change', 'changed', ['1.0 → 2.0']])
  assert.equal(run.done, ['cxw'])
  assert.is((await rehearsed({ installed: '2.0', age: 10 }, latest)).outcome, 'ok')
})

test('lists that are too old are unknown, and refreshed; without new versions there is no change', async () => {
  for (const age of [3601, undefined]) {
    const none = await rehearsed({ installed: '1.0', offered: '1.0', age }, latest)
    assert.equal([none.predicted, none.outcome, none.changes], ['unknown', 'ok', []])
    assert.equal(none.done, ['update'])
    const newer = await rehearsed({ installed: '1.0', offered: '1.0', offeredAfter: '2.0', age }, latest)
    assert.equal([newer.predicted, newer.outcome, newer.changes], ['unknown', 'changed', ['1.0 → 2.0']])
  }
  const good = await rehearsed({ installed: '1.0', offered: '1.0', age: 3601 }, { ...latest, cacheAge: 7200 })
  assert.equal([good.outcome, good.done], ['ok', []])
  const asIs = await rehearsed({ installed: '1.0', offered: '1.0' }, { ...latest, refresh: false })
  assert.equal([asIs.outcome, asIs.done], ['ok', []])
})

test('a missing package is known to be missing, however old the lists are', async () => {
  const run = await rehearsed({ age: 99_999 }, latest)
  assert.equal(
    [run.predicted, run.changes, run.done],
    ['would change', ['undefined → installed'], ['update', 'cxw']],
  )
})

test('before an installation the lists are refreshed: always, or when they are older than cacheAge', async () => {
  const done = async (age: number, given: object) =>
    (await rehearsed({ age }, { name: 'cxw', ...given })).done
  assert.equal(await done(10, {}), ['update', 'cxw'])
  assert.equal(await done(100, { cacheAge: 90 }), ['update', 'cxw'])
  assert.equal(await done(80, { cacheAge: 90 }), ['cxw'])
  assert.equal(await done(100, { cacheAge: 90, refresh: false }), ['cxw'])
  await rejects(async () => packages({ name: 'cxw', cacheAge: 5 }), 'params-invalid', 'cacheAge')
})

test('recommended packages are installed, or not', async () => {
  const done = async (recommends: boolean) =>
    (await rehearsed({}, { name: 'cxw', refresh: false, recommends })).done
  assert.equal(await done(false), ['--no-install-recommends cxw'])
  assert.equal(await done(true), ['--install-recommends cxw'])
})

test('a held package is not changed, and the error says what to do', async () => {
  const held = { installed: '1.0', age: 10, held: true }
  for (const given of [latest, { name: 'cxw=2.0' }, { name: 'cxw', state: 'absent' }] as const) {
    const run = await rehearsed(held, given)
    // under --check, an earlier task could release it
    assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
    assert.match(String(run.error), 'held at its version: cxw')
    assert.match(isCoxswainError(run.error) ? run.error.hint : '', 'package-hold name=cxw state=free')
    assert.equal(
      run.done.filter((word) => word !== 'update'),
      [],
    )
  }
  assert.is((await rehearsed(held, { name: 'cxw=1.0' })).outcome, 'ok')
})

test('latest and a version exclude each other', async () => {
  await rejects(
    async () => packages({ name: 'cxw=2.0', state: 'latest' }),
    'params-invalid',
    'exclude each other',
  )
})

test('dnf queries its cache, and installs the best version', async () => {
  let version = '1.0-1'
  const patterns: [RegExp, Reply][] = [
    [/^rpm -q/, () => `cxw ${version}\n`],
    [
      /^dnf -q --cacheonly repoquery --upgrades --latest-limit=1 --qf '%\{name\} .*' cxw$/,
      () => (version === '2.0-1' ? '' : 'cxw 2.0-1\n\n'),
    ],
    [refreshed, '90\n100\n'],
    [/^dnf install -y --best --setopt=install_weak_deps=False cxw$/, () => ((version = '2.0-1'), '')],
  ]
  const world = { files: { '/etc/os-release': 'ID=fedora\n' }, patterns }
  const run = await rehearse(packages({ ...latest, recommends: false }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'package cxw', from: '1.0-1', to: '2.0-1' }])
})

test('dnf is asked for the newest without the repositories that are left out', async () => {
  const patterns: [RegExp, Reply][] = [
    [/^rpm -q/, 'cxw 1.0-1\n'],
    [/^dnf -q --cacheonly --disablerepo=extra --enablerepo=epel repoquery --upgrades .* cxw$/, ''],
    [refreshed, '90\n100\n'],
  ]
  const world = { files: { '/etc/os-release': 'ID=fedora\n' }, patterns }
  const run = await rehearse(packages({ ...latest, disableRepo: 'extra', enableRepo: 'epel' }), world)
  assert.is(run.outcome, 'ok', String(run.error))
})

test('apk compares, and upgrades; it does not have recommendations', async () => {
  const database = (version: string): string => `P:py3-cxw\nV:${version}\n\n`
  const world: World = {
    files: { '/etc/os-release': 'ID=alpine\n', '/lib/apk/db/installed': database('1.0-r0') },
    replies: {
      "apk version --no-network -l '<' py3-cxw": (_, files) =>
        `Installed:                                Available:\n${
          String(files.get('/lib/apk/db/installed')?.content).includes('1.0-r0')
            ? 'py3-cxw-1.0-r0   < 1.0-r1 \n'
            : ''
        }`,
      'apk add --no-progress --wait 600 --upgrade py3-cxw': (_, files) => {
        files.set('/lib/apk/db/installed', { content: database('1.0-r1') })
        return ''
      },
    },
    patterns: [[/APKINDEX.*; date \+%s$/, '90\n100\n']],
  }
  const run = await rehearse(packages({ name: 'py3-cxw', state: 'latest', recommends: false }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'package py3-cxw', from: '1.0-r0', to: '1.0-r1' }])
})

test('the output of apt-cache and apk is parsed', () => {
  const policy =
    'a:\n  Installed: 1.0\n  Candidate: 2.0\n  Version table:\n     2.0 500\n' +
    'b:\n  Installed: (none)\n  Candidate: 1.0\n  Version table:\n' +
    'c:\n  Installed: 1.0\n  Candidate: 1.0\n  Version table:\n' +
    'd:\n  Installed: 1:1.0~rc1-2\n  Candidate: (none)\n'
  assert.equal([...aptUpgrades(policy)], [['a', '2.0']])
  assert.equal([...aptUpgrades('')], [])
  const listed = 'Installed:   Available:\na-b2-1.0_rc1-r3    < 1.0-r0\nlibc++-17.0.6-r1  < 18.1-r0 @edge\n'
  assert.equal(
    [...apkUpgrades(listed)],
    [
      ['a-b2', '1.0-r0'],
      ['libc++', '18.1-r0'],
    ],
  )
})
