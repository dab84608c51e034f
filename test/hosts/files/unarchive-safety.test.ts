/** Untrusted archives, on real hosts: nothing outside of the folder is written. */
import * as assert from 'uvu/assert'
import { unarchive } from '../../../tasks/files/unarchive.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('untrusted archives')

const victim =
  'rm -rf /srv/*; mkdir -p /srv/victim /srv/in /srv/out; echo precious >/srv/victim/f; cd /srv/in'
const untouched = 'cat /srv/victim/f; ls -A /srv/victim; stat -c %U:%a /srv/victim/f; ls -A /srv/out'

for (const host of realHosts('debian', 'busybox')) {
  const given = { src: '/srv/a.tar', dest: '/srv/out', onHost: true, owner: 'nobody' }

  test(`${host.name}: an existing link, also from an earlier archive, is not written through`, async () => {
    await host.sh(
      `${victim}; ln -s /srv/victim x; tar -cf /srv/1.tar x; rm x; mkdir x; echo evil >x/f; tar -cf /srv/a.tar x`,
    )
    await host.proves(unarchive({ ...given, src: '/srv/1.tar' }))
    const said = await host.refuses(unarchive(given))
    assert.match(said, '/srv/out')
    assert.is(await host.sh(untouched), 'precious\nf\nroot:644\nx\n')
    // like the merged /lib of a host, with follow=true
    await host.execute(unarchive({ ...given, owner: undefined, follow: true }))
    assert.is(await host.sh('cat /srv/victim/f'), 'evil\n')
  })

  test(`${host.name}: links and hard links of the archive itself are not followed`, async () => {
    await host.sh(
      `${victim}; ln -s /srv/victim x; tar -cf /srv/a.tar x; rm x; mkdir x; echo evil >x/f; tar -rf /srv/a.tar x/f 2>/dev/null || { mkdir y; cd y; mkdir z; }`,
    )
    if (host.name === 'debian') {
      assert.match(await host.refuses(unarchive(given)), 'through a link of its own')
      assert.is(await host.sh(untouched), 'precious\nf\nroot:644\n')
      await host.sh(`${victim}; ln /srv/victim/f hard; tar -cPf /srv/a.tar /srv/victim/f hard`)
      assert.match(await host.refuses(unarchive(given)), /outside of the folder|outside of it/)
      assert.is(await host.sh(untouched), 'precious\nf\nroot:644\n')
    }
  })

  test(`${host.name}: set-user-ID and set-group-ID are set only on request, with the given owner`, async () => {
    await host.sh(
      `${victim}; echo 1 >tool; mkdir d; chmod 6755 tool; chmod 2755 d; tar -cf /srv/a.tar tool d`,
    )
    await host.proves(unarchive(given))
    assert.is(await host.sh("cd /srv/out; stat -c '%n %a %U' tool d"), 'tool 755 nobody\nd 755 nobody\n')
    await host.sh('rm -rf /srv/out/*')
    await host.proves(unarchive({ ...given, special: true }))
    assert.is(await host.sh("cd /srv/out; stat -c '%n %a %U' tool"), 'tool 6755 nobody\n')
  })

  test(`${host.name}: devices and pipes are created only on request`, async () => {
    await host.sh(`${victim}; mkfifo pipe; tar -cf /srv/a.tar pipe`)
    assert.match(await host.refuses(unarchive(given)), 'contains a device, pipe or socket')
    assert.is(await host.sh(untouched), 'precious\nf\nroot:644\n')
    await host.proves(unarchive({ ...given, owner: undefined, special: true }))
    assert.is(await host.sh('test -p /srv/out/pipe && echo yes'), 'yes\n')
  })

  test(`${host.name}: a member with the same size and time but other content is detected`, async () => {
    await host.sh(`${victim}; echo 1 >f; touch -d '2001-01-01 00:00:00' f; tar -cf /srv/a.tar f`)
    await host.proves(unarchive(given))
    await host.sh("cd /srv/in; echo 2 >f; touch -d '2001-01-01 00:00:00' f; tar -cf /srv/a.tar f")
    await host.proves(unarchive(given))
    assert.is(await host.sh('cat /srv/out/f'), '2\n')
  })
}
