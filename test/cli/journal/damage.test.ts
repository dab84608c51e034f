/** With any damage to the file of a run, the next run starts and uses what is still readable. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { usualRetention } from '../../../engine/cli/journal/folder.ts'
import { newHeader } from '../../../engine/cli/journal/header.ts'
import { openJournal } from '../../../engine/cli/journal/journal.ts'
import { remember } from '../../../engine/cli/journal/memory.ts'
import { linesOf } from '../../../engine/cli/journal/read-lines.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, touch, usual } from '../../run/site.ts'

const test = suite('damaged journals')
const temporary = folderOf(test)
const subject = { playbook: 'site.ts', inventory: ['hosts.yaml'], within: null }
const plain = { limit: undefined, tags: [], skipTags: [], check: false }
let count = 0

const failing = await run(
  (play) => [
    play('p', {
      hosts: 'all',
      tasks: () => [touch({ path: '/1' }, { notify: 'h' }), fails()],
      handlers: () => ({ h: touch({ path: '/h' }) }),
    }),
  ],
  { hosts: { a: usual } },
)

/** Records a run in which a handler stays due. Returns its file. */
const record = async (folder: string): Promise<string> => {
  const warn = (text: string): never => assert.unreachable(text) as never
  const journal = openJournal({
    folder,
    header: newHeader(subject, plain, []),
    retention: usualRetention,
    warn,
  })
  if (journal === undefined) throw new Error('no journal')
  for (const event of failing.events) journal.record(event)
  await journal.close(2)
  const name = readdirSync(folder)
    .toSorted()
    .findLast((one) => one.endsWith('.jsonl'))
  return join(folder, name ?? '')
}
const due = (folder: string): string[] =>
  remember(folder, subject).due.map(({ run: number, handler }) => `${handler} of ${number}`)

const firstLine = (path: string): string => readFileSync(path, 'utf8').split('\n')[0] ?? ''

/** Kinds of damage to a file. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  'cut in the middle of its header': (path) => truncateSync(path, Math.floor(firstLine(path).length / 2)),
  'cut to nothing': (path) => truncateSync(path, 0),
  garbage: (path) => writeFileSync(path, 'what is this\n'.repeat(1000)),
  binary: (path) =>
    writeFileSync(path, Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 256))),
  NULs: (path) => writeFileSync(path, Buffer.alloc(1_000_000)),
  'one line without end': (path) => writeFileSync(path, Buffer.alloc(80_000_000, 'x')),
  'a header without end': (path) =>
    writeFileSync(path, Buffer.concat([Buffer.from('{"type":"journal",'), Buffer.alloc(80_000_000, 'x')])),
  'a header and a line without end': (path) =>
    writeFileSync(path, Buffer.concat([Buffer.from(`${firstLine(path)}\n`), Buffer.alloc(80_000_000, 'x')])),
  'wrong types': (path) =>
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll(/"(pid|host|play|due)":("[^"]*"|\d+|\[\])/g, '"$1":{"a":[null]}'),
    ),
  'another version': (path) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"format":\d+/, '"format":77')),
  'another playbook': (path) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace('"playbook":"site.ts"', '"playbook":"b.ts"')),
  'a folder in its place': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'a pipe in its place': (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
  },
  'a link in its place': (path) => {
    rmSync(path)
    symlinkSync('/dev/zero', path)
  },
}

for (const [name, damage] of Object.entries(damages))
  test(`${name}: at most one warning, and the next run is recorded`, async () => {
    const folder = temporary.at(`state-${(count += 1)}`)
    await record(folder)
    damage(await record(folder))
    const complete = name === 'a header and a line without end'
    const { warnings, past } = remember(folder, subject)
    assert.is(warnings.length, 1)
    assert.match(
      warnings.join(),
      complete
        ? /the journal of run 2 is damaged \(1 line\): it can have due handlers/
        : /the journal of run 2 is ignored: .*; its due handlers/,
    )
    // the state of the run before it is still known
    assert.equal(due(folder), ['h of 1'])
    assert.is(past().warnings.length, complete ? 1 : 0)
    await record(folder)
    assert.equal(due(folder), ['h of 1', 'h of 3'])
  })

test('a journal cut at any byte keeps each handler due if its change can have begun', async () => {
  const folder = temporary.at(`state-${(count += 1)}`)
  const path = await record(folder)
  const text = readFileSync(path)
  const begins = text.indexOf('"handlers-due"')
  const known = text.indexOf('\n', begins)
  assert.ok(begins > 0)
  for (let size = firstLine(path).length + 1; size <= text.length; size += 7) {
    writeFileSync(path, text.subarray(0, size))
    const left = due(folder)
    // the change begins after the line is on the disk
    if (size > known) assert.equal(left, ['h of 1'], String(size))
  }
})

test('a line that is too long is skipped, and the others are read', () => {
  const path = temporary.write('lines', `one\n${'x'.repeat(200_000)}\ntwo\n\nthree`)
  const met = { tooLong: 0, ended: true }
  assert.equal([...linesOf(path, met, 1000)], ['one', 'two', '', 'three'])
  assert.equal(met, { tooLong: 1, ended: false })
  // a character split across two reads is read correctly
  const wide = temporary.write('wide', `${'ä'.repeat(100_001)}\n`)
  assert.equal([...linesOf(wide)], ['ä'.repeat(100_001)])
  assert.is(statSync(wide).size, 200_003)
})
