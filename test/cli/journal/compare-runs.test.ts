import * as assert from 'uvu/assert'
import { compareRuns } from '../../../engine/cli/journal/compare-runs.ts'
import { differenceLines } from '../../../engine/cli/journal/difference-text.ts'
import type { Outcome, RunEvent } from '../../../engine/run/events.ts'
import { runStart, taskEnd, taskRef } from '../../report/run-events.ts'
import { suite } from '../../support/spec.ts'

const test = suite('comparing runs')

type Row = readonly [host: string, title: string, outcome: Outcome, seconds?: number]

const events = (hosts: readonly string[], ...rows: readonly Row[]): RunEvent[] => [
  runStart({ hosts }),
  ...rows.map(([host, title, outcome, seconds = 1]) => taskEnd(taskRef(host, title), outcome, { seconds })),
]

test('small delays are not a difference', () => {
  const [before, after] = [3, 7.9].map((seconds) => events(['a'], ['a', 'x', 'ok', seconds]))
  assert.equal(compareRuns(before ?? [], after ?? []), [])
  assert.equal(differenceLines([], 1, 2), ['no differences in hosts, outcomes and times'])
})

test('hosts, outcomes, added and removed tasks; equal tasks are counted separately', () => {
  const before = events(
    ['a', 'b', 'old'],
    ['old', 'x', 'ok'],
    ['a', 'x', 'ok'],
    ['b', 'x', 'ok'],
    ['a', 'twice', 'changed'],
    ['a', 'twice', 'ok'],
    ['a', 'gone', 'ok'],
  )
  const after = events(
    ['a', 'b', 'new'],
    ['new', 'x', 'changed'],
    ['a', 'x', 'failed'],
    ['b', 'x', 'failed'],
    ['a', 'twice', 'changed'],
    ['a', 'twice', 'skipped'],
    ['b', 'more', 'ok'],
  )
  assert.equal(differenceLines(compareRuns(before, after), 11, 12), [
    'hosts only in run 11: old',
    'hosts only in run 12: new',
    'different outcomes:',
    '  every master is ready',
    '    x      ok -> failed             a, b',
    '    twice  ok -> skipped            a',
    '    more   (not in this run) -> ok  b',
    '    gone   ok -> (not in this run)  a',
  ])
})

test('slower means at least twice the time and 5 s more', () => {
  const before = events(['a'], ['a', 'x', 'ok', 4], ['a', 'y', 'ok', 10], ['a', 'z', 'ok', 0.1])
  const after = events(['a'], ['a', 'x', 'ok', 9.5], ['a', 'y', 'ok', 18], ['a', 'z', 'ok', 5])
  assert.equal(differenceLines(compareRuns(before, after), 1, 2), [
    'much slower:',
    '  every master is ready',
    '    x  4.0 s -> 9.5 s  a',
  ])
})
