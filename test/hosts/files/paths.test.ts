/** Files, directories, links, copies and templates on real hosts. */
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Task } from '../../../engine/index.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { file } from '../../../tasks/files/file.ts'
import { link } from '../../../tasks/files/link.ts'
import { template } from '../../../tasks/files/template.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('paths on real hosts')
const folder = folderOf(test)

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a directory and a file, with owner and mode, are created and removed`, async () => {
    await host.proves(directory({ path: '/srv/a b', owner: 'nobody', mode: '0750' }))
    await host.proves(file({ path: '/srv/a b/f', content: "it's\n", owner: 'nobody', mode: '0600' }))
    await host.proves(file({ path: '/srv/a b/f', content: "it's\n", mode: '0640' }))
    assert.is(
      await host.sh("cat '/srv/a b/f'; stat -c '%a %U' '/srv/a b' '/srv/a b/f'"),
      "it's\n750 nobody\n640 nobody\n",
    )
    await host.proves(file({ path: '/srv/a b/f', state: 'absent' }))
    await host.proves(directory({ path: '/srv/a b', state: 'absent' }))
    assert.is(await host.sh('ls -A /srv'), '')
  })

  test(`${host.name}: owner and group by number, with a name and without one`, async () => {
    await host.proves(file({ path: '/srv/n', content: '', owner: '4711', group: '4712' }))
    await host.proves(file({ path: '/srv/n', content: '', owner: '0', group: 'root' }))
    await host.proves(directory({ path: '/srv/d', owner: '4711' }))
    assert.is(await host.sh("stat -c '%u %g' /srv/n /srv/d; rm -r /srv/n /srv/d"), '0 0\n4711 0\n')
  })

  test(`${host.name}: a link is created and changed`, async () => {
    await host.proves(link({ path: '/srv/l', target: '/etc' }))
    await host.proves(link({ path: '/srv/l', target: '/tmp' }))
    assert.is(await host.sh('readlink /srv/l; rm /srv/l'), '/tmp\n')
  })

  test(`${host.name}: invalid content is not written, and replaced content is kept`, async () => {
    const validate = "grep -q '^ok' %s"
    await host.proves(file({ path: '/srv/v', content: 'ok 1\n', validate }))
    assert.match(await host.refuses(file({ path: '/srv/v', content: 'no\n', validate })), 'was not replaced')
    await host.proves(file({ path: '/srv/v', content: 'ok 2\n', validate, backup: true }))
    assert.is(await host.sh('cat /srv/v /srv/v.*~; rm /srv/v*'), 'ok 2\nok 1\n')
  })

  test(`${host.name}: a copy of any bytes, and a template`, async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 256))
    const bytes = folder.write('bytes', content)
    const src = folder.write('t.hbs', 'listen {{port}}\n')
    await host.proves(copy({ src: bytes, dest: '/srv/bytes', mode: '0600' }))
    await host.proves(template({ src, dest: '/srv/t', values: { port: 80 } }))
    assert.is(await host.sh('wc -c </srv/bytes | tr -d " "; cat /srv/t'), '100000\nlisten 80\n')
    const { changes } = await host.proves(file({ path: '/srv/bytes', content: 'text\n' }))
    const start = (of: string | Buffer): string => createHash('sha256').update(of).digest('hex').slice(0, 12)
    assert.equal(changes, [
      {
        what: '/srv/bytes',
        from: `100000 bytes, sha256 ${start(content)}…`,
        to: `5 bytes, sha256 ${start('text\n')}…`,
      },
    ])
    await host.sh('rm /srv/*')
  })

  test(`${host.name}: links stay: their targets get content, owner and mode`, async () => {
    const src = folder.write('target.hbs', 'new\n')
    const given = { owner: 'nobody', mode: '0640' }
    await host.sh('mkdir -p /srv/target /srv/l')
    const target = async (name: string, ...tasks: readonly Task[]): Promise<void> => {
      for (const task of tasks) {
        await host.sh(
          `rm -f /srv/target/*; echo old >/srv/target/${name}; ln -sf ../target/${name} /srv/l/${name}`,
        )
        await host.proves(task)
        assert.is(
          await host.sh(
            `readlink /srv/l/${name}; cat /srv/target/*; stat -c '%a %U' /srv/target/*; ls /srv/target`,
          ),
          `../target/${name}\nnew\n640 nobody\n${name}\n`,
        )
      }
    }
    const [path, dest] = ['/srv/l/f', '/srv/l/f']
    await target(
      'f',
      file({ path, content: 'new\n', ...given }),
      template({ src, dest, ...given }),
      copy({ src, dest, ...given }),
    )
    // a link without a target gets one
    await host.sh('rm /srv/target/f')
    await host.proves(file({ path, content: 'new\n', ...given }))
    assert.is(await host.sh('cat /srv/target/f; rm /srv/target/f; rmdir /srv/target'), 'new\n')
    assert.match(await host.refuses(file({ path, content: 'new\n', ...given })), 'cannot write /srv/l/f')
    await host.sh('mkdir /srv/there; ln -s there /srv/to')
    await host.proves(directory({ path: '/srv/to', ...given }))
    assert.is(
      await host.sh("readlink /srv/to; stat -c '%a %U' /srv/there; rm -r /srv/*"),
      'there\n640 nobody\n',
    )
  })
}
