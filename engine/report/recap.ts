import type { Outcome, RunEnd } from '../run/events.ts'
import { duration } from './paint.ts'
import type { Paint } from './paint.ts'
import { outcomeStyles } from './outcome.ts'

/** Columns of the table; the ones in brackets only show when somebody has one. */
const columns: readonly Outcome[] = [
  'ok',
  'changed',
  'would change',
  'unknown',
  'skipped',
  'failed',
  'unreachable',
]
const always = new Set<Outcome>(['ok', 'changed', 'failed', 'unreachable'])

/** The end of a run: a line for each host, what was not run, and how long it took. */
export const formatRecap = ({ recap, notRun, seconds }: RunEnd, check: boolean, paint: Paint): string => {
  const shown = columns.filter((outcome) => {
    if (recap.some(({ counts }) => counts[outcome] > 0)) return true
    return outcome === 'changed' && check ? false : always.has(outcome)
  })
  const width = Math.max(4, ...recap.map(({ host }) => host.length))
  const lines = recap.map(({ host, counts }) => {
    const cells = shown.map((outcome) => {
      const cell = `${outcome}=${counts[outcome]}`.padEnd(outcome.length + 4)
      return counts[outcome] === 0 ? paint('dim', cell) : paint(outcomeStyles[outcome], cell)
    })
    return `  ${host.padEnd(width)}  ${cells.join(' ')}`.trimEnd()
  })
  const skipped = notRun.map((play) => `  not run: ${play}`)
  const note = check ? ', nothing was changed (--check)' : ''
  return [paint('bold', 'recap'), ...lines, ...skipped, `${duration(seconds)}${note}`].join('\n')
}
