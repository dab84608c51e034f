/** Under --check: tasks that depend on files of packages that are not installed yet, and on missing local files. */
import { z } from 'zod'
import * as assert from 'uvu/assert'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { copy } from '../../tasks/files/copy.ts'
import { file } from '../../tasks/files/file.ts'
import { template } from '../../tasks/files/template.ts'
import { service } from '../../tasks/system/service.ts'
import { user } from '../../tasks/system/user.ts'
import { script } from '../../tasks/system/script.ts'
import { suite } from '../support/spec.ts'
import { run } from './site.ts'

const test = suite('outcomes that are unknown under --check')

const install = defineTask({
  name: 'install',
  description: 'Brings files.',
  params: z.object({}),
  title: () => 'package haproxy',
  brings: () => true,
  check: () => drift({ what: 'haproxy', to: 'installed' }),
  apply: () => Promise.resolve(),
})
const make = defineTask({
  name: 'make',
  description: 'Makes what it says and nothing else.',
  params: z.object({}),
  check: () => drift({ what: 'it', to: 'made' }),
  apply: () => Promise.resolve(),
})

const hosts = { a: { files: { '/etc': { content: '', type: 'directory' } as const } } }
const gone = (path: string) => file({ path, state: 'absent' })

test('a missing file may come with a package, also in an existing folder', async () => {
  const tasks = () => [
    gone('/etc/haproxy/errors/400.http'),
    install(),
    gone('/etc/haproxy/errors/401.http'),
    gone('/etc/haproxy'),
  ]
  const { story, ends } = await run((play) => [play('p', { hosts: 'a', tasks })], { hosts, checkMode: true })
  assert.equal(
    story.map((line) => line.replace(/^a \S+ ?/, '')).map((line) => line.split(' ').at(-1)),
    ['ok', 'change', 'unknown', 'unknown'],
  )
  assert.is(ends[2]?.why, '/etc/haproxy/errors/401.http does not exist, and may come with: package haproxy')
})

test('paths that no package has stay known: homes, temporary files, local files', async () => {
  const paths = ['/home/ann/x', '/root/x', '/tmp/x', '/var/tmp/x', '/usr/local/bin/x', '/swapfile']
  const folders = [
    '/home',
    '/home/ann',
    '/root',
    '/tmp',
    '/var',
    '/var/tmp',
    '/usr',
    '/usr/local',
    '/usr/local/bin',
    '/etc',
  ]
  const there = Object.fromEntries(folders.map((path) => [path, { content: '', type: 'directory' } as const]))
  const tasks = () => [install(), ...paths.map(gone), gone('/etc/logrotate.d')]
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks })], {
    hosts: { a: { files: there } },
    checkMode: true,
  })
  assert.equal(
    ends.slice(1).map(({ outcome }) => outcome),
    [...paths.map(() => 'ok'), 'unknown'],
  )
})

test('a missing file that the task does not name does not matter', async () => {
  const looking = defineTask({
    name: 'looking',
    description: 'Looks at more than it names.',
    params: z.object({ path: z.string() }),
    check: async ({ remote }) => {
      await remote.exists('/etc/besides')
      return ok()
    },
    apply: () => Promise.resolve(),
  })
  const tasks = () => [install(), looking({ path: '/etc/named' })]
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks })], { hosts, checkMode: true })
  assert.is(ends[1]?.outcome, 'ok')
})

test('a service or user to remove, which does not exist, may come with a package', async () => {
  const systemd = {
    files: { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n', '/etc/group': 'root:x:0:\n' },
    replies: [
      [/^if \[ -d \/run\/systemd\/system \]/, 'systemd\n'],
      [/^systemctl show /, 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n'],
    ] as const,
  }
  const last = [service({ name: 'nginx', state: 'stopped' }), user({ name: 'nginx', state: 'absent' })]
  const tasks = () => [...last, install(), ...last]
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks })], {
    hosts: { a: systemd },
    checkMode: true,
  })
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['ok', 'ok', 'would change', 'unknown', 'unknown'],
  )
  assert.is(ends[3]?.why, 'the service nginx does not exist, and may come with: package haproxy')
})

test('a change without unlisted files does not matter', async () => {
  const tasks = () => [make(), gone('/etc/haproxy/errors/400.http')]
  const { story } = await run((play) => [play('p', { hosts: 'a', tasks })], { hosts, checkMode: true })
  assert.match(story.at(-1) ?? '', / ok$/)
})

const missing = [
  copy({ src: '/none/here', dest: '/x' }),
  template({ src: '/none/here', dest: '/x' }),
  script({ src: '/none/here' }),
  script({ src: '/none/here', creates: '/x' }),
]
for (const task of missing)
  test(`a missing local file is also an error under --check: ${task.title}`, async () => {
    const { story, ends } = await run((play) => [play('p', { hosts: 'a', tasks: () => [make(), task] })], {
      hosts,
      checkMode: true,
    })
    assert.match(story.at(-1) ?? '', / failed$/)
    assert.match(ends[1]?.error?.message ?? '', /cannot read .*\/none\/here/)
  })
