import * as assert from 'uvu/assert'
import { recapLines } from '../../engine/report/recap.ts'
import { suite } from '../support/spec.ts'
import { commandFailed, recapOf, runEnd } from './run-events.ts'

const test = suite('the recap')
const format = { check: false, color: false, width: 80 }

test('hosts, totals, plays that did not run, and what to do next', () =>
  assert.equal(
    recapLines(
      runEnd({
        recap: [
          recapOf('m1', { ok: 10, changed: 2 }),
          recapOf('master-22', { ok: 9, changed: 1, failed: 1 }),
        ],
        notRun: ['the other masters join', 'the workers join'],
        seconds: 12.4,
      }),
      format,
    ),
    [
      'recap      ok  changed  skipped  failed  unreachable',
      'm1         10        2        0       0            0',
      'master-22   9        1        0       1            0',
      'total      19        3        0       1            0',
      '',
      '2 hosts in 12.4 s: 19 ok, 3 changed, 1 failed',
      'not run: the other masters join, the workers join',
      'next: fix the failures on master-22, then run again; completed changes are kept',
    ],
  ))

test('a check shows what would change, and that nothing was changed', () =>
  assert.equal(
    recapLines(runEnd({ recap: [recapOf('m1', { ok: 1, 'would change': 2, unknown: 1 })] }), {
      ...format,
      check: true,
    }),
    [
      'recap     ok  would change  unknown  skipped  failed  unreachable',
      'm1         1             2        1        0       0            0',
      '',
      '1 host in 1.5 s: 1 ok, 2 would change, 1 unknown (check: nothing was changed)',
      'next: nothing was changed; run without --check to apply the changes',
    ],
  ))

test('a check without changes has no next step', () =>
  assert.is(
    recapLines(runEnd(), { ...format, check: true }).at(-1),
    '2 hosts in 1.5 s: 3 ok (check: nothing was changed)',
  ))

test('unreachable hosts come first in the next steps', () =>
  assert.equal(
    recapLines(
      runEnd({
        recap: [
          recapOf('m1', { unreachable: 1 }),
          recapOf('m2', { failed: 1 }),
          recapOf('m3', { failed: 1 }),
        ],
      }),
      format,
    ).slice(-2),
    [
      'next: check the connection to m1, then run again',
      'next: fix the failures on m2, m3, then run again; completed changes are kept',
    ],
  ))

test('a check that was stopped does not suggest a run without --check', () => {
  const lines = recapLines(
    runEnd({
      recap: [recapOf('m1', { 'would change': 1 })],
      stopped: commandFailed({ code: 'internal' }),
    }),
    { ...format, check: true },
  )
  assert.not.match(lines.join('\n'), /next:/)
})

test('an interrupted task is not called a failure to fix', () => {
  const stopped = commandFailed({ code: 'interrupted' })
  const lines = recapLines(runEnd({ recap: [recapOf('m1', { failed: 1 })], stopped }), format)
  assert.is(lines.at(-1), '1 host in 1.5 s: 1 failed')
})

test('a run stopped by an error still lists failed hosts', () => {
  const recap = [recapOf('m1', { failed: 1 })]
  const lines = recapLines(runEnd({ recap, stopped: commandFailed({ code: 'internal' }) }), format)
  assert.match(lines.at(-1) ?? '', 'next: fix the failures on m1')
})

test('a run without tasks says so', () =>
  assert.is(recapLines(runEnd({ recap: [recapOf('m1')] }), format).at(-1), '1 host in 1.5 s: nothing to do'))

test('a long host name leaves room for the numbers', () => {
  const recap = [recapOf(`master.${'x'.repeat(80)}.example.com`, { ok: 1, 'would change': 1 })]
  const lines = recapLines(runEnd({ recap }), { ...format, check: true })
  assert.is(lines[0]?.length, 80)
  assert.is(lines[1]?.length, 80)
  assert.match(lines[1] ?? '', /^master\.x+… {3}1 /)
})

