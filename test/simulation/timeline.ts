/** What happened in a simulated world, in order: what the invariants look at. */
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

/** Everything that is known when a world has come to its end. */
export interface History {
  readonly recipe: Recipe
  /** The hosts' keys before anything happened. */
  readonly before: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly moments: readonly Moment[]
  /** The numbers of the runs that have a journal. */
  readonly numbers: readonly number[]
  /** Runs that were made last, one after another, when nothing disturbed them. */
  readonly calm: readonly string[]
  /** Runs that only predicted. */
  readonly checks: readonly string[]
  /** A run that predicted, with the one right after it that acted; nothing disturbed either. */
  readonly foretold: { readonly check: string; readonly run: string }
  /** Whether every journal could be written. */
  readonly remembered: boolean
  /** Locks that were held when everything was over, as `host run`. */
  readonly locks: readonly string[]
  /** Wrong passwords that were given again to one question of sudo, as `host run`. */
  readonly guesses: readonly string[]
}

/** The names of the runs, in the order in which they began. */
export const runsIn = ({ moments }: History): string[] => [
  ...new Set(moments.flatMap((moment) => (moment.kind === 'event' ? [moment.run] : []))),
]

/** The events of a run. */
export const eventsIn = ({ moments }: History, run: string): RunEvent[] =>
  moments.flatMap((moment) => (moment.kind === 'event' && moment.run === run ? [moment.event] : []))

/** Says what is wrong; nothing where all is well. */
export type Invariant = (history: History) => readonly string[]

/** What to do at each kind of moment. */
export type Visitor = {
  readonly [Kind in Moment['kind']]?: (moment: Extract<Moment, { kind: Kind }>) => void
}

/** Goes through a history from its beginning to its end. */
export const eachMoment = ({ moments }: History, visitor: Visitor): void => {
  for (const moment of moments) {
    if (moment.kind === 'effect') visitor.effect?.(moment)
    else if (moment.kind === 'event') visitor.event?.(moment)
    else if (moment.kind === 'fault') visitor.fault?.(moment)
    else if (moment.kind === 'begin') visitor.begin?.(moment)
    else visitor.over?.(moment)
  }
}
