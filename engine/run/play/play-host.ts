import type { HostContext } from '../host-context.ts'
import type { OncePer } from './once-per.ts'
import type { Pace } from './pace.ts'
import type { Throttles } from './throttles.ts'

/** The play of a host. */
export interface PlayHost extends HostContext {
  /** Index of its batch. */
  readonly batch: number
  /** Whether the play has been given up, so that no further task is started. */
  readonly givenUp: () => boolean
  readonly pace: Pace
  readonly once: OncePer
  readonly throttles: Throttles
}
