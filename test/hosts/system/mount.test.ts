import * as assert from 'uvu/assert'
import { mount } from '../../../tasks/system/mount.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mount on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: mounted, with other options, off, and gone`, async () => {
    const given = { path: '/srv/a b', src: 'tmpfs', fstype: 'tmpfs' } as const
    await host.proves(mount({ ...given, options: 'size=1m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=1024k')
    await host.proves(mount({ ...given, options: 'size=2m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=2048k')
    // another one upon it
    await host.sh("mount -t tmpfs none '/srv/a b'")
    await host.proves(mount({ path: given.path, state: 'unmounted' }))
    await host.proves(mount({ ...given, options: 'size=2m' }))
    await host.proves(mount({ path: given.path, state: 'absent' }))
    assert.is(await host.sh('cat /proc/self/mounts /etc/fstab | grep /srv/a || true'), '')
  })

  test(`${host.name}: a link in the path, and a slash at its end, are no other place`, async () => {
    await host.sh('mkdir -p /srv/real; ln -s /srv/real /srv/link')
    await host.proves(mount({ path: '/srv/link/here//', src: 'tmpfs', fstype: 'tmpfs' }))
    assert.is(await host.sh('grep -c " /srv/real/here " /proc/self/mounts'), '1\n')
    await host.proves(mount({ path: '/srv/link/here', state: 'absent' }))
    assert.is(await host.sh('cat /proc/self/mounts /etc/fstab | grep /here || true'), '')
  })

  test(`${host.name}: what cannot be mounted does not stay in fstab, and is no less wrong later`, async () => {
    const before = await host.sh('cat /etc/fstab 2>/dev/null || true')
    await host.refuses(mount({ path: '/srv/none', src: '/dev/none', fstype: 'ext4' }))
    assert.is(await host.sh('cat /etc/fstab'), before)
    const given = { path: '/srv/some', src: 'tmpfs', fstype: 'tmpfs' } as const
    await host.proves(mount({ ...given, options: 'size=1m' }))
    for (const _ of [1, 2]) await host.refuses(mount({ ...given, options: 'size=nonsense' }))
    await host.proves(mount({ ...given, state: 'absent' }))
  })
}
