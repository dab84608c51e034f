import * as assert from 'uvu/assert'
import { archive } from '../../../tasks/files/archive.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('archive on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  // the Debian host does not have bzip2
  for (const end of ['tar', 'tar.gz', 'tgz', ...(host.name === 'busybox' ? ['tar.bz2'] : [])]) {
    test(`${host.name}: a folder in a ${end} is updated when its content changes`, async () => {
      const dest = `/srv/out/a.${end}`
      const unpacked = `rm -rf /srv/un; mkdir /srv/un; tar -xf ${dest} -C /srv/un; cd /srv/un`
      await host.sh(
        "rm -rf /srv/*; mkdir -p '/srv/out' '/srv/my data/sub'; cd '/srv/my data'; echo 1 >a; echo 2 >sub/-b; echo 3 >c.log; ln -s a l",
      )
      const given = { src: '/srv/my data', dest, exclude: ['*.log'] }
      await host.proves(archive({ ...given, mode: '0600', owner: 'nobody' }))
      assert.is(
        await host.sh(
          `${unpacked}; find . | sort; cat 'my data/sub/-b'; stat -c '%a %U' ${dest}; ls -A /srv/out`,
        ),
        `.\n./my data\n./my data/a\n./my data/l\n./my data/sub\n./my data/sub/-b\n2\n600 nobody\na.${end}\n`,
      )
      // with the same size, at the same time
      await host.sh("cd '/srv/my data'; touch -r a /srv/when; echo 9 >a; touch -r /srv/when a")
      await host.proves(archive(given))
      assert.is(await host.sh(`${unpacked}; cat 'my data/a'; stat -c '%a %U' ${dest}`), '9\n600 nobody\n')
      await host.sh("rm '/srv/my data/sub/-b'; echo new >'/srv/my data/c.log'")
      await host.proves(archive(given))
      await host.sh("echo newer >'/srv/my data/c.log'")
      await host.finds(archive(given))
      await host.proves(archive({ ...given, mode: '0640' }))
      await host.sh(`printf broken >${dest}`)
      await host.proves(archive(given))
    })
  }

  test(`${host.name}: a folder at the path of the archive is refused, and nothing is written to it`, async () => {
    await host.sh('rm -rf /srv/*; mkdir -p /srv/d /srv/a.tar')
    assert.match(
      await host.refuses(archive({ src: '/srv/d', dest: '/srv/a.tar' })),
      /\/srv\/a\.tar exists, but is not a file/,
    )
    assert.is(await host.sh('ls -A /srv/a.tar /srv'), '/srv:\na.tar\nd\n\n/srv/a.tar:\n')
  })

  test(`${host.name}: if something cannot be packed, the old archive stays`, async () => {
    await host.sh('rm -rf /srv/*; mkdir /srv/d; echo x >/srv/d/a')
    await host.proves(archive({ src: '/srv/d/a', dest: '/srv/a.tar' }))
    assert.is(await host.sh('tar -tf /srv/a.tar'), 'a\n')
    assert.match(
      await host.refuses(archive({ src: '/srv/none', dest: '/srv/a.tar' })),
      '/srv/none does not exist',
    )
    assert.match(
      await host.refuses(archive({ src: '/srv/d', dest: '/nowhere/a.tar' })),
      'create its folder first',
    )
    assert.is(await host.sh('ls -A /srv'), 'a.tar\nd\n')
  })
}
