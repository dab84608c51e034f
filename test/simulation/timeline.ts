/** The history of a simulated world, in order, for the invariants. */
import type { RunEvent } from '../../engine/run/events.ts'
import type { Recipe } from './recipe.ts'
import type { Effect } from './world/host.ts'

/** Something that happened. */
export type Moment =
  | {
      readonly kind: 'effect'
      readonly time: number
      readonly effect: Effect
      readonly others: readonly string[]
    }
  | { readonly kind: 'event'; readonly time: number; readonly run: string; readonly event: RunEvent }
  | { readonly kind: 'begin'; readonly time: number; readonly run: string; readonly resume: boolean }
  | { readonly kind: 'fault'; readonly time: number; readonly text: string; readonly run: string | undefined }
  | {
      readonly kind: 'over'
      readonly time: number
      readonly run: string
      readonly how: 'ended' | 'killed' | 'hung' | 'threw'
    }

/** The complete history of a world. */
export interface History {
  readonly recipe: Recipe
  /** The hosts' keys before anything happened. */
  readonly before: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly moments: readonly Moment[]
  /** The numbers of the runs with a journal. */
  readonly numbers: readonly number[]
  /** The last runs, one after the other, without faults. */
  readonly calm: readonly string[]
  /** Runs that only predicted. */
  readonly checks: readonly string[]
  /** A run with --check and the run right after it, both without faults. */
  readonly predicted: { readonly check: string; readonly run: string }
  /** Whether every journal could be written. */
  readonly remembered: boolean
  /** Locks that were held at the end, as `host run`. */
  readonly locks: readonly string[]
  /** Wrong passwords that were repeated for one question of sudo, as `host run`. */
  readonly guesses: readonly string[]
}

/** The names of the runs, in the order of their start. */
export const runsIn = ({ moments }: History): string[] => [
  ...new Set(moments.flatMap((moment) => (moment.kind === 'event' ? [moment.run] : []))),
]

/** The events of a run. */
export const eventsIn = ({ moments }: History, run: string): RunEvent[] =>
  moments.flatMap((moment) => (moment.kind === 'event' && moment.run === run ? [moment.event] : []))

/** Reports errors; nothing for a correct history. */
export type Invariant = (history: History) => readonly string[]

/** The action for each kind of moment. */
export type Visitor = {
  readonly [Kind in Moment['kind']]?: (moment: Extract<Moment, { kind: Kind }>) => void
}

/** Goes through a history from start to end. */
export const eachMoment = ({ moments }: History, visitor: Visitor): void => {
  for (const moment of moments) {
    if (moment.kind === 'effect') visitor.effect?.(moment)
    else if (moment.kind === 'event') visitor.event?.(moment)
    else if (moment.kind === 'fault') visitor.fault?.(moment)
    else if (moment.kind === 'begin') visitor.begin?.(moment)
    else visitor.over?.(moment)
  }
}
