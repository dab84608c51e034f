/** How a host stands after a step. Pure. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Standing } from '../events.ts'

/** How a task's outcome leaves its host. */
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

const graveness: readonly Standing[] = ['well', 'stopped', 'failed', 'unreachable']

/** The gravest of several. */
export const worst = (standings: readonly Standing[]): Standing =>
  standings.reduce<Standing>(
    (grave, one) => (graveness.indexOf(one) > graveness.indexOf(grave) ? one : grave),
    'well',
  )