test('with few rows, hosts without changes share one, and a failed host keeps its own', () => {
  const recap = [
    recapOf('a', { ok: 5 }),
    recapOf('b', { ok: 4, changed: 1 }),
    recapOf('c', { ok: 5 }),
    recapOf('d', { ok: 4, failed: 1 }),
    recapOf('e', { ok: 5 }),
  ]
  const first = (rows: number) =>
    recapLines(runEnd({ recap }), { ...format, rows })
      .slice(0, -3)
      .map((line) => line.split(/ {2,}/)[0])
  assert.equal(first(5), ['recap', 'a', 'b', 'c', 'd', 'e', 'total'])
  assert.equal(first(3), ['recap', 'b', 'd', '3 other hosts', 'total'])
  assert.equal(first(1), ['recap', 'd', '4 other hosts', 'total'])
  const table = recapLines(runEnd({ recap }), { ...format, rows: 3 })
  assert.is(table[3], '3 other hosts  15        0        0       0            0')
})

test('rescued and ignored have a column only if they occurred', () => {
  const [head, row] = recapLines(runEnd({ recap: [recapOf('m1', { ok: 3, rescued: 1 })] }), format)
  assert.is(head, 'recap     ok  changed  skipped  rescued  failed  unreachable')
  assert.is(row, 'm1         3        0        0        1       0            0')
  const [both, , , last] = recapLines(runEnd({ recap: [recapOf('m1', { rescued: 1, ignored: 2 })] }), {
    ...format,
    check: true,
  })
  assert.is(both, 'recap  ok  would change  unknown  skipped  rescued  ignored  failed  unreachable')
  assert.is(last, '1 host in 1.5 s: 1 rescued, 2 ignored (check: nothing was changed)')
})

test('handlers that are due are listed', () => {
  const due = { m1: ['restart haproxy'], m2: ['reload\nsshd', 'restart haproxy'] }
  assert.equal(recapLines(runEnd({ due }), format).slice(-2), [
    'due: restart haproxy on m1,m2 (runs in the next run)',
    'due: reload sshd on m2 (runs in the next run)',
  ])
})

test('on a narrow terminal, columns of zeros are omitted first, then the table', () => {
  const recap = [recapOf('master-1', { ok: 12, changed: 3 }), recapOf('master-2', { ok: 14, failed: 1 })]
  const table = (width: number) => recapLines(runEnd({ recap }), { ...format, width }).slice(0, 4)
  assert.equal(table(40), [
    'recap     ok  changed  failed',
    'master-1  12        3       0',
    'master-2  14        0       1',
    'total     26        3       1',
  ])
  assert.equal(table(24), [
    'recap',
    'master-1: 12 ok, 3 changed',
    'master-2: 14 ok, 1 failed',
    'total: 26 ok, 3 changed, 1 failed',
  ])
})

test('a column is as wide as its longest number', () => {
  const recap = [recapOf('m1', { ok: 1552, changed: 1 }), recapOf('m2', { ok: 9 })]
  assert.equal(recapLines(runEnd({ recap }), format).slice(0, 4), [
    'recap       ok  changed  skipped  failed  unreachable',
    'm1        1552        1        0       0            0',
    'm2           9        0        0       0            0',
    'total     1561        1        0       0            0',
  ])
})

test('zeros are dim, the others have the colour of their outcome', () => {
  const [, row] = recapLines(runEnd({ recap: [recapOf('m1', { failed: 1 })] }), { ...format, color: true })
  assert.is(
    row,
    `m1        \x1b[2m 0\x1b[22m  \x1b[2m      0\x1b[22m  \x1b[2m      0\x1b[22m  \x1b[31m     1\x1b[39m  \x1b[2m          0\x1b[22m`,
  )
})

test('the recap suggests --resume if possible, but not under --check', () => {
  const failed = runEnd({ recap: [recapOf('m1', { failed: 1 })] })
  const cut = runEnd({ stopped: commandFailed({ code: 'interrupted' }) })
  const lastOf = (event: typeof failed, resumable: boolean, check = false): string | undefined =>
    recapLines(event, { check, color: false, width: 80, resumable }).at(-1)
  const next = 'next: fix the failures on m1, then run again'
  assert.is(lastOf(failed, true), `${next}; --resume continues from here; completed changes are kept`)
  assert.is(lastOf(failed, false), `${next}; completed changes are kept`)
  assert.is(lastOf(failed, true, true), next, 'nothing was changed')
  assert.is(lastOf(cut, true), 'next: --resume continues from here')
  assert.not.match(lastOf(cut, false) ?? '', 'next:')
})
