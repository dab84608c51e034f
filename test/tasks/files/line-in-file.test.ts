import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { edited, lineInFile } from '../../../tasks/files/line-in-file.ts'
import { suite } from '../../support/spec.ts'

const test = suite('line-in-file')

const given = { path: '/x', state: 'present', create: false } as const

const latin = Buffer.from('gr\u{F6}\u{DF}er\n', 'latin1')

test('the position of a line', () => {
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

test('a missing file is created only with create=true', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a', create: true }), {})
  assert.is(run.files.get('/x')?.content, 'a\n')
  assert.match(
    String((await rehearse(lineInFile({ path: '/x', line: 'a' }), {})).error),
    'the file /x does not exist',
  )
  assert.is((await rehearse(lineInFile({ path: '/x', line: 'a', state: 'absent' }), {})).outcome, 'ok')
})

test('parameters that contradict each other are refused', () => {
  assert.throws(() => lineInFile({ path: '/x' }), /a line is needed/)
  assert.throws(() => lineInFile({ path: '/x', line: 'a\nb' }), /not contain a newline/)
  assert.throws(() => edited('a', { ...given, line: 'b', regexp: '(' }), /not a regular expression/)
})

test('bytes that are not UTF-8 stay, and are shown escaped', async () => {
  const run = await rehearse(lineInFile({ path: '/x', line: 'a' }), { files: { '/x': { content: latin } } })
  assert.equal(run.files.get('/x')?.content, Buffer.concat([latin, Buffer.from('a\n')]))
  assert.equal(run.changes, [{ what: '/x', from: 'gr\\xF6\\xDFer\n', to: 'gr\\xF6\\xDFer\na\n' }])
})

test('UTF-16 is refused', async () => {
  const wide = Buffer.from('\u{FEFF}a\n', 'utf16le')
  const run = await rehearse(lineInFile({ path: '/x', line: 'a' }), { files: { '/x': { content: wide } } })
  assert.match(String(run.error), '/x is UTF-16 text')
  assert.equal(run.files.get('/x')?.content, wide)
})

test('CRLF lines are matched without their line breaks, and new lines get the same', () => {
  const text = 'UMASK 022\r\nX 1\r\n'
  assert.is(edited(text, { ...given, regexp: '^UMASK .*$', line: 'UMASK 027' }), 'UMASK 027\r\nX 1\r\n')
  assert.is(edited(text, { ...given, line: 'X 1' }), text)
  assert.is(edited(text, { ...given, line: 'Y 1' }), `${text}Y 1\r\n`)
  assert.is(edited(text, { ...given, regexp: ' 1$', state: 'absent', line: undefined }), 'UMASK 022\r\n')
})

test('BOF and EOF are positions, and a byte order mark stays at the start', () => {
  assert.is(edited('a\nb\n', { ...given, line: 'x', insertBefore: 'BOF' }), 'x\na\nb\n')
  assert.is(edited('a\nb\n', { ...given, line: 'x', insertAfter: 'EOF' }), 'a\nb\nx\n')
  assert.is(edited('\u{FEFF}a\n', { ...given, line: 'x', insertBefore: 'BOF' }), '\u{FEFF}x\na\n')
  assert.is(edited('\u{FEFF}a\n', { ...given, line: 'b', regexp: '^a$' }), '\u{FEFF}b\n')
})

test('a missing last newline stays missing, unless a line follows', () => {
  assert.is(edited('a=1\nb=2', { ...given, line: 'a=9', regexp: '^a=' }), 'a=9\nb=2')
  assert.is(edited('a=1\nb=2', { ...given, line: 'b=9', regexp: '^b=' }), 'a=1\nb=9')
  assert.is(edited('a=1\r\nb=2', { ...given, line: 'c=3' }), 'a=1\r\nb=2\r\nc=3\r\n')
})

test('groups of the match in the new line', () => {
  const refs = { ...given, backrefs: true }
  assert.is(
    edited('a = 1 # c\n', { ...refs, regexp: '^(a = )\\d+(?<rest>.*)', line: '$12$<rest>' }),
    'a = 2 # c\n',
  )
  assert.is(edited('a\n', { ...refs, regexp: '^b', line: '$&' }), 'a\n')
  assert.is(edited('a\n', { ...given, regexp: '^a', line: 'PATH=$1' }), 'PATH=$1\n')
  assert.throws(
    () => lineInFile({ path: '/x', line: '\\1', regexp: 'a', backrefs: true }),
    /a group is written \$1/,
  )
  assert.throws(() => lineInFile({ path: '/x', line: '$1', backrefs: true }), /backrefs needs a regexp/)
})

test('a group written as ${1} would lose the match, and is refused; $$ is a dollar sign', () => {
  const refs = { path: '/x', backrefs: true, regexp: '^(port=)\\d+' }
  for (const line of ['${1}60', 'x ${1}', '$$${1}', '\\g<1>60'])
    assert.throws(
      () => lineInFile({ ...refs, line }),
      /a group is written \$1 \(or \$01 before a digit\)/,
      line,
    )
  assert.is(edited('port=1\n', { ...given, ...refs, line: '$0160' }), 'port=60\n')
  assert.is(edited('port=1\n', { ...given, ...refs, line: '$1$${1}' }), 'port=${1}\n')
  lineInFile({ ...refs, regexp: '^port=', line: 'port=${1}' })
  lineInFile({ path: '/x', regexp: '^(port=)', line: 'port=${1}' })
})

test('an edit that would change the file at every run is refused before anything is written', async () => {
  const cases = [
    // grows by a group
    [{ line: '$1 x', regexp: '^(a.*)$', backrefs: true }, 'a\n'],
    // does not match itself, and would replace the line above at the next run
    [{ line: 'new', regexp: '^old' }, 'old 1\nold 2\n'],
  ] as const
  for (const [params, text] of cases) {
    const run = await rehearse(lineInFile({ path: '/x', ...params }), { files: { '/x': text } })
    assert.match(String(run.error), 'the same edit would change /x again at the next run')
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.is(run.files.get('/x')?.content.toString(), text)
  }
})
