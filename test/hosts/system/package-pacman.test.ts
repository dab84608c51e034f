/** Packages of pacman, whose repositories have one version of each: from signed ones on the host itself. */
import * as assert from 'uvu/assert'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { packageRepository } from '../../../tasks/system/package-repository.ts'
import { packages } from '../../../tasks/system/package.ts'
import { makeKey, publishPacman, signPacman } from '../../support/package-repositories.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('packages of pacman on a real host')

for (const host of realHosts('arch')) {
  const publish = publishPacman(host)
  const version = async (): Promise<string> => (await host.sh('pacman -Q cxw')).trim()
  const repo = { name: 'repo', url: 'file:///srv/repo', unsigned: true }

  test(`${host.name}: installed from a repository, upgraded, and removed`, async () => {
    await publish('/srv/repo', { name: 'cxw', version: '1.0' })
    await host.proves(packageRepository(repo))
    await host.proves(packages({ name: 'cxw' }))
    assert.is(await version(), 'cxw 1.0-1')
    await host.finds(packages({ name: 'cxw=1.0-1' }))
    await host.sh('touch /var/cache/pacman/refreshed')
    const latest = packages({ name: 'cxw', state: 'latest' })
    await host.finds(latest)
    await publish('/srv/repo', { name: 'cxw', version: '2.0' })
    await host.sh('touch -d "2 hours ago" /var/cache/pacman/refreshed')
    assert.match((await host.execute(latest, true)).why ?? '', /^the package lists are 72\d\d s old/)
    const upgraded = await host.proves(latest)
    assert.equal(upgraded.changes, [{ what: 'package cxw', from: '1.0-1', to: '2.0-1' }])
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))
    assert.is(await host.sh('ls /etc/cxw.conf* 2>/dev/null || true'), '')
    assert.match(await host.refuses(packages({ name: 'cxw-none' })), 'exit status 1 from: pacman -S')
    await host.proves(packages({ name: 'cxw=2.0-1', refresh: false }))
    assert.match(await host.refuses(packages({ name: 'cxw=1.0-1' })), 'exit status 1 from: pacman -S')
  })

  test(`${host.name}: held, refused while held, and released`, async () => {
    await host.proves(packageHold({ name: ['cxw', 'other'] }))
    await publish('/srv/repo', { name: 'cxw', version: '3.0' })
    await host.sh('pacman -Syu --noconfirm')
    assert.is(await version(), 'cxw 2.0-1')
    assert.match(await host.refuses(packages({ name: 'cxw=3.0-1' })), 'held at its version: cxw')
    await host.proves(packageHold({ name: 'cxw', state: 'free' }))
    assert.is(await host.sh('pacman-conf IgnorePkg'), 'other\n')
    await host.proves(packages({ name: 'cxw', state: 'latest', cacheAge: 60 }))
    assert.is(await version(), 'cxw 3.0-1')
  })

  test(`${host.name}: a name that another package provides`, async () => {
    await publish('/srv/repo', { name: 'cxw-real', version: '1.0', provides: 'cxw-virtual' })
    await host.proves(packages({ name: 'cxw-virtual' }))
    await host.finds(packages({ name: ['cxw-virtual', 'cxw'] }))
    assert.match(
      await host.refuses(packages({ name: 'cxw-virtual', state: 'absent' })),
      'is not a package: cxw-real provides it',
    )
    await host.proves(packages({ name: 'cxw-real', state: 'absent' }))
  })

  test(`${host.name}: a signed repository is read with its key only`, async () => {
    const ours = { name: 'ours', url: 'file:///srv/ours' }
    const key = await makeKey(host, '/root/key')
    await publish('/srv/ours', { name: 'signed', version: '1.0' })
    await signPacman(host, '/srv/ours', '/root/key')
    // as the installation of Arch leaves it
    await host.sh('pacman-key --init 2>/dev/null')
    // without the key the list can be read, but no package is accepted; asked for a key, this pacman crashes
    await host.proves(packageRepository(ours))
    await host.sh('! pacman -S --noconfirm signed >/dev/null 2>&1; rm -f /var/lib/pacman/db.lck')
    await host.proves(packageRepository({ ...ours, key }))
    await host.finds(packageRepository({ ...ours, key: key.trim() }))
    await host.proves(packages({ name: 'signed' }))
    const before = await host.sh('cat /etc/pacman.conf')
    assert.match(
      await host.refuses(packageRepository({ name: 'bad', url: 'file:///srv/nowhere' })),
      'the repository bad cannot be read, and was removed again',
    )
    assert.is(await host.sh('cat /etc/pacman.conf'), before)
    await host.proves(packageRepository({ name: 'ours', state: 'absent' }))
    assert.is(await host.sh('pacman-conf --repo-list'), 'repo\n')
  })
}
