import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { claimRun } from '../../../engine/cli/journal/claim.ts'
import { usualRetention } from '../../../engine/cli/journal/folder.ts'
import { newHeader } from '../../../engine/cli/journal/header.ts'
import { openJournal } from '../../../engine/cli/journal/journal.ts'
import { remember } from '../../../engine/cli/journal/memory.ts'
import { claimOf, fileOfRun, listingOf, subjectHash } from '../../../engine/cli/journal/names.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('numbers of runs')
const temporary = folderOf(test)
const subject = { playbook: 'site.ts', inventory: ['hosts.yaml'], within: null }
const hash = subjectHash(subject)
const other = subjectHash({ ...subject, playbook: 'other.ts' })
let count = 0

/** A state folder with files of these names. */
const folderWith = (...names: string[]): string => {
  const folder = temporary.at(`state-${(count += 1)}`)
  fs.mkdirSync(folder, { mode: 0o700 })
  for (const name of names) fs.writeFileSync(join(folder, name), '')
  return folder
}

const runsOf = (folder: string): number[] =>
  listingOf(fs.readdirSync(folder), hash).runs.map(({ run }) => run)

test('the search begins at the last known number', () => {
  const { run, listing } = claimRun(folderWith(fileOfRun(4, hash, false)), hash, 4)
  assert.is(run, 5)
  assert.equal(
    listing.runs.map((one) => one.run),
    [4],
  )
})

test('a run that began since then keeps its number, and is listed', () => {
  for (const name of [fileOfRun(6, hash, false), fileOfRun(6, hash, true), fileOfRun(6, other, false)]) {
    const folder = folderWith(fileOfRun(4, hash, false), name)
    const { run, listing } = claimRun(folder, hash, 4)
    assert.is(run, 7, name)
    assert.equal(
      listing.runs.map((one) => one.run),
      runsOf(folder),
    )
    // the number that it tried first is free
    assert.equal(
      fs.readdirSync(folder).filter((one) => one.endsWith('.claim')),
      [claimOf(7)],
    )
  }
})

test('a number that another run has just taken is not reused, and that run is listed', () => {
  const { run, listing } = claimRun(folderWith(fileOfRun(4, hash, false), claimOf(5)), hash, 4)
  assert.equal([run, listing.claims], [6, [5]])
})

test('a known number whose file was removed is not reused', () => {
  assert.is(claimRun(folderWith(fileOfRun(2, hash, false)), hash, 9).run, 10)
})

test('names are sorted by number, also with more than six digits, and other files are ignored', () => {
  const names = [
    fileOfRun(1_000_000, hash, false),
    fileOfRun(999_999, hash, true),
    `00x001-${hash}.jsonl`,
    `000001-${hash}-checked.jsonl`,
    `000001-${hash}.jsonl.part`,
    `${'9'.repeat(13)}-${hash}.jsonl`,
    `${'9'.repeat(13)}-${other}.jsonl`,
  ]
  const { runs, last } = listingOf(names, hash)
  assert.equal(
    runs.map(({ run, check }) => [run, check]),
    [
      [999_999, true],
      [1_000_000, false],
    ],
  )
  assert.is(last, 1_000_000)
})

test('the start of a run reads its state folder twice', () => {
  const folder = folderWith()
  const { readdirSync } = fs
  let readings = 0
  const counting = Object.assign((path: string) => {
    if (path === folder) readings += 1
    return readdirSync(path)
  }, readdirSync)
  Object.assign(fs, { readdirSync: counting })
  syncBuiltinESMExports()
  try {
    const { seen } = remember(folder, subject)
    const header = newHeader(subject, { limit: undefined, tags: [], skipTags: [], check: false }, [])
    const warn = (text: string): never => assert.unreachable(text) as never
    assert.is(openJournal({ folder, seen, header, retention: usualRetention, warn })?.run, 1)
  } finally {
    Object.assign(fs, { readdirSync })
    syncBuiltinESMExports()
  }
  assert.is(readings, 2)
})
