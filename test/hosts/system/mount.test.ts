import * as assert from 'uvu/assert'
import { mount } from '../../../tasks/system/mount.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mount on real hosts')

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: mounted, with other options, unmounted, and removed`, async () => {
    const given = { path: '/srv/a b', src: 'tmpfs', fstype: 'tmpfs' } as const
    await host.proves(mount({ ...given, options: 'size=1m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=1024k')
    await host.proves(mount({ ...given, options: 'size=2m' }))
    assert.match(await host.sh('grep /srv/a /proc/self/mounts'), 'size=2048k')
    // another one on top of it
    await host.sh("mount -t tmpfs none '/srv/a b'")
    await host.proves(mount({ path: given.path, state: 'unmounted' }))
    await host.proves(mount({ ...given, options: 'size=2m' }))
    await host.proves(mount({ path: given.path, state: 'absent' }))
    assert.is(await host.sh('cat /proc/self/mounts /etc/fstab | grep /srv/a || true'), '')
  })

  test(`${host.name}: a link in the path, and a slash at its end, mean the same path`, async () => {
    await host.sh('mkdir -p /srv/real; ln -s /srv/real /srv/link')
    await host.proves(mount({ path: '/srv/link/here//', src: 'tmpfs', fstype: 'tmpfs' }))
    assert.is(await host.sh('grep -c " /srv/real/here " /proc/self/mounts'), '1\n')
    await host.proves(mount({ path: '/srv/link/here', state: 'absent' }))
    assert.is(await host.sh('cat /proc/self/mounts /etc/fstab | grep /here || true'), '')
  })

  test(`${host.name}: a mount that fails does not stay in fstab, and fails again later`, async () => {
    const before = await host.sh('cat /etc/fstab 2>/dev/null || true')
    await host.refuses(mount({ path: '/srv/none', src: '/dev/none', fstype: 'ext4' }))
    assert.is(await host.sh('cat /etc/fstab'), before)
    const given = { path: '/srv/some', src: 'tmpfs', fstype: 'tmpfs' } as const
    await host.proves(mount({ ...given, options: 'size=1m' }))
    for (const _ of [1, 2]) await host.refuses(mount({ ...given, options: 'size=nonsense' }))
    await host.proves(mount({ ...given, state: 'absent' }))
  })

  test(`${host.name}: another file system, and one with another source, are drift`, async () => {
    const path = '/srv/other'
    await host.sh(
      `mkdir -p ${path} /srv/from/deep /srv/else; touch /srv/from/a /srv/else/b; mount -t ramfs none ${path}`,
    )
    const replaced = await host.proves(mount({ path, src: 'tmpfs', fstype: 'tmpfs', options: 'size=1m' }))
    assert.match(JSON.stringify(replaced.changes), /ramfs.*tmpfs/)
    const bind = (src: string, options = 'bind') => mount({ path, src, fstype: 'none', options })
    await host.proves(bind('/srv/else'))
    assert.is(await host.sh(`ls ${path}`), 'b\n')
    // the table is correct, but another file system is mounted
    await host.sh(`umount ${path}; mount --bind /srv/from ${path}`)
    await host.proves(bind('/srv/else'))
    assert.is(await host.sh(`ls ${path}`), 'b\n')
    await host.proves(bind('/srv/from/deep/..'))
    await host.finds(bind('/srv/from/deep/..'))
    await host.proves(bind('/srv/from', 'bind,ro'))
    await host.sh(`touch ${path}/x 2>/dev/null && exit 1 || exit 0`)
    await host.sh(`mount -o remount,bind,rw ${path}`)
    await host.proves(bind('/srv/from', 'bind,ro'))
    await host.proves(mount({ path, state: 'absent' }))
  })

  test(`${host.name}: options that a user changed are set again`, async () => {
    const given = { path: '/srv/flags', src: 'tmpfs', fstype: 'tmpfs', options: 'size=1m,nosuid' } as const
    await host.proves(mount(given))
    await host.sh('mount -o remount,ro,suid,size=2m /srv/flags')
    await host.proves(mount(given))
    assert.match(
      await host.sh('grep /srv/flags /proc/self/mounts'),
      /rw,nosuid.*size=1024k|size=1024k.*rw,nosuid/,
    )
    await host.proves(mount({ path: given.path, state: 'absent' }))
  })
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: a disk by its UUID and its label, and the file of a loop device`, async () => {
    const path = '/srv/disk'
    const images = ['/srv/one.img', '/srv/two.img']
    for (const [index, image] of images.entries())
      await host.sh(
        `truncate -s 4M ${image} && mkfs.ext2 -q -L cxwdisk${index} -U 00000000-0000-0000-0000-00000000000${index + 1} ${image}`,
      )
    const file = (src = '') => mount({ path, src, fstype: 'ext2', options: 'loop' })
    await host.proves(file(images[0]))
    await host.proves(file(images[1]))
    await host.finds(file(images[1]))
    await host.proves(mount({ path, state: 'absent' }))

    const device = (await host.sh(`losetup -f --show ${images[0]}`)).trim()
    try {
      await host.proves(mount({ path, src: 'UUID=00000000-0000-0000-0000-000000000001', fstype: 'ext2' }))
      await host.proves(mount({ path, src: 'LABEL=cxwdisk0', fstype: 'ext2' }))
      await host.finds(mount({ path, src: 'LABEL=cxwdisk0', fstype: 'ext2' }))
      await host.sh(`ln -s ${device} /dev/cxw-disk`)
      await host.proves(mount({ path, src: '/dev/cxw-disk', fstype: 'auto' }))
      await host.proves(mount({ path, state: 'absent' }))
    } finally {
      await host.sh(`umount ${path} 2>/dev/null; losetup -d ${device}; rm -f /dev/cxw-disk`)
    }
  })
}
