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

const severity: readonly Standing[] = ['well', 'stopped', 'failed', 'unreachable']

/** The most severe of several standings. */
export const worst = (standings: readonly Standing[]): Standing =>
  standings.reduce<Standing>(
    (severe, one) => (severity.indexOf(one) > severity.indexOf(severe) ? one : severe),
    'well',
  )
