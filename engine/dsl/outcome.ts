/**
 * How a task ended on a host. `ignored` is a failure that the play says to pass over, `rescued` one that a `rescue` of a
 * block around it takes in hand: neither makes the run a failed one.
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

/** Every outcome, none of them seen yet. */
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
