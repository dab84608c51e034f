/** What fails in a run on real hosts also fails under `--check`, for the same reason. */
import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/index.ts'
import type { Task } from '../../../engine/index.ts'
import { createCould } from '../../../engine/remote/could.ts'
import type { TaskResult } from '../../../engine/run/task/execution.ts'
import { archive } from '../../../tasks/files/archive.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { file } from '../../../tasks/files/file.ts'
import { iniSetting } from '../../../tasks/files/ini-setting.ts'
import { jsonSetting } from '../../../tasks/files/json-setting.ts'
import { lineInFile } from '../../../tasks/files/line-in-file.ts'
import { link } from '../../../tasks/files/link.ts'
import { permissions } from '../../../tasks/files/permissions.ts'
import { template } from '../../../tasks/files/template.ts'
import { yamlSetting } from '../../../tasks/files/yaml-setting.ts'
import { download } from '../../../tasks/network/download.ts'
import { user } from '../../../tasks/system/user.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('errors that --check predicts')
const folder = folderOf(test)

const failureOf = ({ outcome, error }: TaskResult): string =>
  error instanceof CoxswainError
    ? // a file that only gets an owner is not written
      `${outcome}: ${error.code}: ${error.message.replace('set owner or mode of', 'write')}: ${error.output ?? ''}`
    : outcome

/** Both fail with the same error; returns it. */
const refusesBoth = async (host: RealHost, task: Task): Promise<string> => {
  const before = await host.sh('ls -laR /srv /etc | cksum')
  const predicted = failureOf(await host.execute(task, true))
  assert.is(await host.sh('ls -laR /srv /etc | cksum'), before, `--check of ${task.title} changed something`)
  const real = failureOf(await host.execute(task))
  assert.is(predicted, real, task.title)
  assert.match(real, /^failed: /)
  return real
}

/** Every task that creates a path, with one path. */
const makers = (path: string): readonly Task[] => [
  file({ path, content: 'x\n' }),
  copy({ src: folder.write('copied', 'x\n'), dest: path }),
  template({ src: folder.write('t.hbs', 'x\n'), dest: path }),
  link({ path, target: '/etc' }),
  archive({ src: '/etc/passwd', dest: `${path}.tar` }),
  download({ url: 'http://127.0.0.1:9/x', dest: path, sha256: 'none' }),
  lineInFile({ path, line: 'x', create: true }),
  iniSetting({ path, section: 's', option: 'k', value: 'v', create: true }),
  jsonSetting({ path, key: 'k', value: 'v', create: true }),
  yamlSetting({ path, key: 'k', value: 'v', create: true }),
]

