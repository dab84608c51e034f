/** find, prune, assemble and copy-on-host, on the tools of GNU and of busybox. */
import * as assert from 'uvu/assert'
import { assemble } from '../../../tasks/files/assemble.ts'
import { copyOnHost } from '../../../tasks/files/copy-on-host.ts'
import { find } from '../../../tasks/files/find.ts'
import { prune } from '../../../tasks/files/prune.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { permissions } from '../../../tasks/files/permissions.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('finding files on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  const names = async (given: Parameters<typeof find>[0]): Promise<string> => {
    const { value } = await (host as RealHost).finds(find(given))
    return JSON.stringify(value, ['path'])
      .replaceAll(/[[\]{}"]|"path":/g, '')
      .replaceAll('path:', '')
  }

  test(`${host.name}: by name, kind, size, age and depth`, async () => {
    await host.sh(`mkdir -p /srv/f/in/deep /srv/f/.git; cd /srv/f; echo 1 >one.log; head -c 5000 /dev/zero >big.log
echo 'x' >'a b
c.log'; : >.hidden; echo >.git/x; echo >in/two.log; echo >in/deep/three.log; ln -s one.log link; touch -d '2020-01-01 00:00:00' one.log in/deep`)
    const path = '/srv/f'
    assert.is(await names({ path }), '/srv/f/a b\\nc.log,/srv/f/big.log,/srv/f/one.log')
    assert.is(
      await names({ path, patterns: ['one*', '*t*'], exclude: 'x*', recurse: true }),
      '/srv/f/in/deep/three.log,/srv/f/in/two.log,/srv/f/one.log',
    )
    assert.is(await names({ path, recurse: true, depth: 2, patterns: 't*' }), '/srv/f/in/two.log')
    assert.is(await names({ path, hidden: true, patterns: '.*' }), '/srv/f/.hidden')
    assert.is(await names({ path, type: 'link' }), '/srv/f/link')
    assert.is(await names({ path, type: 'directory', recurse: true }), '/srv/f/in,/srv/f/in/deep')
    assert.is(await names({ path, olderThan: '1w' }), '/srv/f/one.log')
    assert.is(await names({ path, newerThan: '1h', minSize: '1k', maxSize: '1m' }), '/srv/f/big.log')
    assert.is(await names({ path: '/srv/none' }), '')
    assert.is(await names({ path, contains: '^x( |$)' }), '/srv/f/a b\\nc.log')
    assert.is(await names({ path, contains: '^[12x]$', recurse: true, patterns: '*e*' }), '/srv/f/one.log')
    assert.match(await host.refuses(find({ path, contains: '(' })), 'cannot search the files')
    const { value } = await host.finds(find({ path, patterns: 'one.log' }))
    assert.equal(JSON.parse(JSON.stringify(value)), [
      {
        path: '/srv/f/one.log',
        type: 'file',
        size: 2,
        mtime: Date.UTC(2020) / 1000,
        mode: '0644',
        owner: 'root',
        group: 'root',
        uid: 0,
        gid: 0,
      },
    ])
  })

  test(`${host.name}: the newest stay, and folders go with everything in them`, async () => {
    await host.sh(
      `mkdir -p /srv/p/old/x; cd /srv/p; for n in 1 2 3 4; do echo >"b $n"; touch -d "2021-0$n-01 00:00:00" "b $n"; done; touch -d '2021-01-01 00:00:00' old`,
    )
    await host.proves(prune({ path: '/srv/p', patterns: 'b*', keep: 2 }))
    assert.is(await host.sh('ls /srv/p'), 'b 3\nb 4\nold\n')
    await host.proves(prune({ path: '/srv/p/', type: 'all', olderThan: '30d', keep: 1 }))
    assert.is(await host.sh('ls /srv/p; rm -r /srv/p /srv/f'), 'b 4\n')
    await host.finds(prune({ path: '/srv/p', keep: 1 }))
  })

  test(`${host.name}: a file from its parts`, async () => {
    await host.sh(
      `mkdir /srv/parts; cd /srv/parts; printf 'PATH=x' >10-a; printf 'b\\344\\n' >20-b; echo no >.skip`,
    )
    await host.proves(assemble({ src: '/srv/parts', dest: '/srv/joined', validate: 'grep -q b %s' }))
    assert.is(await host.sh('od -An -tx1 /srv/joined'), ' 50 41 54 48 3d 78 0a 62 e4 0a\n')
    await host.sh('echo >/srv/parts/10-a; echo >/srv/parts/20-b')
    assert.match(
      await host.refuses(assemble({ src: '/srv/parts', dest: '/srv/joined', validate: 'grep -q b %s' })),
      '/srv/joined',
    )
    await host.sh('rm -r /srv/parts /srv/joined')
  })

  test(`${host.name}: files and folders are copied on the host`, async () => {
    await host.sh(
      `mkdir -p /srv/o/in; cd /srv/o; echo x >x; chmod 750 x; ln -s x l; echo y >in/y; chown 7:8 in/y`,
    )
    await host.proves(copyOnHost({ src: '/srv/o/x', dest: '/srv/c' }))
    assert.is(await host.sh('cat /srv/c; stat -c %a /srv/c'), 'x\n750\n')
    await host.sh('echo z >/srv/o/x')
    await host.proves(copyOnHost({ src: '/srv/o/x', dest: '/srv/c', mode: '0600', backup: true }))
    assert.is(await host.sh('cat /srv/c; stat -c %a /srv/c; cat /srv/c.*~; rm /srv/c*'), 'z\n600\nx\n')
    const folder = copyOnHost({ src: '/srv/o', dest: '/srv/d' })
    await host.proves(folder)
    assert.is(await host.sh('cd /srv/d; ls; readlink l; stat -c "%u %g" in/y'), 'in\nl\nx\nx\n7 8\n')
    await host.sh('echo 2 >/srv/d/x; echo >/srv/d/extra')
    await host.proves(folder)
    assert.is(await host.sh('cat /srv/d/x; ls /srv/d; rm -r /srv/o /srv/d'), 'z\nextra\nin\nl\nx\n')
  })

  test(`${host.name}: owner and mode of everything below a folder, but not of what links lead to`, async () => {
    await host.sh(
      `mkdir -p /srv/r/in/deep /srv/other; cd /srv/r; echo >'a b
c'; echo >in/run; chmod 700 in/run; echo >in/deep/x; mkfifo in/pipe; chmod -R go-rwx in; echo >/srv/other/x; chmod 600 /srv/other/x
ln -s /srv/other out; ln -s /srv/other/x x; chmod 2750 in/deep`,
    )
    const modes = (): Promise<string> =>
      host.sh(`cd /srv/r; stat -c '%a %u:%g %n' . in in/run in/deep in/deep/x in/pipe /srv/other/x`)
    await host.proves(
      directory({ path: '/srv/r', mode: 'u=rwX,g=rX,o=', owner: '7', group: '8', recurse: true }),
    )
    assert.is(
      await modes(),
      '750 7:8 .\n750 7:8 in\n750 7:8 in/run\n2750 7:8 in/deep\n640 7:8 in/deep/x\n640 7:8 in/pipe\n600 0:0 /srv/other/x\n',
    )
    await host.proves(permissions({ path: '/srv/r', mode: '0755', owner: 'root', recurse: true }))
    assert.is(
      await modes(),
      '755 0:8 .\n755 0:8 in\n755 0:8 in/run\n2755 0:8 in/deep\n755 0:8 in/deep/x\n755 0:8 in/pipe\n600 0:0 /srv/other/x\n',
    )
    await host.sh('rm -r /srv/r /srv/other')
  })
}
