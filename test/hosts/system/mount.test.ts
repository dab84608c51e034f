import * as assert from 'uvu/assert'
import { mount } from '../../../tasks/system/mount.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mount on real hosts', { seconds: 60 })

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: mounted, with other options, off, and gone`, async () => {
    const given = { path: '/srv/a b', src: 'tmpfs', fstype: 'tmpfs' } as const
    await host.proves(mount({ ...given, options: 'size=1m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=1024k')
    await host.proves(mount({ ...given, options: 'size=2m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=2048k')
    await host.proves(mount({ path: given.path, state: 'unmounted' }))
    await host.proves(mount({ ...given, options: 'size=2m' }))
    await host.proves(mount({ path: given.path, state: 'absent' }))
    assert.is(await host.sh('cat /proc/self/mounts /etc/fstab | grep /srv/a || true'), '')
  })
}
