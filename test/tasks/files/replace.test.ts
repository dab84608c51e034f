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

test('every match is replaced, with groups, and lines have ends', async () => {
  assert.is(await after('a=1\nb=1\nxa=1\n', { regexp: '^(a|b)=1$', replacement: '$1=2' }), 'a=2\nb=2\nxa=1\n')
  assert.is(await after('a b\n', { regexp: ' b' }), 'a\n')
})

test('only between two limits; where one is not there, nothing', async () => {
  const text = '[a]\np=1\n[b]\np=1\n[c]\np=1\n'
  const params = { regexp: 'p=1', replacement: 'p=2' }
  assert.is(
    await after(text, { ...params, after: '^\\[b\\]', before: '^\\[' }),
    '[a]\np=1\n[b]\np=2\n[c]\np=1\n',
  )
  assert.is(await after(text, { ...params, after: '^\\[d\\]' }), text)
  assert.is(await after(text, { ...params, before: 'nowhere' }), text)
})

test('characters beyond U+FFFF are one character, and never cut in two', async () => {
  assert.is(
    await after('status: \u{1F525}x\n', { regexp: 'status: .x', replacement: 'status: ok' }),
    'status: ok\n',
  )
  assert.is(await after('a\u{1F480}b\n', { regexp: '[^-a-z\\n]', replacement: '-' }), 'a-b\n')
  // what only the older rules take for a pattern
  assert.is(await after('{{ x }}\n', { regexp: '{{ x }}', replacement: 'y' }), 'y\n')
  assert.is(await after('a-b_c\n', { regexp: 'a\\-b\\_', replacement: 'x' }), 'xc\n')
  await rejects(
    () => after('{\u{1F525}\n', { regexp: '{.', replacement: 'x' }),
    'task-failed',
    'would split a character of the file',
  )
})

test('a group as sed writes it is refused', () => {
  for (const replacement of ['p: \\1', 'p: \\g<name>'])
    assert.throws(() => replace({ path, regexp: 'p: (.*)', replacement }), /a group is written \$1/)
})

test('where nothing matches all is well', async () => {
  const run = await rehearse(replace({ path, regexp: 'x', replacement: 'y' }), { files: { [path]: 'a\n' } })
  assert.is(run.outcome, 'ok')
})

test('what would change at every run is refused before anything is written', async () => {
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
    assert.equal([run.foretold, run.outcome], ['failed', 'failed'])
    assert.is(run.files.get(path)?.content.toString(), text)
  }
})

test('a pattern that is none, and a file that is not there', async () => {
  await rejects(() => after('a', { regexp: '(' }), 'params-invalid', 'not a regular expression: (')
  const run = await rehearse(replace({ path, regexp: 'a' }), {})
  assert.match(String(run.error), 'the file /etc/app.conf does not exist')
})

test('a command may look at the new content first, and the old one be kept', async () => {
  const task = replace({ path, regexp: 'a', replacement: 'b', validate: 'test -s %s', backup: true })
  const run = await rehearse(task, { files: { [path]: 'a\n' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.throws(() => replace({ path, regexp: 'a', validate: 'true' }), /write %s once/)
})

test('in a file of CRLF lines end where they end, and a pattern that names \\r sees it', async () => {
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

test('groups are expanded as String.replace does it', () => {
  const given = { path, create: false, regexp: '(?<k>\\w+)=(\\d)', replacement: '$2=$<k>$$$&$3$10' }
  const text = 'a=1\n'
  assert.is(replaced(text, given), text.replace(/(?<k>\w+)=(\d)/, given.replacement))
})

test('a group written as ${1} is refused where the pattern has groups, and text elsewhere', () => {
  assert.throws(() => replace({ path: '/x', regexp: '(a)b', replacement: '${1}0' }), /a group is written \$1/)
  replace({ path: '/x', regexp: 'ab', replacement: 'echo "${1}"' })
  replace({ path: '/x', regexp: '(a)b', replacement: '$1 "$${1}"' })
})
