/** The known_hosts file of this machine, when other users control a part of its path. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
} from 'node:fs'
import * as assert from 'uvu/assert'
import { appendKnownHost } from '../../engine/connection/ssh/known-hosts-file.ts'
import { folderOf } from '../support/folder.ts'
import { linkOf, modeOf, other } from '../support/owners.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('known_hosts of this machine', { needs: ['root'] })
const { at, write } = folderOf(test)
const mode = (name: string): string => modeOf(at(name))

test.before(() => {
  chmodSync(at('.'), 0o755)
  for (const name of ['victim', 'pub', 'own']) mkdirSync(at(name))
  write('victim/f', 'precious\n')
  chownSync(at('pub'), other, other)
  for (const [name, target] of [
    ['to-folder', at('victim')],
    ['to-file', at('victim/f')],
    ['to-nothing', at('victim/new')],
  ] as const) {
    linkOf(other, target, at(`pub/${name}`))
  }
  linkSync(at('victim/f'), at('pub/hard'))
})

test('no key is written through a link of another user, nor to a file with a second hard link', async () => {
  for (const name of ['to-folder/known_hosts', 'to-folder/.ssh/known_hosts', 'to-file', 'to-nothing'])
    await rejects(
      () => appendKnownHost(at(`pub/${name}`), 'a ssh-ed25519 AAAA'),
      'host-key-unknown',
      'is a link that other users of this machine control',
    )
  await rejects(() => appendKnownHost(at('pub/hard'), 'a ssh-ed25519 AAAA'), 'host-key-unknown', 'hard link')
  assert.equal(readdirSync(at('victim')), ['f'])
  assert.is(readFileSync(at('victim/f'), 'utf8'), 'precious\n')
})

test('a new file is readable only by its owner; links of the acting user are followed and kept', async () => {
  await appendKnownHost(at('own/.ssh/known_hosts'), 'a ssh-ed25519 AAAA')
  assert.equal([mode('own/.ssh'), mode('own/.ssh/known_hosts')], ['700', '600'])
  symlinkSync('.ssh/known_hosts', at('own/link'))
  chmodSync(at('own/.ssh/known_hosts'), 0o640)
  await appendKnownHost(at('own/link'), 'b ssh-ed25519 BBBB')
  assert.is(readFileSync(at('own/.ssh/known_hosts'), 'utf8'), 'a ssh-ed25519 AAAA\nb ssh-ed25519 BBBB\n')
  assert.ok(lstatSync(at('own/link')).isSymbolicLink())
  assert.is(mode('own/.ssh/known_hosts'), '640')
  symlinkSync('round', at('own/round'))
  await rejects(() => appendKnownHost(at('own/round'), 'c'), 'host-key-unknown', 'link to itself')
})

test('a key that does not fit on the disk is not written in part', { needs: ['mounts'] }, async () => {
  mkdirSync(at('small'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', at('small')])
  try {
    const before = `# ${'x'.repeat(4087)}\n`
    write('small/known_hosts', before)
    await rejects(
      () => appendKnownHost(at('small/known_hosts'), 'a ssh-ed25519 AAAA'),
      'host-key-unknown',
      'the disk is full',
    )
    assert.is(readFileSync(at('small/known_hosts'), 'utf8'), before)
  } finally {
    execFileSync('umount', [at('small')])
  }
})
