/** Hosts in a bad state: a full disk, /tmp mounted with noexec, a read-only file system. */
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { copy } from '../../../tasks/files/copy.ts'
import { file } from '../../../tasks/files/file.ts'
import { template } from '../../../tasks/files/template.ts'
import { unarchive } from '../../../tasks/files/unarchive.ts'
import { script } from '../../../tasks/system/script.ts'
import { shell } from '../../../tasks/system/shell.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hosts in a bad state')
const folder = folderOf(test)

test.before(() => {
  folder.write('in/f', 'packed')
  execFileSync('tar', ['-czf', folder.at('a.tgz'), '-C', folder.at('in'), 'f'])
  folder.write('s.sh', '#!/bin/sh -e\necho "$1" >>/srv/ran\n')
  folder.write('t.hbs', '{{x}}\n')
  folder.write('big', Buffer.alloc(8 * 1024 * 1024, 'x'))
})

for (const host of realHosts('debian', 'busybox')) {
  for (const [day, mount] of [
    ['noexec', 'mount -t tmpfs -o noexec tmpfs /tmp'],
    ['full', 'mount -t tmpfs -o size=16k tmpfs /tmp; head -c 99999 /dev/zero >/tmp/full 2>/dev/null || :'],
  ] as const) {
    test(`${host.name}: /tmp is ${day} while / is fine`, async () => {
      await host.sh(`rm -rf /srv/*; ${mount}`)
      try {
        await host.proves(
          script({ src: folder.at('s.sh'), args: ['a b'], unless: 'grep -qx "a b" /srv/ran' }),
        )
        await host.proves(shell({ run: 'echo 1 >/srv/shell', creates: '/srv/shell' }))
        await host.proves(unarchive({ src: folder.at('a.tgz'), dest: '/srv/un' }))
        await host.proves(
          template({ src: folder.at('t.hbs'), dest: '/srv/t', values: { x: 1 }, validate: 'grep -q 1 %s' }),
        )
        await host.proves(copy({ src: folder.at('in'), dest: '/srv/in' }))
        assert.is(await host.sh('ls -A /srv /tmp | grep coxswain || :'), '')
      } finally {
        await host.sh('umount /tmp')
      }
    })
  }

  test(`${host.name}: with a full disk nothing is incomplete, and the reason is named`, async () => {
    await host.sh(
      'rm -rf /srv/*; mkdir -p /srv/s; mount -t tmpfs -o size=64k tmpfs /srv/s; echo old >/srv/s/f',
    )
    try {
      const large = 'x'.repeat(200_000)
      for (const task of [
        file({ path: '/srv/s/f', content: large }),
        copy({ src: folder.at('big'), dest: '/srv/s/f' }),
      ]) {
        const said = await host.refuses(task)
        assert.match(said, 'cannot write /srv/s/f')
        assert.match(said, 'free space on its file system')
      }
      await host.refuses(copy({ src: folder.path, dest: '/srv/s' }))
      assert.is(await host.sh('cat /srv/s/f; ls -A /srv/s'), 'old\nf\n')
      await host.sh('mount -o remount,ro /srv/s')
      assert.match(await host.refuses(file({ path: '/srv/s/f', content: 'x' })), 'mounted read-only')
    } finally {
      await host.sh('umount /srv/s')
    }
  })
}
