/** Folders of this machine that other users can change, and which links in them are followed. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import * as assert from 'uvu/assert'
import { enterLocalFolder } from '../../engine/connection/local-folder.ts'
import { rehearse } from '../../engine/testing.ts'
import { completeFile } from '../../engine/cli/session/report-file.ts'
import { fetch } from '../../tasks/files/fetch.ts'
import { folderOf } from '../support/folder.ts'
import { linkOf, other } from '../support/owners.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('folders of this machine', { needs: ['root'] })
const { at } = folderOf(test)

/** A folder of another user with a link to root's file, a folder of root, and one that every user can write to. */
test.before(() => {
  chmodSync(at('.'), 0o755)
  for (const name of ['victim', 'pub', 'pub/h', 'own', 'sticky', 'world']) mkdirSync(at(name))
  linkOf(other, at('victim'), at('pub/h/web1'))
  symlinkSync(at('victim'), at('pub/h/of-root'))
  for (const name of ['pub', 'pub/h']) chownSync(at(name), other, other)
  symlinkSync('../victim', at('own/link'))
  chmodSync(at('sticky'), 0o1777)
  symlinkSync(at('victim'), at('sticky/of-root'))
  linkOf(other, at('victim'), at('sticky/of-other'))
  chmodSync(at('world'), 0o777)
  symlinkSync(at('victim'), at('world/of-root'))
})

const enters = (path: string): number | undefined => {
  const folder = enterLocalFolder(path)
  const ino = folder === undefined ? undefined : statSync(`${folder.path}/.`).ino
  folder?.close()
  return ino
}

test('links of root are followed where only root and the acting user can create them; others are refused by name', () => {
  const victim = statSync(at('victim')).ino
  assert.equal([enters(at('own/link')), enters(at('sticky/of-root'))], [victim, victim])
  for (const name of ['pub/h/web1', 'pub/h/of-root', 'pub/h/web1/deeper', 'sticky/of-other', 'world/of-root'])
    assert.throws(
      () => enterLocalFolder(at(name), { make: true }),
      /is a link that other users of this machine control/,
    )
  assert.is(enterLocalFolder(at('own/none/deeper')), undefined)
})

test('an open folder stays the same if a link replaces it', () => {
  const folder = enterLocalFolder(at('pub/new/er'), { make: true })
  renameSync(at('pub/new/er'), at('pub/new/moved'))
  symlinkSync(at('victim'), at('pub/new/er'))
  if (process.platform === 'linux') writeFileSync(`${String(folder?.path)}/f`, 'x')
  folder?.close()
  assert.not(existsSync(at('victim/f')))
})

test('fetch, --report and init do not write through a link of another user', async () => {
  const task = fetch({ src: '/etc/hostname', dest: at('pub/h/web1/f'), flat: true })
  const run = await rehearse(task, { files: { '/etc/hostname': 'web1\n' } })
  assert.match(String(run.error), 'is a link that other users of this machine control')
  assert.not(existsSync(at('victim/f')))
  assert.throws(() => completeFile(at('pub/h/web1/r.html')), /cannot be written/)
  const made = await runCli(['init', at('pub/h/web1/site')])
  assert.is(made.status, 2, made.stderr)
  assert.not(existsSync(at('victim/site')))
})

test('a report is readable only by its owner', () => {
  completeFile(at('own/r.html'))('<p>')
  assert.is(readFileSync(at('own/r.html'), 'utf8'), '<p>')
  assert.is(statSync(at('own/r.html')).mode & 0o7777, 0o600)
})
