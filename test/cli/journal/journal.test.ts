import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { isRunning, recordedRuns } from '../../../engine/cli/journal/files.ts'
import { retentionOf, stateFolder, usualRetention } from '../../../engine/cli/journal/folder.ts'
import { newHeader, subjectOf, withoutValues } from '../../../engine/cli/journal/header.ts'
import type { Subject } from '../../../engine/cli/journal/header.ts'
import type { Retention } from '../../../engine/cli/journal/folder.ts'
import { openJournal } from '../../../engine/cli/journal/journal.ts'
import { fileOfRun, listingOf, subjectHash } from '../../../engine/cli/journal/names.ts'
import { remember } from '../../../engine/cli/journal/memory.ts'
import { linesInto } from '../../../engine/cli/journal/line-file.ts'
import type { Journal } from '../../../engine/cli/journal/journal.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { run, say, usual } from '../../run/site.ts'

const test = suite('journal')
const temporary = folderOf(test)
const plain = { limit: undefined, tags: [], skipTags: [], check: false }
let count = 0
const fresh = (): string => temporary.at(`state-${(count += 1)}`)

const subjectNamed = (playbook: string): Subject => ({ playbook, inventory: ['hosts.yaml'], within: null })
const subject = subjectNamed('site.ts')
const nameOf = (number: number, playbook = 'site.ts'): string =>
  fileOfRun(number, subjectHash(subjectNamed(playbook)), false)
const keeping = (keep: number): Retention => ({ ...usualRetention, keep })

const open = (folder: string, { playbook = 'site.ts', keep = 50 } = {}): Journal => {
  const header = newHeader(subjectNamed(playbook), plain, [playbook, '-e', 'token=abc'])
  const warn = (text: string): never => assert.unreachable(text) as never
  const journal = openJournal({ folder, header, retention: keeping(keep), warn })
  if (journal === undefined) throw new Error('no journal')
  return journal
}

const events = async (): Promise<RunEvent[]> =>
  (
    await run((play) => [play('one', { hosts: 'web', tasks: () => [say({ text: 'hi' })] })], {
      hosts: { a: usual },
    })
  ).events

const textOf = (folder: string, number: number): string => readFileSync(join(folder, nameOf(number)), 'utf8')
const typesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [String(JSON.parse(line).type)]))

test('the state folder follows XDG', () => {
  assert.is(stateFolder({ XDG_STATE_HOME: '/var/s' }), '/var/s/coxswain')
  const usualFolder = join(homedir(), '.local/state/coxswain')
  assert.is(stateFolder({}), usualFolder)
  assert.is(stateFolder({ XDG_STATE_HOME: 'relative' }), usualFolder)
})

test('the number of kept runs can be set; invalid numbers are refused', () => {
  assert.equal(
    [undefined, '3', '0', 'x', '1.5'].map((COXSWAIN_STATE_KEEP) => retentionOf({ COXSWAIN_STATE_KEEP }).keep),
    [50, 3, 50, 50, 50],
  )
  assert.equal(retentionOf({ COXSWAIN_STATE_DAYS: '7', COXSWAIN_STATE_MIB: '10' }), {
    keep: 50,
    days: 7,
    mib: 10,
  })
})

test('names of files contain number and subject; other files are ignored', () => {
  const hash = subjectHash(subject)
  assert.match(hash, /^[0-9a-f]{16}$/)
  assert.is(fileOfRun(12, hash, false), `000012-${hash}.jsonl`)
  const names = [
    fileOfRun(1_234_567, hash, true),
    fileOfRun(12, hash, false),
    '000013.claim',
    '000009.jsonl',
    '12.jsonl',
    'notes.txt',
    'key',
  ]
  const { runs, claims, foreign, last } = listingOf(names)
  assert.equal(
    runs.map((one) => [one.run, one.subject === hash, one.check]),
    [
      [12, true, false],
      [1_234_567, true, true],
    ],
  )
  assert.equal([claims, foreign, last], [[13], ['000009.jsonl'], 1_234_567])
})

test('values of the command line are not recorded: they can be secrets', () => {
  const maps = withoutValues([
    '-e',
    '{"token": "abc"}',
    '-e{token: abc}',
    '--extra-vars={token: abc}',
    ' {a: abc}',
  ])
  assert.equal(maps, ['-e', '{…', '-e{…', '--extra-vars=…', ' {…'])
  assert.equal(withoutValues(['site.ts', '-e', 'token=a=b\nc', '--limit', 'web']), [
    'site.ts',
    '-e',
    'token=…',
    '--limit',
    'web',
  ])
})

