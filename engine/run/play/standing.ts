/** The standing of a host after a step. Pure. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Standing } from '../events.ts'

/** The standing of a host after an outcome. */
export const standingOf: Readonly<Record<Outcome, Standing>> = {
  ok: 'well',
  changed: 'well',
  skipped: 'well',
  ignored: 'well',
  'would change': 'well',
  unknown: 'well',
  failed: 'failed',
  rescued: 'failed',
  unreachable: 'unreachable',
}

/** The standing of a host during a play; `mistaken` if it failed by a mistake of the author, which no `rescue` is for. */
export type Course = Standing | 'mistaken'

/** The standing of a host that has ended a play. */
export const standingAfter = (course: Course): Standing => (course === 'mistaken' ? 'failed' : course)

const severity: readonly Course[] = ['well', 'stopped', 'failed', 'unreachable', 'mistaken']

/** The most severe of several standings. */
export const worst = (standings: readonly Course[]): Course =>
  standings.reduce<Course>(
    (severe, one) => (severity.indexOf(one) > severity.indexOf(severe) ? one : severe),
    'well',
  )