for (const host of realHosts('debian', 'busybox')) {
  const places = {
    'a missing folder': ['true', '/srv/none/x', /No such file or directory/],
    'a file in place of a folder': ['echo f >/srv/f', '/srv/f/x', /Not a directory/],
    'a link that leads nowhere': ['ln -s /srv/none /srv/dead', '/srv/dead/x', /No such file or directory/],
    'links in a circle': ['ln -s b /srv/a; ln -s a /srv/b', '/srv/a/x', /leads nowhere|ymbolic link/],
  } as const
  for (const [name, [prepare, path, words]] of Object.entries(places)) {
    test(`${host.name}: no task creates a path below ${name}`, async () => {
      await host.sh(`rm -rf /srv/*; ${prepare}`)
      for (const task of makers(path)) assert.match(await refusesBoth(host, task), words)
    })
  }

  test(`${host.name}: a directory is not created below a file or through a cycle of links`, async () => {
    await host.sh('rm -rf /srv/*; echo f >/srv/f; ln -s b /srv/a; ln -s a /srv/b')
    assert.match(await refusesBoth(host, directory({ path: '/srv/f/x/y' })), 'Not a directory')
    assert.match(await refusesBoth(host, directory({ path: '/srv/a/x/y' })), /leads nowhere|ymbolic link/)
    await host.proves(directory({ path: '/srv/new/x/y', owner: 'nobody' }))
    await host.sh('ln -s /srv/later /srv/l')
    await host.proves(directory({ path: '/srv/l/x' }))
  })

  test(`${host.name}: the target of a link can be created if its folder exists`, async () => {
    await host.sh('rm -rf /srv/*; ln -s /srv/target /srv/l; mkdir /srv/d; ln -s d /srv/e')
    await host.proves(file({ path: '/srv/l', content: 'x\n' }))
    await host.proves(file({ path: '/srv/e/../e/x', content: 'x\n', owner: '4711', group: '4712' }))
    assert.is(await host.sh('cat /srv/target /srv/d/x; rm -r /srv/*'), 'x\nx\n')
  })

  test(`${host.name}: an unknown owner or group`, async () => {
    await host.sh('rm -rf /srv/*; echo f >/srv/there; mkdir /srv/d; mkdir /srv/e')
    const src = folder.write('copied', 'x\n')
    for (const whose of [{ owner: 'nosuch' }, { group: 'nosuch' }, { owner: 'nobody', group: 'nosuch' }])
      for (const task of [
        file({ path: '/srv/new', content: 'x\n', ...whose }),
        file({ path: '/srv/there', ...whose }),
        copy({ src, dest: '/srv/new', ...whose }),
        template({ src: folder.write('t.hbs', 'x\n'), dest: '/srv/new', ...whose }),
        archive({ src: '/etc/passwd', dest: '/srv/new.tar', ...whose }),
        permissions({ path: '/srv/there', ...whose }),
        permissions({ path: '/srv/d', ...whose }),
      ])
        assert.match(await refusesBoth(host, task), 'nosuch')
    assert.is(await host.sh('ls /srv'), 'd\ne\nthere\n')
    assert.match(await refusesBoth(host, directory({ path: '/srv/d', owner: 'nosuch' })), 'nosuch')
  })

  test(`${host.name}: a user in an unknown group is not created`, async () => {
    const groups = await refusesBoth(host, user({ name: 'ann', groups: ['nosuch'] }))
    assert.match(groups, 'the group nosuch does not exist')
    assert.match(
      await refusesBoth(host, user({ name: 'ann', group: 'nosuch' })),
      'the group nosuch does not exist',
    )
    assert.match(
      await refusesBoth(host, user({ name: 'ann', group: '4711' })),
      'the group 4711 does not exist',
    )
    assert.is(await host.sh('grep -c ^ann: /etc/passwd || :'), '0\n')
    await host.proves(user({ name: 'ann', groups: ['ann'] }))
    await host.proves(user({ name: 'ann', state: 'absent', removeHome: true }))
  })

  test(`${host.name}: a user who cannot write to a folder creates nothing in it`, async () => {
    await host.sh('rm -rf /srv/*; mkdir /srv/d; chown nobody /srv/d; echo f >/srv/f; chown nobody /srv/f')
    const connection = await host.connect({ user: 'nobody' })
    try {
      const could = createCould(connection, {})
      const given = { owner: undefined, group: undefined }
      for (const change of ['write', 'link', 'directory'] as const) {
        const error = await rejects(
          () => could({ change, path: '/srv/x', ...given }),
          'write-failed',
          '/srv/x',
        )
        assert.is(error.output, 'Permission denied: /srv')
        await could({ change, path: '/srv/d/x', ...given })
      }
      // only its owner can change its mode and owner
      await could({ change: 'attributes', path: '/srv/f', ...given })
      await could({ change: 'write', path: '/srv/f', ...given })
    } finally {
      await connection.close()
    }
    assert.is(await host.sh('ls /srv /srv/d'), '/srv:\nd\nf\n\n/srv/d:\n')
  })

  if (host.name === 'debian')
    test(`${host.name}: root creates nothing on a file system that is mounted read-only`, async () => {
      await host.sh('mkdir -p /srv/ro; mount -t tmpfs -o ro tmpfs /srv/ro')
      const ends = [true, false].map(async (check) => {
        const { error } = await host.execute(file({ path: '/srv/ro/x', content: 'x\n' }), check)
        return error instanceof CoxswainError ? [error.code, error.message, error.hint] : []
      })
      const [predicted, real] = await Promise.all(ends)
      await host.sh('umount /srv/ro; rmdir /srv/ro')
      assert.equal(predicted, real)
      assert.match(real?.[2] ?? '', 'mounted read-only')
    })
}
