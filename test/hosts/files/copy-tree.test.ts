/** Folders with their content, on real hosts. */
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { copy } from '../../../tasks/files/copy.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('folders on real hosts')
const folder = folderOf(test)

/** Longer than the header of an archive allows, as one name and as several. */
const [wide, deep] = ['w'.repeat(180), Array.from({ length: 30 }, () => 'folder-ü').join('/')]
const odd = [
  'a b',
  "it's",
  'new\nline',
  'back\\slash',
  '-dash',
  '$HOME',
  '*',
  'ünï',
  '.hidden',
  wide,
  `${deep}/end`,
]

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: names of any kind, modes, links and empty folders`, async () => {
    const src = folder.at(`tree-${host.name}`)
    for (const name of odd) folder.write(`tree-${host.name}/${name}`, `content of ${name}`)
    chmodSync(folder.write(`tree-${host.name}/tool`, '#!/bin/sh\n'), 0o750)
    mkdirSync(`${src}/empty`)
    chmodSync(`${src}/empty`, 0o700)
    symlinkSync('a b', `${src}/link`)
    symlinkSync(`${'x'.repeat(150)}\n`, `${src}/long link`)
    chmodSync(src, 0o750)
    await host.proves(copy({ src, dest: '/srv/t' }))
    for (const name of odd)
      assert.is(await host.sh(`cat -- '/srv/t/${name.replaceAll("'", "'\\''")}'`), `content of ${name}`)
    assert.is(
      await host.sh(
        "cd /srv/t; stat -c '%a %U' . tool empty; readlink link; ls -A empty; find . | grep -c coxswain || true",
      ),
      '750 root\n750 root\n700 root\na b\n0\n',
    )
  })

  test(`${host.name}: only differences are changed, and extra files are removed with delete`, async () => {
    const src = folder.at(`few-${host.name}`)
    const name = (path: string): string => `few-${host.name}/${path}`
    for (const path of ['a', 'b', 'sub/c', 'sub/d']) folder.write(name(path), path)
    await host.sh(
      'rm -rf /srv/t; mkdir -p /srv/t/sub /srv/t/old/er; cd /srv/t; printf a >a; printf other >b; printf x >old/er/x; chown nobody b; chmod 0700 . sub; printf e >sub/extra; ln -s /etc/passwd sub/d',
    )
    const inode = await host.sh('stat -c %i /srv/t/a')
    const { changes } = await host.proves(copy({ src, dest: '/srv/t' }))
    assert.equal(
      changes.map(({ what }) => what),
      ['/srv/t/b', '/srv/t/sub/c', '/srv/t/sub/d'],
    )
    assert.is(
      await host.sh('cd /srv/t; cat a b sub/c sub/d; stat -c "%a %U" . sub b'),
      'abcsub/csub/d'.replace('abc', 'ab') + '700 root\n700 root\n644 nobody\n',
    )
    assert.is(await host.sh('stat -c %i /srv/t/a'), inode)
    assert.is(
      await host.sh('ls -A /srv/t; cat /srv/t/sub/extra; grep -c root /etc/passwd'),
      'a\nb\nold\nsub\ne1\n',
    )
    const gone = await host.proves(copy({ src, dest: '/srv/t', delete: true }))
    assert.equal(
      gone.changes.map(({ what }) => what),
      ['/srv/t/old', '/srv/t/sub/extra'],
    )
    assert.is(await host.sh('cd /srv/t; find . | sort'), '.\n./a\n./b\n./sub\n./sub/c\n./sub/d\n')
  })

  test(`${host.name}: owner and modes are set everywhere`, async () => {
    const src = folder.at(`owned-${host.name}`)
    for (const path of ['a', 'sub/c']) folder.write(`owned-${host.name}/${path}`, path)
    await host.sh('rm -rf /srv/t')
    const held = { src, dest: '/srv/t', owner: 'nobody', mode: '4711', directoryMode: '2750' }
    await host.proves(copy(held))
    const shown = "cd /srv/t; stat -c '%a %U' . a sub sub/c"
    const all = '2750 nobody\n4711 nobody\n2750 nobody\n4711 nobody\n'
    assert.is(await host.sh(shown), all)
    await host.sh('chown root /srv/t/a /srv/t/sub; chmod 0600 /srv/t/sub/c')
    await host.proves(copy(held))
    assert.is(await host.sh(shown), all)
  })

  test(`${host.name}: a folder does not replace anything else`, async () => {
    const src = folder.at(`stuck-${host.name}`)
    folder.write(`stuck-${host.name}/a`, 'x')
    await host.sh('rm -rf /srv/t; mkdir -p /srv/t/a')
    assert.match(
      await host.refuses(copy({ src, dest: '/srv/t' })),
      '/srv/t/a is a folder on the host, and a file on this machine',
    )
    rmSync(`${src}/a`)
    folder.write(`stuck-${host.name}/a/b`, 'x')
    await host.sh('rm -rf /srv/t; mkdir /srv/t; ln -s /etc /srv/t/a')
    assert.match(await host.refuses(copy({ src, dest: '/srv/t' })), '/srv/t/a exists, but is not a folder')
    await host.sh('rm -rf /srv/t; touch /srv/t')
    assert.match(await host.refuses(copy({ src, dest: '/srv/t' })), '/srv/t exists, but is not a folder')
    await host.sh('rm -rf /srv/t')
  })
}
