/** How a file is written: who can read it meanwhile, and its attributes afterwards. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { Secret } from '../../engine/secret.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('writing files')

const { at } = folderOf(test)
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const remote = createRemote(shellConnection())

/** A remote whose shell prints every change of owner and mode before making it. */
const observed = () => {
  const log = at('log')
  writeFileSync(log, '')
  const spy = (name: string): string => `${name}() { echo "${name} $1" >>'${log}'; command ${name} "$@"; }`
  return {
    remote: createRemote({
      ...shellConnection(),
      execute: (request) =>
        shellConnection().execute({
          ...request,
          script: [spy('chown'), spy('chmod'), request.script].join('\n'),
        }),
    }),
    steps: () => readFileSync(log, 'utf8').trim().split('\n'),
  }
}

test(
  'a secret file is private from its first byte on: one chown, then one chmod',
  { needs: ['root'] },
  async () => {
    const { remote: watched, steps } = observed()
    await watched.write(at('key'), new Secret('k'), { mode: '0600', owner: '0', group: '0' })
    assert.equal(steps(), ['chown 0:0', 'chmod 00600'])
    assert.is(mode(at('key')), '0600')
  },
)

test('a readable file that becomes a secret is not readable in between', { needs: ['root'] }, async () => {
  writeFileSync(at('open'), 'old')
  chmodSync(at('open'), 0o644)
  const { remote: watched, steps } = observed()
  await watched.write(at('open'), new Secret('k'), { mode: '0600' })
  assert.equal(steps(), ['chown 0:0', 'chmod 00600'])
  assert.is(mode(at('open')), '0600')
})

test(
  'set-user-id stays if only the owner is given, for a write and for attributes',
  { needs: ['root'] },
  async () => {
    writeFileSync(at('tool'), 'old')
    chmodSync(at('tool'), 0o4755)
    await remote.write(at('tool'), 'new', { owner: '65534' })
    assert.is(mode(at('tool')), '4755')
    assert.equal([statSync(at('tool')).uid, statSync(at('tool')).gid], [65_534, 0])
    await remote.setAttributes(at('tool'), { owner: '0' })
    assert.equal([mode(at('tool')), statSync(at('tool')).uid], ['4755', 0])
  },
)

test(
  'attributes that are not given stay: the group with an owner, the owner with a group',
  { needs: ['root'] },
  async () => {
    writeFileSync(at('shared'), 'old')
    chownSync(at('shared'), 1, 2)
    await remote.write(at('shared'), 'new', { owner: '3' })
    assert.equal([statSync(at('shared')).uid, statSync(at('shared')).gid], [3, 2])
    await remote.write(at('shared'), 'newer', { group: '4' })
    assert.equal([statSync(at('shared')).uid, statSync(at('shared')).gid], [3, 4])
    await remote.write(at('fresh'), 'new', { group: '4' })
    assert.equal([statSync(at('fresh')).uid, statSync(at('fresh')).gid, mode(at('fresh'))], [0, 4, '0644'])
  },
)

test('a directory is not replaced, and no temporary file remains in it', async () => {
  mkdirSync(at('folder'))
  symlinkSync(at('folder'), at('to-folder'))
  for (const name of ['folder', 'to-folder']) {
    const error = await rejects(() => remote.write(at(name), 'x'), 'write-failed', 'cannot write')
    assert.match(error.output ?? '', `${at('folder')} is a directory, no regular file`)
    assert.match(error.hint, 'move it away')
  }
  assert.equal(readdirSync(at('folder')), [])
})

test('devices, pipes and sockets are not replaced', { needs: ['root'] }, async () => {
  // devices of our own: a bug here must not replace /dev/null of this machine
  execFileSync('mknod', [at('null'), 'c', '1', '3'])
  execFileSync('mkfifo', [at('pipe')])
  const server = createServer().listen(at('socket'))
  await once(server, 'listening')
  try {
    const cases = { [at('null')]: 'a device', [at('pipe')]: 'a named pipe', [at('socket')]: 'a socket' }
    for (const [path, kind] of Object.entries(cases)) {
      const error = await rejects(() => remote.write(path, 'x'), 'write-failed', `cannot write ${path}`)
      assert.match(error.output ?? '', `${path} is ${kind}, no regular file`)
      assert.is((await remote.stat(path))?.type, 'other')
    }
  } finally {
    server.close()
  }
})

