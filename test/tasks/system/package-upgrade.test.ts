import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { connect } from '../../../engine/testing/world.ts'
import { packageLists, packageUpgrade } from '../../../tasks/index.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-upgrade')

/** What apt prints of a simulated upgrade: a new kernel comes with the package that names the newest one. */
const simulated = `Reading package lists...
The following packages have been kept back:
  held
Inst libc6 [2.36-9+deb12u1] (2.36-9+deb12u3 Debian:12.2/stable [amd64]) [libc-bin:amd64 ]
Inst linux-image-6.1.0-28-amd64 (6.1.119-1 Debian:12.8/stable [amd64])
Inst linux-image-amd64 [6.1.66-1] (6.1.119-1 Debian:12.8/stable [amd64])
Inst kubelet [1.37.1-1.1] (1.37.2-1.1 kubernetes:core [amd64])
Conf libc6 (2.36-9+deb12u3 Debian:12.2/stable [amd64])
`

/** A Debian with upgrades until they are installed. */
const debian = (audit = ''): World => {
  let [text, unfinished] = [simulated, audit]
  return {
    files: { '/etc/os-release': 'ID=debian\n' },
    patterns: [
      [/^apt-get -q -s --with-new-pkgs upgrade$/, () => text],
      [/apt-get install /, () => ((text = simulated.replaceAll(/^Inst l.*\n/gm, '')), '')],
      [/update-success-stamp\) 2>.*; date \+%s$/, '1\n50000\n'],
      [/^apt-cache /, ''],
      [/^dpkg --audit$/, () => unfinished],
      [/dpkg --configure -a --force-confdef --force-confold$/, () => ((unfinished = ''), '')],
    ],
  }
}

test('all packages are upgraded in one transaction, and others come with them', async () => {
  const run = await rehearse(packageUpgrade({ except: ['kube*', 'containerd'] }), debian())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes?.map(({ what, to }) => `${what} ${String(to)}`),
    ['package libc6 2.36-9+deb12u3', 'package linux-image-amd64 6.1.119-1'],
  )
  assert.is(run.commands.apply.length, 1)
  assert.match(
    run.commands.apply[0] ?? '',
    /apt-get install .* --no-remove --only-upgrade libc6 linux-image-amd64$/,
  )
})

test('packages that an interrupted run has not configured are configured first, also where nothing is newer', async () => {
  const audit = 'The following packages are only half configured:\n libc6\n'
  const run = await rehearse(packageUpgrade({ except: ['kube*'] }), debian(audit))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(run.commands.apply[0] ?? '', 'dpkg --configure -a')
  const only = await rehearse(packageUpgrade({ except: ['lib*', 'linux-*', 'kubelet'] }), debian(audit))
  assert.equal(only.changes, [{ what: 'packages', from: 'an interrupted installation', to: 'configured' }])
})

test('dnf lists what is newer, and installs it', async () => {
  let lines = 'bash 5.2-1\nkubelet 1.37.2-1\n'
  const run = await rehearse(packageUpgrade({ except: ['kubelet'] }), {
    files: { '/etc/os-release': 'ID=fedora\n' },
    patterns: [
      [/^dnf -q --cacheonly repoquery --upgrades --latest-limit=1 --qf \S+ \S+$/, () => lines],
      [/^dnf install -y --best bash$/, () => ((lines = 'kubelet 1.37.2-1\n'), '')],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'package bash', from: 'older', to: '5.2-1' }])
})

test('without newer versions, nothing is done', async () => {
  const run = await rehearse(packageUpgrade({ except: ['lib*', 'linux-*', 'kubelet'] }), debian())
  assert.equal([run.outcome, run.commands.apply], ['ok', []])
})

test('--check: what refreshed lists will offer is not known', async () => {
  const { ends } = await runPlays(
    (play) => [play('p', { hosts: 'a', tasks: () => [packageLists({}), packageUpgrade({})] })],
    { hosts: { a: connect(debian()) }, checkMode: true },
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['would change', 'unknown'],
  )
})

test('other package managers are refused, with a way out', async () => {
  const run = await rehearse(packageUpgrade({}), { files: { '/etc/os-release': 'ID=alpine\n' } })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'cannot upgrade all packages of host')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: it is a list of names
  assert.throws(() => packageUpgrade({ except: 3 }), 'except')
})
