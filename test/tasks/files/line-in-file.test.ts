import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { edited, lineInFile } from '../../../tasks/files/line-in-file.ts'
import { suite } from '../../support/spec.ts'

const test = suite('line-in-file')

const given = { path: '/x', state: 'present', create: false } as const

const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')

test('where a line goes', () => {
  const text = 'a=1\nb=2\nc=3\n'
  assert.is(edited(text, { ...given, line: 'd=4' }), 'a=1\nb=2\nc=3\nd=4\n')
  assert.is(edited(text, { ...given, line: 'b=2' }), text)
  assert.is(edited(text, { ...given, line: 'b=9', regexp: '^b=' }), 'a=1\nb=9\nc=3\n')
  assert.is(edited(text, { ...given, line: 'd=4', insertAfter: '^a' }), 'a=1\nd=4\nb=2\nc=3\n')
  assert.is(edited(text, { ...given, line: 'd=4', insertBefore: '^a' }), 'd=4\na=1\nb=2\nc=3\n')
  assert.is(
    edited(text, { path: '/x', create: false, state: 'absent', regexp: '^[ab]', line: undefined }),
    'c=3\n',
  )
  assert.is(edited('', { ...given, line: 'd=4' }), 'd=4\n')
})

test('a file that is not there is made only when told', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a', create: true }), {})
  assert.is(run.files.get('/x')?.content, 'a\n')
  assert.match(
    String((await rehearse(lineInFile({ path: '/x', line: 'a' }), {})).error),
    'there is no file /x',
  )
  assert.is((await rehearse(lineInFile({ path: '/x', line: 'a', state: 'absent' }), {})).outcome, 'ok')
})

test('what makes no sense is refused', () => {
  assert.throws(() => lineInFile({ path: '/x' }), /a line is needed/)
  assert.throws(() => lineInFile({ path: '/x', line: 'a\nb' }), /no newline/)
  assert.throws(() => edited('a', { ...given, line: 'b', regexp: '(' }), /not a regular expression/)
})

test('a file that is no UTF-8 is left alone', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a' }), { files: { '/x': { content: latin } } })
  assert.match(String(run.error), '/x is no UTF-8')
  assert.equal(run.files.get('/x')?.content, latin)
})
