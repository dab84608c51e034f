/** Correct histories, and how they look after a change. */
import * as assert from 'uvu/assert'
import { invariants } from './invariants/all.ts'
import type { PlayRecipe, Recipe, TaskRecipe } from './recipe.ts'
import { simulate } from './simulate.ts'
import type { History, Moment } from './timeline.ts'

/** A task of a recipe; by default it sets one key. */
export const task = (id: string, more: Partial<TaskRecipe> = {}): TaskRecipe => ({
  kind: 'task',
  id,
  does: 'hold',
  keys: 1,
  beside: false,
  says: 0,
  user: undefined,
  notify: [],
  attempts: 1,
  timeout: undefined,
  ignoreErrors: false,
  oncePer: undefined,
  on: undefined,
  after: undefined,
  ...more,
})

/** A recipe with one play on two hosts. */
export const recipe = (steps: PlayRecipe['steps'], more: Partial<PlayRecipe> = {}): Recipe => ({
  hosts: ['a', 'b'],
  plays: [
    {
      name: 'p0',
      serial: undefined,
      strategy: 'free',
      maxFailPercentage: undefined,
      anyErrorsFatal: false,
      handlers: ['p0h0'],
      steps,
      ...more,
    },
  ],
})

export const usual = recipe([task('p0t1', { does: 'act', notify: ['p0h0'] }), task('p0t2', { does: 'act' })])

/** A correct history. */
export const quiet = async (what = usual): Promise<History> => {
  const { history, wrong } = await simulate(1, { faults: false, recipe: what })
  assert.equal(wrong, [])
  return history
}

/** The names of the invariants that fail for a history. */
export const seenIn = (history: History): string[] =>
  Object.entries(invariants).flatMap(([name, invariant]) => (invariant(history).length > 0 ? [name] : []))

/** A history with other moments. */
export const changed = (history: History, change: (moment: Moment) => readonly Moment[]): History => ({
  ...history,
  moments: history.moments.flatMap((moment) => change(moment)),
})
