import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { Memo } from '../../../../engine/run/memo.ts'
import { localFile, localSum } from '../../../../tasks/files/content/local-file.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('local files')
const folder = folderOf(test)
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')

test('the sum of a file is computed once per run, and again if the file changed', async () => {
  const memo = new Memo()
  let made = 0
  const once = <Value>(key: string, make: () => Promise<Value>): Promise<Value> =>
    memo.get(key, () => {
      made += 1
      return make()
    })
  const path = folder.write('f', 'one')
  const sums = await Promise.all([localSum({ once }, path), localSum({ once }, path)])
  assert.equal([...sums, made], [sumOf('one'), sumOf('one'), 1])
  // with the same size
  folder.write('f', 'two')
  assert.equal([(await localFile({ once }, path)).sha256, made], [sumOf('two'), 2])
  folder.write('g', 'two')
  await localSum({ once }, folder.at('g'))
  assert.is(made, 3)
})
