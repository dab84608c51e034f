import * as assert from 'uvu/assert'
import { escaped, fieldsOf, withFstabEntry } from '../../../../tasks/system/mounts/fstab.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('fstab')
const isA = ([src]: readonly string[]): boolean => src === 'a'

test('blanks and backslashes of a field are escaped', () =>
  assert.is(escaped('a b\\c\td'), 'a\\040b\\134c\\011d'))

test('a comment and an empty line do not have fields', () => {
  assert.equal(fieldsOf(' # a b'), [])
  assert.equal(fieldsOf(''), [])
  assert.equal(fieldsOf(' a\t b '), ['a', 'b'])
})

test('an entry is added at the end, changed in place, and removed; all others stay unchanged', () => {
  const table = '# a\n\n  other  /x'
  assert.is(withFstabEntry(table, isA, ['a', '/b c']), '# a\n\n  other  /x\na /b\\040c\n')
  assert.is(withFstabEntry(`a 1\n${table}\na 2\n`, isA, ['a', '3']), `a 3\n${table}\n`)
  assert.is(withFstabEntry(`a 1\n${table}\n`, isA, undefined), `${table}\n`)
})

test('an up-to-date entry keeps its blanks and the end of the file, but a second one is removed', () => {
  assert.is(withFstabEntry('a\t1', isA, ['a', '1']), 'a\t1')
  assert.is(withFstabEntry('b', isA, undefined), 'b')
  assert.is(withFstabEntry('a\t1\na 2\n', isA, ['a', '1']), 'a\t1\n')
})

test('only the fields that differ change; the text around them stays', () => {
  const table = 'a\t/b  ext4 defaults  0 2 # disk\r\n'
  assert.is(withFstabEntry(table, isA, ['a', '/b', 'ext4', 'ro', '0', '2']), table.replace('defaults', 'ro'))
  assert.is(withFstabEntry(table, isA, ['a', '/b', 'ext4', 'defaults', '0', '2']), table)
  assert.is(withFstabEntry('a /b ext4 ro\n', isA, ['a', '/b', 'ext4', 'ro', '0', '0']), 'a /b ext4 ro\n')
  const noted = 'a /b tmpfs defaults # scratch, see ticket\n'
  const fields = ['a', '/b', 'tmpfs', 'defaults', '0', '0']
  assert.is(withFstabEntry(noted, isA, fields), noted)
  assert.is(withFstabEntry(noted, isA, fields.with(3, 'ro')), noted.replace('defaults', 'ro'))
  assert.is(
    withFstabEntry(noted, isA, fields.with(5, '2')),
    noted.replace('#', '0 2 #').replace('defaults ', 'defaults '),
  )
  assert.is(withFstabEntry('a /b x y 1 # c', isA, fields), 'a /b tmpfs defaults 0 # c')
  assert.equal(fieldsOf('//nas/a#1 /b x y #c 1'), ['//nas/a#1', '/b', 'x', 'y'])
  assert.is(withFstabEntry('a /b ext4 ro\n', isA, ['a', '/b', 'ext4', 'ro', '0', '1']), 'a /b ext4 ro 0 1\n')
})
