import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { isCoxswainError } from '../../../engine/errors.ts'
import { inputBytes } from '../../../engine/connection/input.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { crontabOf } from '../../../tasks/system/cron-tables/tables.ts'
import { cron, withEntry } from '../../../tasks/system/cron.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cron')
const entry = { name: 'clean', schedule: '15 3 * * *', command: 'clean --all', state: 'present' } as const
const marked = (text: string): string => `# BEGIN coxswain: clean\n${text}# END coxswain: clean\n`
const lines = marked('15 3 * * * clean --all\n')

/** A host with one crontab. */
const host = (before: string | undefined, user = ''): World & { now: () => string | undefined } => {
  let text = before
  return {
    now: () => text,
    patterns: [
      [/^crontab( -u \S+)? -l$/, () => text ?? { code: 1, stderr: 'no crontab for root' }],
      [
        new RegExp(`^crontab${user === '' ? '' : ` -u ${user}`} -$`),
        async ({ stdin }) => {
          text = (await inputBytes(stdin))?.toString() ?? ''
          return ''
        },
      ],
    ],
  }
}

test('an entry is added, changed in place, and removed', () => {
  assert.is(withEntry('', entry), lines)
  assert.is(withEntry('MAILTO=x\n@daily y\n', entry), `MAILTO=x\n@daily y\n${lines}`)
  assert.is(
    withEntry(`${lines}@daily y\n`, { ...entry, schedule: '@hourly' }),
    `${marked('@hourly clean --all\n')}@daily y\n`,
  )
  assert.is(withEntry(`${lines}@daily y\n`, { ...entry, state: 'absent' }), '@daily y\n')
  assert.is(withEntry(lines, entry), lines)
})

test('lines of others stay, whatever happens to our entry', () => {
  for (const left of [marked(''), '# BEGIN coxswain: clean\n', '# END coxswain: clean\n']) {
    assert.match(withEntry(`${left}@daily y\n`, { ...entry, state: 'absent' }), '@daily y\n')
    const again = withEntry(`${left}@daily y\n`, entry)
    assert.match(again, '@daily y\n')
    assert.match(again, lines)
    assert.is(withEntry(again, entry), again)
  }
})

test('the crontab of the acting user, and of another one', async () => {
  const own = host(undefined)
  const run = await rehearse(cron(entry), own)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands, { check: ['crontab -l'], apply: ['crontab -'] })
  assert.is(own.now(), lines)
  const other = await rehearse(cron({ ...entry, user: 'ann' }), host('', 'ann'))
  assert.equal(other.commands.apply, ['crontab -u ann -'])
  assert.is((await rehearse(cron(entry), host(lines))).outcome, 'ok')
})

test('without cron the check is unknown and the run fails', async () => {
  const run = await rehearse(cron(entry), { replies: { 'crontab -l': { code: 127 } } })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'crontab(1) is not installed on the host')
})

test('without cron there is nothing to remove', async () => {
  const run = await rehearse(cron({ name: 'x', state: 'absent' }), {
    replies: { 'crontab -l': { code: 127 } },
  })
  assert.is(run.outcome, 'ok')
})

const inFile = { ...entry, file: 'ours' } as const
const path = '/etc/cron.d/ours'
const fileLines = marked('15 3 * * * root clean --all\n')
const folder = { '/etc/cron.d': { type: 'directory', content: '' } } as const
const replies = { 'id -u root': '0\n', 'id -u ann': { code: 1 } }

test('in a file of cron.d each entry names its user; removing the last entry removes the file', async () => {
  const made = await rehearse(cron(inFile), { files: folder, replies })
  assert.is(made.outcome, 'changed', String(made.error))
  assert.equal(made.changes, [{ what: path, from: undefined, to: fileLines }])
  const { content, mode, owner } = made.files.get(path) ?? {}
  assert.equal([content, mode, owner], [fileLines, '0644', 'root'])
  const absent = cron({ name: 'clean', file: 'ours', state: 'absent' })
  const gone = await rehearse(absent, { files: { ...folder, [path]: fileLines } })
  assert.not.ok(gone.files.has(path))
  const rest = await rehearse(absent, { files: { ...folder, [path]: `PATH=/bin\n${fileLines}` } })
  assert.is(rest.files.get(path)?.content, 'PATH=/bin\n')
})

test('a file that others can write is ignored by cron: owner and mode are corrected', async () => {
  const files = (mode: string, owner = 'root') => ({ ...folder, [path]: { content: fileLines, mode, owner } })
  for (const wrong of [files('0664'), files('0646'), files('0644', 'ann')]) {
    const run = await rehearse(cron(inFile), { files: wrong, replies })
    assert.is(run.changes[0]?.what, `owner and mode of ${path}`)
    assert.equal([run.files.get(path)?.mode, run.files.get(path)?.owner], ['0644', 'root'])
  }
  const closed = await rehearse(cron({ ...inFile, schedule: '@daily' }), { files: files('0600'), replies })
  assert.is(closed.files.get(path)?.mode, '0600')
  assert.is((await rehearse(cron(inFile), { files: files('0600'), replies })).outcome, 'ok')
})

test('a missing folder or user: the check is unknown and the run fails', async () => {
  const nowhere = await rehearse(cron(inFile), { replies })
  assert.is(nowhere.predicted, 'unknown')
  assert.match(String(nowhere.error), 'the folder /etc/cron.d does not exist on the host')
  const noUser = await rehearse(cron({ ...inFile, user: 'ann' }), { files: folder, replies })
  assert.is(noUser.predicted, 'unknown')
  assert.match(String(noUser.error), 'the user ann does not exist')
})

