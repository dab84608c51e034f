import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import { replace, replaced } from '../../../tasks/files/replace.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('replace')
const path = '/etc/app.conf'

const after = async (text: string, params: Omit<Parameters<typeof replace>[0], 'path'>): Promise<unknown> => {
  const run = await rehearse(replace({ path, ...params }), { files: { [path]: text } })
  if (run.error !== undefined) throw run.error
  return run.files.get(path)?.content.toString()
}

test('every match is replaced, with groups, and ^ and $ match at line ends', async () => {
  assert.is(await after('a=1\nb=1\nxa=1\n', { regexp: '^(a|b)=1$', replacement: '$1=2' }), 'a=2\nb=2\nxa=1\n')
  assert.is(await after('a b\n', { regexp: ' b' }), 'a\n')
})

test('only between two limits; if a limit does not match, nothing is replaced', async () => {
  const text = '[a]\np=1\n[b]\np=1\n[c]\np=1\n'
  const params = { regexp: 'p=1', replacement: 'p=2' }
  assert.is(
    await after(text, { ...params, after: '^\\[b\\]', before: '^\\[' }),
    '[a]\np=1\n[b]\np=2\n[c]\np=1\n',
  )
  assert.is(await after(text, { ...params, after: '^\\[d\\]' }), text)
  assert.is(await after(text, { ...params, before: 'nowhere' }), text)
})

test('characters beyond U+FFFF are one character, and never split', async () => {
  assert.is(
    await after('status: \u{1F525}x\n', { regexp: 'status: .x', replacement: 'status: ok' }),
    'status: ok\n',
  )
  assert.is(await after('a\u{1F480}b\n', { regexp: '[^-a-z\\n]', replacement: '-' }), 'a-b\n')
  // a pattern that is valid only in the older mode
  assert.is(await after('{{ x }}\n', { regexp: '{{ x }}', replacement: 'y' }), 'y\n')
  assert.is(await after('a-b_c\n', { regexp: 'a\\-b\\_', replacement: 'x' }), 'xc\n')
  await rejects(
    () => after('{\u{1F525}\n', { regexp: '{.', replacement: 'x' }),
    'task-failed',
    'would split a character of the file',
  )
})

test('a group in the syntax of sed is refused', () => {
  for (const replacement of ['p: \\1', 'p: \\g<name>'])
    assert.throws(() => replace({ path, regexp: 'p: (.*)', replacement }), /a group is written \$1/)
})

test('without a match it is ok', async () => {
  const run = await rehearse(replace({ path, regexp: 'x', replacement: 'y' }), { files: { [path]: 'a\n' } })
  assert.is(run.outcome, 'ok')
})

test('an edit that would change the file at every run is refused before anything is written', async () => {
  const cases = [
    ['a', 'aa', 'a\n'],
    ['$', '!', 'a\n'],
    ['o*', '0', 'foo\n'],
    ['ab', 'b', 'aab\n'],
  ] as const
  for (const [regexp, replacement, text] of cases) {
    const run = await rehearse(replace({ path, regexp, replacement }), { files: { [path]: text } })
    assert.match(String(run.error), 'the same edit would change /etc/app.conf again at the next run')
    assert.match(isCoxswainError(run.error) ? run.error.hint : '', '(?! ssl)')
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.is(run.files.get(path)?.content.toString(), text)
  }
})

test('an invalid pattern, and a missing file', async () => {
  await rejects(() => after('a', { regexp: '(' }), 'params-invalid', 'not a regular expression: (')
  const run = await rehearse(replace({ path, regexp: 'a' }), {})
  assert.match(String(run.error), 'the file /etc/app.conf does not exist')
})

test('a command can validate the new content, and the old one can be kept', async () => {
  const task = replace({ path, regexp: 'a', replacement: 'b', validate: 'test -s %s', backup: true })
  const run = await rehearse(task, { files: { [path]: 'a\n' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.throws(() => replace({ path, regexp: 'a', validate: 'true' }), /write %s once/)
})

test('in a CRLF file, $ matches before the line break, and a pattern with \\r matches it', async () => {
  const text = 'port = 1\r\nx\r\n\r\ny\r\n'
  assert.is(
    await after(text, { regexp: '^port = [^\\n]*$', replacement: 'port = 2' }),
    'port = 2\r\nx\r\n\r\ny\r\n',
  )
  assert.is(await after(text, { regexp: '1\\nx', replacement: '2\nz' }), 'port = 2\r\nz\r\n\r\ny\r\n')
  assert.is(await after(text, { regexp: '\\r\\n', replacement: '\n' }), 'port = 1\nx\n\ny\n')
  assert.is(await after('a\r\nb\n', { regexp: '\\r$' }), 'a\nb\n')
  assert.is(await after('\u{FEFF}a\r\n', { regexp: '^a$', replacement: 'b' }), '\u{FEFF}b\r\n')
})

test('groups are expanded like in String.replace', () => {
  const given = { path, create: false, regexp: '(?<k>\\w+)=(\\d)', replacement: '$2=$<k>$$$&$3$10' }
  const text = 'a=1\n'
  assert.is(replaced(text, given), text.replace(/(?<k>\w+)=(\d)/, given.replacement))
})

test('a group written as ${1} is refused if the pattern has groups, and is text otherwise', () => {
  assert.throws(() => replace({ path: '/x', regexp: '(a)b', replacement: '${1}0' }), /a group is written \$1/)
  replace({ path: '/x', regexp: 'ab', replacement: 'echo "${1}"' })
  replace({ path: '/x', regexp: '(a)b', replacement: '$1 "$${1}"' })
})
