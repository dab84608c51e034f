import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { suite } from '../../support/spec.ts'

const test = suite('copy')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-files-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const local = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('bytes as they are, told by their sums', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const task = copy({ src: local('bytes', bytes), dest: '/opt/bytes', mode: '0755' })
  const run = await rehearse(task, {})
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(Buffer.from(run.files.get('/opt/bytes')?.content ?? ''), bytes)
  assert.match(String(run.changes[0]?.to), /^5 bytes, sha256 [0-9a-f]{12}…$/)
  const same = await rehearse(task, { files: { '/opt/bytes': { content: bytes, mode: '0644' } } })
  assert.equal(
    same.changes.map(({ what }) => what),
    ['mode of /opt/bytes'],
  )
  assert.match(
    String((await rehearse(copy({ src: join(folder, 'none'), dest: '/x' }), {})).error),
    'cannot read',
  )
  assert.match(String((await rehearse(copy({ src: folder, dest: '/x' }), {})).error), 'is no file')
})
