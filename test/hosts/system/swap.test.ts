/**
 * Swap belongs to the kernel, which every host here shares with the machine: a test turns off the swap that it turned on,
 * and only this file turns swap on. The machine's own swap is left unchanged.
 */
import * as assert from 'uvu/assert'
import { swapOff } from '../../../tasks/system/swap-off.ts'
import { swap } from '../../../tasks/system/swap.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('swap on real hosts')

const hosts = realHosts('debian', 'busybox')
const debian = hosts.filter(({ name }) => name === 'debian')

/** A disk of a container: its own file system, an overlay, does not support swap. */
const disk = (folder: string): string =>
  `mkdir -p ${folder}; f=/root/disk$(ls /root | wc -l); truncate -s 3G $f; mkfs.ext4 -q $f; mount -o loop $f ${folder}`

/** Swap files of one host, with their size in KiB and their priority; the kernel lists those of all. */
const areas = async (host: RealHost, start: string): Promise<string[]> =>
  (await host.sh('cat /proc/swaps'))
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.trim().split(/\s+/).toSpliced(3, 1).toSpliced(1, 1).join(' '))

test.after(async () => {
  for (const host of debian)
    await host.sh(
      'for f in /var/swap/* /srv/*; do swapoff "$f" 2>/dev/null; done; umount /var/swap /srv 2>/dev/null || :',
    )
})

for (const host of debian) {
  test(`${host.name}: the example`, async () => {
    await host.sh(disk('/var/swap'))
    await host.proves(swap.from(swap.info.example))
    assert.match((await areas(host, '/var/swap/')).join(), /^\/var\/swap\/file 2097148 -\d+$/)
    await host.proves(swap({ path: '/var/swap/file', state: 'absent' }))
    assert.equal(await areas(host, '/var/swap/'), [])
  })

  test(`${host.name}: created, off by hand, larger, with a priority, and removed`, async () => {
    await host.sh(disk('/srv'))
    const path = '/srv/a b'
    const is = async (area: string[], entry: string): Promise<void> => {
      assert.equal(await areas(host, '/srv/a'), area)
      assert.is(await host.sh('grep ^/srv /etc/fstab || :'), entry)
    }
    await host.sh('echo "# ours" >/etc/fstab')
    await host.proves(swap({ path, size: '16M', priority: 5 }))
    await is(['/srv/a\\040b 16380 5'], '/srv/a\\040b none swap sw,pri=5 0 0\n')
    assert.is(await host.sh(`stat -c '%a %U %s' '${path}'; ls /srv`), '600 root 16777216\na b\nlost+found\n')

    await host.sh(`swapoff '${path}'; chmod 644 '${path}'`)
    await host.proves(swap({ path, size: '16M', priority: 5 }))
    await host.proves(swap({ path, size: '32M', priority: 7 }))
    await is(['/srv/a\\040b 32764 7'], '/srv/a\\040b none swap sw,pri=7 0 0\n')
    // its size and priority are enough for the next boot
    await host.sh(`swapoff '${path}'; swapon -a`)
    await host.finds(swap({ path, size: '32M', priority: 7 }))

    await host.proves(swap({ path, state: 'absent' }))
    await is([], '')
    assert.is(await host.sh('cat /etc/fstab; ls /srv'), '# ours\nlost+found\n')
  })

  test(`${host.name}: swap is off, now and at every boot`, async () => {
    const own = (await host.sh('tail -n +2 /proc/swaps')) === ''
    await host.proves(swap({ path: '/srv/b', size: '16M' }))
    // swap belongs to the machine, and this host does not see it
    if (!own)
      await host.sh(
        'swapoff /srv/b; head -n 1 /proc/swaps >/root/swaps; mount --bind /root/swaps /proc/swaps',
      )
    await host.proves(swapOff())
    assert.equal(await areas(host, '/srv/b'), [])
    assert.is(await host.sh('grep swap /etc/fstab'), '# /srv/b none swap sw 0 0\n')
    if (!own) await host.sh('umount /proc/swaps')
  })

  test(`${host.name}: a file that is not a swap file is not formatted or removed`, async () => {
    await host.sh('echo precious >/srv/c; mkdir -p /srv/d; ln -s c /srv/e')
    for (const given of [{ size: '16M' }, { state: 'absent' }] as const)
      for (const name of ['c', 'd', 'e'])
        assert.match(
          await host.refuses(swap({ path: `/srv/${name}`, ...given })),
          'is not a swap file; it was not changed',
        )
    assert.match(
      await host.refuses(swap({ path: '/srv/f', size: '900G' })),
      'not enough free space for 921600M in /srv',
    )
    assert.is(await host.sh('cat /srv/c; ls /srv | xargs'), 'precious\nb c d e lost+found\n')
  })
}

for (const host of hosts) {
  test(`${host.name}: if the kernel refuses it, nothing is left`, async () => {
    await host.sh('mkdir -p /mnt && mount -t tmpfs -o size=64m,mode=755 tmpfs /mnt; touch /etc/fstab')
    const said = await host.refuses(swap({ path: '/mnt/swap', size: '16M' }))
    assert.match(said, 'the kernel refuses /mnt/swap as swap; a swap file needs a disk file system')
    assert.is(await host.sh('ls -A /mnt; grep /mnt/swap /etc/fstab || :'), '')
    // an existing one is recognized by its signature
    await host.sh(
      'dd if=/dev/zero of=/mnt/one bs=1024 count=1024 2>/dev/null; mkswap /mnt/one >/dev/null; chmod 600 /mnt/one',
    )
    await host.proves(swap({ path: '/mnt/one', state: 'absent' }))
  })
}