test('a subject has absolute paths of files, and other words unchanged', () => {
  assert.equal(subjectOf('package.json#x', { inventory: ['tsconfig.json', 'h1,h2,'], within: undefined }), {
    playbook: `${process.cwd()}/package.json#x`,
    inventory: [`${process.cwd()}/tsconfig.json`, 'h1,h2,'],
    within: null,
  })
})

test('a run is recorded from header to end, readable only by its owner', async () => {
  const folder = fresh()
  const journal = open(folder)
  const all = await events()
  for (const event of all) journal.record(event)
  await journal.close(0)
  const text = textOf(folder, 1)
  assert.equal(typesOf(text), ['journal', ...all.map(({ type }) => type), 'journal-end'])
  assert.not.match(text, 'abc')
  assert.is(statSync(folder).mode & 0o777, 0o700)
  assert.is(statSync(join(folder, nameOf(1))).mode & 0o777, 0o600)
  const [recorded] = recordedRuns(folder)
  assert.equal([recorded?.trailer?.exit, recorded?.trailer?.hosts, recorded?.trailer?.changed], [0, 1, 1])
})

test('a folder that others can read gets mode 700', async () => {
  const folder = fresh()
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  await open(folder).close(0)
  assert.is(statSync(folder).mode & 0o777, 0o700)
})

test('a change is written at once, other events soon', async () => {
  const folder = fresh()
  const journal = open(folder)
  const all = await events()
  for (const event of all) {
    journal.record(event)
    if (event.type === 'task-end') break
  }
  // no timer could run so far
  assert.is(typesOf(textOf(folder, 1)).at(-1), 'task-end')
  await journal.close(0)
})

test('concurrent runs get different, increasing numbers', async () => {
  const folder = fresh()
  const [first, second] = [open(folder), open(folder)]
  assert.equal([first.run, second.run], [1, 2])
  await second.close(0)
  await first.close(0)
  assert.is(open(folder).run, 3)
})

test('a run with a truncated last line is read, and counts as killed', async () => {
  const folder = fresh()
  const journal = open(folder)
  await journal.close(2)
  const path = join(folder, nameOf(1))
  const [header = ''] = textOf(folder, 1).split('\n')
  writeFileSync(path, `${header.replace(`"pid":${process.pid}`, '"pid":999999999')}\n{"type":"run-st`)
  const [recorded] = recordedRuns(folder)
  assert.is(recorded?.trailer, undefined)
  assert.is(recorded && isRunning(recorded), false)
})

test('a run that has not ended counts as running while its process lives', async () => {
  const folder = fresh()
  const journal = open(folder)
  assert.equal(recordedRuns(folder).map(isRunning), [true])
  await journal.close(0)
  assert.equal(recordedRuns(folder).map(isRunning), [false])
})

test('a long header or end is read completely', async () => {
  const folder = fresh()
  const playbook = 'x'.repeat(40_000)
  await open(folder, { playbook }).close(0)
  const [recorded] = recordedRuns(folder)
  assert.is(recorded?.header.playbook, playbook)
  assert.is(recorded?.trailer?.exit, 0)
})

test('old runs of the same playbook and inventory are removed, those of others stay', async () => {
  const folder = fresh()
  await open(folder, { playbook: 'other.ts', keep: 2 }).close(0)
  for (let times = 0; times < 4; times += 1) await open(folder, { keep: 2 }).close(0)
  appendFileSync(join(folder, 'notes.txt'), 'mine')
  assert.equal(
    recordedRuns(folder).map(({ header }) => header.run),
    [1, 4, 5],
  )
  assert.ok(readdirSync(folder).includes('notes.txt'))
})

