/** Packages of a repository on the host itself, for its network leads nowhere. */
import * as assert from 'uvu/assert'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { packages } from '../../../tasks/system/package.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('packages on real hosts', { seconds: 120 })

/** Makes a repository with two versions of a package that has a file of settings. */
const makeRepository = (host: RealHost): Promise<string> =>
  host.sh(`set -e; mkdir -p /srv/repo; cd /srv/repo
for v in 1.0 2.0; do
  mkdir -p p/DEBIAN p/etc; echo "v=$v" >p/etc/cxw.conf; echo /etc/cxw.conf >p/DEBIAN/conffiles
  printf 'Package: cxw\\nVersion: %s\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' $v >p/DEBIAN/control
  dpkg-deb -b p cxw_$v.deb >/dev/null
  { cat p/DEBIAN/control; echo "Filename: ./cxw_$v.deb"; echo "Size: $(stat -c %s cxw_$v.deb)"
    echo "SHA256: $(sha256sum cxw_$v.deb | cut -d' ' -f1)"; echo; } >>Packages
done
rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list; echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list`)

for (const host of realHosts('debian')) {
  const version = (): Promise<string> => host.sh("dpkg-query -W -f '${Version}' cxw")

  test(`${host.name}: at a version, up and down, held, and gone with its settings`, async () => {
    await makeRepository(host)
    await host.proves(packages({ name: 'cxw=1.0' }))
    await host.proves(packageHold({ name: 'cxw' }))
    await host.sh('apt-get -y -qq upgrade')
    assert.is(await version(), '1.0')
    await host.proves(packageHold({ name: 'cxw', state: 'free' }))
    await host.proves(packages({ name: 'cxw=2.0' }))
    await host.proves(packages({ name: 'cxw=1.0' }))
    await host.finds(packages({ name: 'cxw' }))
    await host.finds(packages({ name: 'cxw=1.*' }))
    await host.proves(packages({ name: 'cxw=2.*' }))
    await host.proves(packages({ name: 'cxw=1.0' }))
    await host.proves(packages({ name: 'cxw', state: 'absent' }))
    assert.is(await host.sh('cat /etc/cxw.conf'), 'v=1.0\n')
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))
    assert.is(await host.sh('ls /etc/cxw.conf 2>/dev/null || true'), '')
  })

  test(`${host.name}: one that there is not is said in apt's words`, async () => {
    assert.match(await host.refuses(packages({ name: 'cxw-none' })), 'exit status 100')
  })
}