test(
  'a backup never replaces another, even within a second and with the next name taken',
  { needs: ['root'] },
  async () => {
    const still = createRemote({
      ...shellConnection(),
      execute: (request) =>
        shellConnection().execute({
          ...request,
          script: `date() { echo 2026-01-31T12:00:00Z; }\n${request.script}`,
        }),
    })
    for (const owner of [0, 65_534]) {
      const folder = at(`backups-${owner}`)
      mkdirSync(folder)
      chownSync(folder, owner, owner)
      writeFileSync(`${folder}/f`, 'first')
      chmodSync(`${folder}/f`, 0o640)
      symlinkSync('nowhere', `${folder}/f.2026-01-31T12:00:00Z.2~`)
      for (const text of ['second', 'third']) {
        await still.write(`${folder}/f`, text, { backup: true, mode: '0600' })
      }
      const [first, second] = ['', '.3'].map((count) => `${folder}/f.2026-01-31T12:00:00Z${count}~`)
      assert.equal(
        [first, second].map((path) => readFileSync(path ?? '', 'utf8')),
        ['first', 'second'],
      )
      assert.equal(
        [first, second].map((path) => mode(path ?? '')),
        ['0640', '0600'],
      )
      assert.is(readdirSync(folder).length, 4)
    }
  },
)

test('a link is not created inside an existing directory', async () => {
  mkdirSync(at('taken'))
  const error = await rejects(
    () => remote.link(at('taken'), '/target'),
    'write-failed',
    'cannot make the link',
  )
  assert.match(error.output ?? '', `${at('taken')} is a directory, no link`)
  assert.equal(readdirSync(at('taken')), [])
  symlinkSync(at('taken'), at('turned'))
  await remote.link(at('turned'), '/target')
  assert.is((await remote.stat(at('turned')))?.target, '/target')
})

test('only regular files have a text and a sum, and a pipe does not block', async () => {
  execFileSync('mkfifo', [at('still')])
  const error = await rejects(() => remote.read(at('still')), 'read-failed', 'cannot read')
  assert.match(error.output ?? '', `${at('still')} is a named pipe, no regular file`)
  await rejects(() => remote.sha256(at('folder')), 'read-failed', 'cannot read')
})

test('the error for a link into a missing folder, or to itself, names its target', async () => {
  symlinkSync(at('gone/file'), at('lost'))
  const error = await rejects(() => remote.write(at('lost'), 'x'), 'write-failed', 'cannot write')
  assert.match(error.output ?? '', `${at('lost')} is a link to ${at('gone/file')}, which leads nowhere`)
  assert.match(error.hint, 'create the folder that the link points into')
  symlinkSync(at('circle'), at('circle'))
  const circle = await rejects(() => remote.write(at('circle'), 'x'), 'write-failed', 'cannot write')
  assert.match(circle.output ?? '', 'which leads nowhere')
})

test(
  'an owner that cannot be set below a folder is an error, even if the mode can be set',
  { needs: ['root'] },
  async () => {
    mkdirSync(at('below/sub'), { recursive: true })
    writeFileSync(at('below/f'), '')
    chmodSync(at('below/f'), 0o600)
    for (const names of [['./f'], ['./sub'], ['./sub', './f']])
      await rejects(
        () => remote.setAttributesBelow(at('below'), names, { owner: 'nosuch', mode: '0644' }),
        'write-failed',
        'cannot change files in',
      )
    assert.is(mode(at('below/f')), '0600')
    await remote.setAttributesBelow(at('below'), ['./sub', './f'], { owner: '0', mode: '0640' })
    assert.equal([mode(at('below/f')), mode(at('below/sub'))], ['0640', '0640'])
  },
)
