/** Key files that cannot be read: a missing one, a folder, and any when this machine has no open files left. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readKeyFile } from '../../engine/connection/ssh/key-files.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('key files that cannot be read')
const folder = folderOf(test, 'coxswain-keys-')

test('only a missing key that the user named is reported as one', async () => {
  const { note, hint } = await readKeyFile(folder.at('none'), true, undefined)
  assert.is(note, `${folder.at('none')} does not exist`)
  assert.match(hint ?? '', 'private_key_file')
  assert.is((await readKeyFile(folder.at('none'), false, undefined)).note, undefined)
})

test('a key that is there and cannot be read is reported with the reason', async () => {
  folder.write('folder/inner', '')
  for (const named of [true, false]) {
    const { note, hint } = await readKeyFile(folder.at('folder'), named, undefined)
    assert.match(note ?? '', /cannot be read \(EISDIR/)
    assert.match(hint ?? '', 'let your user read')
  }
})

test('without free file descriptors a key or an agent is not taken for missing', () => {
  const probe = ['--conditions=source', '--import', 'tsx', join(import.meta.dirname, 'key-probe.ts')]
  const words = [process.execPath, ...probe, folder.write('id_key', ''), folder.at('agent')]
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -n 128; exec "$@"', 'sh', ...words], {
    encoding: 'utf8',
  })
  assert.is(stderr, '')
  const reported: unknown = JSON.parse(stdout)
  assert.ok(Array.isArray(reported))
  assert.is(reported.length, 3)
  for (const text of reported)
    assert.match(String(text), /^connect-failed: cannot (read|ask) .*EMFILE.*ulimit/)
})
