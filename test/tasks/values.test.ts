/** The values of tasks that act, as steps made from them get them: after a change, and where nothing had to change. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Script } from '../../engine/connection/scripted.ts'
import { given } from '../../engine/dsl/given.ts'
import { onEach } from '../../engine/dsl/value-source.ts'
import type { Task } from '../../engine/dsl/types.ts'
import type { World } from '../../engine/testing.ts'
import { gitCheckout } from '../../tasks/files/git-checkout.ts'
import { temporaryDirectory } from '../../tasks/files/temporary-directory.ts'
import { temporaryFile } from '../../tasks/files/temporary-file.ts'
import { httpRequest } from '../../tasks/network/http-request.ts'
import { sshKey } from '../../tasks/network/ssh-key.ts'
import { container } from '../../tasks/system/container.ts'
import { packages } from '../../tasks/system/package.ts'
import { selinux } from '../../tasks/system/selinux.ts'
import { user } from '../../tasks/system/user.ts'
import { run, say } from '../run/site.ts'
import { sentPattern } from '../support/sent.ts'
import { suite } from '../support/spec.ts'

const test = suite('values of tasks')

const script = ({ files = {}, replies = {}, patterns = [] }: World): Script => ({
  files,
  replies: [[/^say /, ''], ...Object.entries(replies), ...patterns],
})

/** The outcome of a task, and what a step after it makes of its value. */
const arrives = async <Value>(
  task: Task<Value, never, never>,
  world: World,
  show: (value: Value) => string,
): Promise<readonly string[]> => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          task,
          given({ values: onEach('all', task) }, ({ values }) =>
            values.map(({ value }) => say({ text: show(value) })),
          ),
        ],
      }),
    ],
    { hosts: { a: script(world) } },
  )
  const failed = ends.find(({ error }) => error !== undefined)
  assert.is(failed, undefined, failed?.error?.message)
  return [ends[0]?.outcome ?? '', story.at(-1)?.split(' ').slice(1, -1).join(' ') ?? '']
}

test('user: its ID and home, found or created', async () => {
  const group = 'anna:x:1001:\n'
  const line = 'anna:x:1000:1001::/home/anna:/bin/sh\n'
  const show = ({ uid, gid, home }: { uid: number; gid: number; home: string }) => `${uid} ${gid} ${home}`
  const there = { files: { '/etc/passwd': line, '/etc/group': group } }
  assert.equal(await arrives(user({ name: 'anna' }), there, show), ['ok', '1000 1001 /home/anna'])
  const created = {
    files: { '/etc/passwd': '', '/etc/group': group },
    replies: { 'command -v useradd': '/usr/sbin/useradd\n' },
    patterns: [
      [
        /^useradd/,
        (_, files) => {
          files.set('/etc/passwd', { content: line })
          return ''
        },
      ],
    ],
  } satisfies World
  assert.equal(await arrives(user({ name: 'anna' }), created, show), ['changed', '1000 1001 /home/anna'])
})

test('ssh-key: the public key', async () => {
  const line = 'ssh-ed25519 AAAA root@host'
  const path = '/etc/ssh/ssh_host_ed25519_key'
  const show = ({ publicKey }: { publicKey: string }): string => publicKey
  const pair = { [path]: { content: 'x', mode: '0600' }, [`${path}.pub`]: `${line}\n` }
  assert.equal(await arrives(sshKey({ path }), { files: pair }, show), ['ok', line])
  const made = {
    patterns: [
      [
        /ssh-keygen -q "\$@"/,
        (_, files) => {
          for (const [name, content] of Object.entries({ [path]: 'x', [`${path}.pub`]: `${line}\n` }))
            files.set(name, { content })
          return ''
        },
      ],
    ],
  } satisfies World
  assert.equal(await arrives(sshKey({ path }), made, show), ['changed', line])
})

test('selinux: whether a reboot is needed', async () => {
  const world = {
    files: { '/etc/selinux/config': 'SELINUX=disabled\n' },
    patterns: [[/selinux\/enforce/, 'modules=selinux\nselinux=1\n']],
  } satisfies World
  const show = ({ rebootRequired }: { rebootRequired: boolean }): string => String(rebootRequired)
  assert.equal(await arrives(selinux({ state: 'disabled' }), world, show), ['ok', 'true'])
  assert.equal(await arrives(selinux({ state: 'enforcing' }), world, show), ['changed', 'false'])
})

