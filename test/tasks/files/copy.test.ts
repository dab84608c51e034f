import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('copy')

const folder = folderOf(test)

test('bytes as they are, told by their sums', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const task = copy({ src: folder.write('bytes', bytes), dest: '/opt/bytes', mode: '0755' })
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
    String((await rehearse(copy({ src: folder.at('none'), dest: '/x' }), {})).error),
    'cannot read',
  )
  assert.match(String((await rehearse(copy({ src: folder.path, dest: '/x' }), {})).error), 'is no file')
})
