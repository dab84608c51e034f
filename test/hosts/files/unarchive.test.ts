import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { createRemote } from '../../../engine/remote/remote.ts'
import { shell } from '../../../engine/index.ts'
import { unarchive } from '../../../tasks/files/unarchive.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { makeZip } from '../../support/zip-file.ts'

const test = suite('unarchive on real hosts', { needs: ['python3'] })
const folder = folderOf(test)

const long = `${'d'.repeat(120)}/${'ü'.repeat(60)}`
test.before(() => {
  folder.write('in/tool-1/a b', 'one')
  folder.write(`in/tool-1/sub/${long}`, 'two')
  folder.write('in/tool-1/sub/back\\slash', '3')
  symlinkSync('a b', folder.at('in/tool-1/link'))
  for (const [name, ...how] of [
    ['plain.tar', '--format=gnu'],
    ['pax.tar', '--format=pax'],
    ['packed.tgz', '-z'],
  ])
    execFileSync('tar', [
      '-c',
      ...how,
      '--owner=1234',
      '-f',
      folder.at(name ?? ''),
      '-C',
      folder.at('in'),
      'tool-1',
    ])
})

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a zip archive of this machine`, async () => {
    await host.sh('rm -rf /srv/*')
    const src = folder.at('tool.zip')
    makeZip(src, [
      ['tool-1/run.sh', 'one\n', '100755'],
      ['tool-1/now', 'run.sh', '120777'],
      [`tool-1/${long}`, 'two\n', '104750'],
    ])
    const given = { src, dest: '/srv/t', strip: 1, owner: 'nobody' }
    await host.proves(unarchive(given))
    assert.is(
      await host.sh(`cd /srv/t; cat now '${long}'; stat -c '%a %U' run.sh '${long}'`),
      'one\ntwo\n755 nobody\n750 nobody\n',
    )
    await host.sh('echo other >/srv/t/run.sh')
    await host.proves(unarchive(given))
    assert.is(await host.sh('cat /srv/t/run.sh'), 'one\n')
  })

  for (const name of ['plain.tar', 'pax.tar', 'packed.tgz']) {
    test(`${host.name}: ${name} of this machine, with existing content`, async () => {
      await host.sh(
        'rm -rf /srv/*; mkdir -p /srv/t/sub; echo mine >/srv/t/sub/mine; chmod 0711 /srv/t/sub; echo longer >"/srv/t/a b"',
      )
      const given = { src: folder.at(name), dest: '/srv/t', strip: 1 }
      const { changes } = await host.proves(unarchive(given))
      assert.match(JSON.stringify(changes[0]), /a b.*7 bytes, sha256.*3 bytes, sha256/)
      assert.is(
        await host.sh(
          `cd /srv/t; cat 'a b' link sub/mine 'sub/${long}' 'sub/back\\slash'; stat -c ' %a %U' sub 'a b'; ls -A`,
        ),
        'oneonemine\ntwo3 711 root\n 644 root\na b\nlink\nsub\n',
      )
      await host.proves(unarchive({ ...given, owner: 'nobody' }))
      assert.is(await host.sh("cd /srv/t; stat -c '%U' 'a b' sub; chown root 'a b'"), 'nobody\nnobody\n')
      await host.proves(unarchive({ ...given, owner: 'nobody' }))
      await host.sh("rm '/srv/t/link'")
      await host.proves(unarchive(given))
    })
  }

  // busybox's tar unpacks nothing into a read-only folder
  if (host.name === 'debian')
    test(`${host.name}: read-only folders, by a user who is not root`, async () => {
      await host.sh(
        'rm -rf /srv/*; mkdir -p /srv/in/ro/deep /srv/out; cd /srv/in; echo 1 >ro/f; echo 2 >ro/deep/f; chmod 0444 ro/f; chmod 0555 ro ro/deep; tar -cf /srv/a.tar ro; chown nobody /srv/out',
      )
      const connection = await host.connect({ user: 'nobody' })
      const unpacked = () => createRemote(connection).writeTree('/srv/out', shell`tar -xpof /srv/a.tar`)
      await unpacked()
      assert.is(
        await host.sh("cd /srv/out; ls -A; stat -c '%a %U' ro ro/f ro/deep; cat ro/deep/f"),
        'ro\n555 nobody\n444 nobody\n555 nobody\n2\n',
      )
      // the file cannot be replaced there: the draft is removed
      await rejects(unpacked, 'write-failed', '')
      await connection.close()
      assert.is(await host.sh("cd /srv/out; ls -A; stat -c '%a %U' ro"), 'ro\n555 nobody\n')
    })

  test(`${host.name}: an archive on the host, with detected compression`, async () => {
    await host.sh(
      "rm -rf /srv/*; mkdir -p /srv/in/x; cd /srv/in; echo 1 >'x/a b'; ln 'x/a b' x/c; ln -s c x/l; chown 1234 x/c; echo 2 >'x/ü\\n'; tar -czf /srv/a.bin x",
    )
    await host.proves(unarchive({ src: '/srv/a.bin', dest: '/srv/out', onHost: true, owner: 'nobody' }))
    assert.is(
      await host.sh("cd /srv/out/x; cat 'a b' c l 'ü\\n'; ls -A /srv/out; stat -c %U . c .."),
      '1\n1\n1\n2\nx\nnobody\nnobody\nnobody\n',
    )
    await host.proves(
      unarchive({ src: '/srv/a.bin', dest: '/srv/made', onHost: true, creates: '/srv/made/x/l' }),
    )
    // not of the user who packed it
    assert.is(await host.sh('stat -c %U /srv/made/x/c'), 'root\n')
    await host.sh('rm /srv/a.bin')
    await host.finds(
      unarchive({ src: '/srv/a.bin', dest: '/srv/made', onHost: true, creates: '/srv/made/x/l' }),
    )
    await host.sh('echo no archive >/srv/a.bin')
    assert.match(
      await host.refuses(unarchive({ src: '/srv/a.bin', dest: '/srv/none', onHost: true })),
      'cannot be read as an archive',
    )
  })
}