test('temporary files and directories: their path', async () => {
  const world = { patterns: [[/^mktemp /, '/tmp/coxswain.abcdef\n']] } satisfies World
  const show = ({ path }: { path: string }): string => path
  assert.equal(await arrives(temporaryDirectory(), world, show), ['changed', '/tmp/coxswain.abcdef'])
  assert.equal(await arrives(temporaryFile(), world, show), ['changed', '/tmp/coxswain.abcdef'])
})

test('package: the versions, found or installed', async () => {
  const host = (installed: string[]): World => ({
    files: { '/etc/os-release': 'ID=debian\n' },
    replies: { 'apt-mark showhold': '' },
    patterns: [
      [/^dpkg-query /, () => installed.map((name) => `${name} 2.6 installed\n`).join('')],
      [
        /apt-get install/,
        () => {
          installed.push('haproxy')
          return ''
        },
      ],
    ],
  })
  const task = packages({ name: ['haproxy'], refresh: false })
  const show = ({ versions }: { versions: Readonly<Record<string, string>> }) => `at ${versions['haproxy']}`
  assert.equal(await arrives(task, host(['haproxy']), show), ['ok', 'at 2.6'])
  assert.equal(await arrives(task, host([]), show), ['changed', 'at 2.6'])
})

test('git-checkout: the commits before and after', async () => {
  const [old, now] = ['a'.repeat(40), 'b'.repeat(40)]
  const repo = 'git@git.example:app.git'
  const host = (at: string): World => {
    let head = at
    return {
      patterns: [
        [/rev-parse -q --verify HEAD/, () => `${head}\n${repo}\n0\n`],
        [/git ls-remote/, `${now}\trefs/heads/main\n`],
        [
          / checkout -q /,
          () => {
            head = now
            return ''
          },
        ],
        [/^git|GIT_SSH_COMMAND|coxswain-begun/, ''],
      ],
    }
  }
  const task = gitCheckout({ repo, dest: '/srv/app', version: 'main' })
  const show = ({ before, commit }: { before: string | undefined; commit: string }) => `${before} ${commit}`
  assert.equal(await arrives(task, host(old), show), ['changed', `${old} ${now}`])
  assert.equal(await arrives(task, host(now), show), ['ok', `${now} ${now}`])
})

test('http-request: the status and the body, also parsed', async () => {
  const host = (answer: string): World => ({ patterns: [[/curl -q/, answer]] })
  const get = httpRequest({ url: 'http://api/' })
  assert.equal(
    await arrives(
      get,
      host('{"n":[7]}\n200'),
      ({ status, json }) => `${status} ${json(z.object({ n: z.array(z.number()) })).n[0]}`,
    ),
    ['ok', '200 7'],
  )
  const post = httpRequest({ url: 'http://api/', method: 'POST', body: 'x' })
  assert.equal(
    await arrives(
      post,
      host('HTTP/1.1 201 Created\r\nLocation: /7\r\n\r\nmade 7\n201'),
      ({ status, headers, body }) => `${status} ${headers['location']} ${body}`,
    ),
    ['changed', '201 /7 made 7'],
  )
})

test('container: its runtime and image', async () => {
  const inspect = JSON.stringify([
    {
      Image: 'sha256:i1',
      State: { Running: true, Status: 'running', ExitCode: 0 },
      Config: { Labels: { 'coxswain.config': '' }, Env: [] },
    },
  ])
  let made = ''
  const world: World = {
    patterns: [
      [
        sentPattern('tasks/system/containers/find.sh'),
        () =>
          `docker\ni1\n${made === '' ? '' : inspect.replace('"coxswain.config":""', `"coxswain.config":${JSON.stringify(made)}`)}\n`,
      ],
      [
        /^docker create/,
        ({ script: text }) => {
          made = /'--label=coxswain\.config=(.*?)' --/.exec(text)?.[1] ?? ''
          return ''
        },
      ],
      [/^docker/, ''],
    ],
  }
  const task = container({ name: 'web', image: 'nginx:1' })
  const show = ({ runtime, image, running }: { runtime: string; image: string; running: boolean }) =>
    `${runtime} ${image} ${running}`
  assert.equal(await arrives(task, world, show), ['changed', 'docker i1 true'])
  assert.equal(await arrives(task, world, show), ['ok', 'docker i1 true'])
})
