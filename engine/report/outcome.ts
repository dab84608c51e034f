import type { Outcome } from '../run/events.ts'

/** The colour of each outcome. */
export const outcomeStyles = {
  ok: 'green',
  changed: 'yellow',
  'would change': 'yellow',
  unknown: 'magenta',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'red',
} as const satisfies Record<Outcome, string>

/** Width of the widest outcome. */
export const outcomeWidth = 12
