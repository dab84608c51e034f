/**
 * How a task ended on a host. `ignored` is a failure of a task with `ignoreErrors`, `rescued` one that the `rescue`
 * of a surrounding block handles: neither makes the run fail.
 */
export type Outcome =
  | 'ok'
  | 'changed'
  | 'skipped'
  | 'failed'
  | 'unreachable'
  | 'ignored'
  | 'rescued'
  | 'would change'
  | 'unknown'

/** A count of 0 for every outcome. */
export const noOutcomes = (): Record<Outcome, number> => ({
  ok: 0,
  changed: 0,
  skipped: 0,
  failed: 0,
  unreachable: 0,
  ignored: 0,
  rescued: 0,
  'would change': 0,
  unknown: 0,
})