test('a file name that cron ignores, and a schedule that makes it ignore the file, are refused', async () => {
  for (const file of ['ours.cron', 'a/b', '', 'a b'])
    await rejects(() => cron({ ...entry, file }), 'params-invalid', 'letters, digits, - and _ only')
  await rejects(() => cron({ ...inFile, schedule: '0 24 * * *' }), 'params-invalid', 'the hour cannot be 24')
})

test('an invalid schedule, and two lines, are refused', async () => {
  await rejects(() => cron({ ...entry, schedule: '15 3 * * 9' }), 'params-invalid', 'the weekday cannot be 9')
  await rejects(() => cron({ ...entry, schedule: 'daily' }), 'params-invalid', 'five fields')
  await rejects(() => cron({ ...entry, command: 'a\nb' }), 'params-invalid', 'a command must be one line')
  await rejects(() => cron({ name: 'x' }), 'params-invalid', 'command and schedule are required')
})

test('schedules can have several blanks and all names that cron knows', () => {
  for (const schedule of ['@midnight', '@annually', '0  3 *\t* *', ' @daily '])
    assert.is(cron({ ...entry, schedule }).name, 'cron', schedule)
  assert.is(withEntry('', { ...entry, schedule: '0  3 * * *' }), marked('0  3 * * * clean --all\n'))
})

test('a crontab with bytes that are not UTF-8 keeps them', async () => {
  let bytes: Buffer = Buffer.from('# gr\xfc\xdfe \xff\r\n@daily y\n', 'latin1')
  const before = bytes
  // scripted output is text, not bytes
  const remote = createRemote({
    description: 'crontab',
    execute: async ({ script, stdin }) => {
      if (script.endsWith(' -')) bytes = await inputBytes(stdin)
      const hex = bytes.toString('hex').replaceAll(/../g, ' $&')
      const stdout = script.includes('od -An') ? Buffer.from(hex) : bytes
      return { code: 0, stdout, stderr: Buffer.alloc(0), dropped: 0 }
    },
    close: async () => {},
  })
  const table = crontabOf(undefined)
  await table.write(remote, `${(await table.read(remote)) ?? ''}@hourly x\n`)
  assert.equal(bytes, Buffer.concat([before, Buffer.from('@hourly x\n')]))
})

test('a table with CRLF lines is a clear error: cron would run the carriage return', async () => {
  const windows = `MAILTO=x\n@daily y\r\n${lines}`
  const run = await rehearse(cron(entry), host(windows))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'crontab: line 2 ends with CRLF')
  const ours = await rehearse(cron(entry), host(lines.replaceAll('\n', '\r\n')))
  assert.match(String(ours.error), 'line 1 ends with CRLF')
  const table = await rehearse(cron(inFile), {
    files: { [path]: { content: '@daily root y\r\n', mode: '0644' } },
    replies: { 'id -u root': '0' },
  })
  assert.match(String(table.error), `${path}: line 1 ends with CRLF`)
  assert.match(String(isCoxswainError(table.error) && table.error.hint), `sed -i 's/\\r$//' ${path}`)
  const gone = host(windows)
  assert.is((await rehearse(cron({ ...entry, state: 'absent' }), gone)).outcome, 'changed')
  assert.is(gone.now(), 'MAILTO=x\n@daily y\r\n')
})

test('an entry that is disabled is a comment', async () => {
  const comment = marked('#15 3 * * * clean --all\n')
  assert.is(withEntry(lines, { ...entry, disabled: true }), comment)
  assert.is(withEntry(comment, entry), lines)
  assert.is(
    withEntry('', { ...entry, disabled: true, file: 'jobs' }),
    marked('#15 3 * * * root clean --all\n'),
  )
  const own = host(lines)
  assert.is((await rehearse(cron({ ...entry, disabled: true }), own)).outcome, 'changed')
  assert.is(own.now(), comment)
})

test('variables are above the entries', async () => {
  const given = { name: 'clean', state: 'present' } as const
  const variables = { PATH: '/usr/bin:/bin', MAILTO: '', A: ' b ', B: `a"b` }
  const block = marked(`PATH=/usr/bin:/bin\nMAILTO=""\nA=" b "\nB=a"b\n`)
  assert.is(withEntry('@daily y\n', { ...given, variables }), `${block}@daily y\n`)
  assert.is(withEntry(`${block}@daily y\n`, { ...given, state: 'absent' }), '@daily y\n')
  assert.is((await rehearse(cron({ ...given, variables }), host('@daily y\n'))).outcome, 'changed')
  const refused: readonly (readonly [object, string])[] = [
    [{ variables, command: 'x', schedule: '@daily' }, 'an entry of their own'],
    [{ variables, disabled: true }, 'an entry of their own'],
    [{ variables: { 'a b': 'c' } }, 'must have names of letters, digits and _ only'],
    [{ variables: { A: `"'` } }, 'quotes of one kind only'],
    [{ variables: { A: 'b\nc' } }, 'one line'],
    [{ command: 'x' }, 'command and schedule are required, or variables'],
  ]
  for (const [more, words] of refused)
    await rejects(() => cron({ ...given, ...more }), 'params-invalid', words)
})