test('a due handler outlives the journal of the run that notified it', async () => {
  const folder = fresh()
  const time = Date.now()
  const begin: RunEvent = {
    type: 'run-start',
    time,
    playbook: 'site',
    check: false,
    hosts: ['a'],
    plays: ['p'],
    invocation: undefined,
  }
  const task = { id: 1, host: 'a', play: 0, position: 0, name: 't', title: 't', role: 'task' } as const
  const ref = { ...task, handler: undefined, on: undefined }
  const first = open(folder, { keep: 1 })
  first.record(begin)
  first.record({ type: 'handlers-due', time, task: ref, handlers: ['h'] })
  await first.close(2)
  for (let times = 0; times < 2; times += 1) await open(folder, { keep: 1 }).close(0)
  assert.equal(readdirSync(folder), [nameOf(3)])
  const due = (): string[] => remember(folder, subject).due.map(({ handler }) => handler)
  assert.equal(due(), ['h'])
  const served = open(folder, { keep: 1 })
  served.record(begin)
  const handler = { ...ref, role: 'handler', handler: 'h' } as const
  served.record({ type: 'task-start', time, task: handler })
  served.record({
    type: 'task-end',
    time,
    task: handler,
    outcome: 'changed',
    changes: [],
    why: undefined,
    error: undefined,
    seconds: 0,
  })
  await served.close(0)
  assert.equal(readdirSync(folder), [nameOf(4)])
  assert.equal(due(), [])
})

test('a run records which others were running when it began', async () => {
  const folder = fresh()
  await open(folder).close(0)
  const [one, two] = [open(folder), open(folder)]
  await one.close(0)
  await two.close(0)
  assert.equal(
    recordedRuns(folder).map(({ header }) => header.beside),
    [[], [], [2]],
  )
})

test('a file of another format is not read, with a warning', async () => {
  const folder = fresh()
  await open(folder).close(0)
  const text = textOf(folder, 1)
  writeFileSync(join(folder, nameOf(1)), text.replace('"format":2', '"format":99'))
  assert.equal(recordedRuns(folder), [])
  assert.match(remember(folder, subject).warnings.join('\n'), 'the journal of run 1 is ignored')
  await open(folder, { keep: 5 }).close(0)
  assert.equal(
    recordedRuns(folder).map(({ header }) => header.run),
    [2],
  )
  assert.equal(remember(folder, subject).warnings, [])
})

test('journals of an earlier version are not read, with a warning', () => {
  const folder = fresh()
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, '000007.jsonl'), '{"type":"journal","format":1}\n')
  assert.match(remember(folder, subject).warnings.join('\n'), '1 journals of an earlier version')
  assert.is(open(folder).run, 8)
})

test('a state folder that cannot be created is a warning', () => {
  const warnings: string[] = []
  const folder = join(temporary.write('file', ''), 'coxswain')
  const header = newHeader({ playbook: 'p', inventory: [], within: null }, plain, [])
  assert.is(
    openJournal({ folder, header, retention: usualRetention, warn: (text) => warnings.push(text) }),
    undefined,
  )
  assert.is(warnings.length, 1)
  assert.match(warnings[0] ?? '', 'not recorded')
  assert.match(warnings[0] ?? '', 'ENOTDIR')
})

test('a read-only state folder is a warning, not an endless wait', () => {
  const words: string[] = []
  const header = newHeader({ playbook: 'p', inventory: [], within: null }, plain, [])
  const warn = (text: string): number => words.push(text)
  assert.is(
    openJournal({ folder: '/proc/nowhere/coxswain', header, retention: usualRetention, warn }),
    undefined,
  )
  assert.match(words.join('\n'), 'not recorded')
})

test('the target of a link keeps its mode', async () => {
  const [target, folder] = [fresh(), fresh()]
  mkdirSync(target)
  chmodSync(target, 0o755)
  symlinkSync(target, folder)
  await open(folder).close(0)
  assert.is(statSync(target).mode & 0o777, 0o755)
})

test('a process with the PID of a killed run is not that run', () => {
  const folder = fresh()
  open(folder)
  const text = textOf(folder, 1)
  writeFileSync(join(folder, nameOf(1)), text.replace(/"process":"[^"]*"/, '"process":"another boot 1"'))
  assert.equal(recordedRuns(folder).map(isRunning), [process.platform !== 'linux'])
})

test('a full disk is a warning, once', async () => {
  const warnings: string[] = []
  const file = linesInto(openSync('/dev/full', 'w'), (error) => warnings.push(String(error)))
  file.add('x', 'now')
  file.add('y', 'on disk')
  await file.close()
  assert.is(warnings.length, 1)
  assert.match(warnings[0] ?? '', 'ENOSPC')
})
