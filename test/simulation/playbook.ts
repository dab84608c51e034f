/** The plan of a generated playbook: real tasks, whose commands the simulated hosts know. */
import { z } from 'zod'
import { background, block, flushHandlers, join, parallel } from '../../engine/dsl/step.ts'
import type { Background, Step } from '../../engine/dsl/step.ts'
import type { TaskOptions } from '../../engine/dsl/options.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import type { Task } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { prepare } from '../run/site.ts'
import { handlerKey, keysOf } from './recipe.ts'
import type { Recipe, StepRecipe, TaskRecipe } from './recipe.ts'

/** What every key of a `hold` is to have. */
export const wanted = 'v1'

const hold = defineTask({
  name: 'hold',
  description: 'Sets keys to a value.',
  params: z.object({ keys: z.array(z.string()), beside: z.boolean() }),
  title: ({ keys }) => keys.join(' '),
  async check({ remote }, { keys }) {
    const held = await Promise.all(keys.map((key) => remote.query`get ${key}`.text()))
    const wrong = keys.filter((_, index) => held[index] !== wanted)
    return wrong.length === 0 ? ok() : drift(...wrong.map((what) => ({ what, to: wanted })))
  },
  async apply({ remote }, { keys, beside }) {
    if (beside) await Promise.all(keys.map((key) => remote.run`set ${key} ${wanted}`.text()))
    else for (const key of keys) await remote.run`set ${key} ${wanted}`
  },
})

const act = defineTask({
  name: 'act',
  description: 'Counts a key up, every time.',
  params: z.object({ key: z.string() }),
  title: ({ key }) => key,
  async apply({ remote }, { key }) {
    await remote.run`add ${key}`
  },
})

const taskOf = (recipe: TaskRecipe, host: string, known: Map<string, Task>): Task => {
  const { id, does, beside, notify, attempts, timeout, ignoreErrors, oncePer, on, after } = recipe
  const before = after === undefined ? undefined : known.get(after)
  const options: TaskOptions = {
    ...(notify.length > 0 && { notify }),
    ...(attempts > 1 && { retry: { attempts, delay: 1 } }),
    ...(timeout !== undefined && { timeout }),
    ...(ignoreErrors && { ignoreErrors }),
    ...(oncePer !== undefined && { oncePer }),
    ...(on !== undefined && { on }),
    ...(before !== undefined && { when: ({ changed }) => changed(before) }),
  }
  const keys = keysOf(recipe, host)
  const task = does === 'hold' ? hold({ keys, beside }, options) : act({ key: keys[0] ?? '' }, options)
  known.set(id, task)
  return task
}

const stepsOf = (recipes: readonly StepRecipe[], host: string): Step[] => {
  const known = new Map<string, Task>()
  const begun = new Map<string, Background>()
  const one = (recipe: StepRecipe): Step[] => {
    switch (recipe.kind) {
      case 'task':
        return [taskOf(recipe, host, known)]
      case 'block':
        return [block(all(recipe.steps), { rescue: all(recipe.rescue), always: all(recipe.always) })]
      case 'parallel':
        return [parallel(all(recipe.steps))]
      case 'background': {
        const made = all([recipe.step]).map((step) => background(step))
        for (const step of made) begun.set(recipe.id, step)
        return made
      }
      case 'join': {
        const started = begun.get(recipe.id)
        return started === undefined ? [] : [join(started)]
      }
      case 'flush':
        return [flushHandlers()]
    }
  }
  const all = (list: readonly StepRecipe[]): Step[] => list.flatMap(one)
  return all(recipes)
}

/** The plan of a recipe. */
export const planOf = ({ hosts, plays }: Recipe): Plan =>
  prepare(
    (play) =>
      plays.map(({ name, serial, strategy, maxFailPercentage, anyErrorsFatal, handlers, steps }) =>
        play(name, {
          hosts: 'all',
          strategy,
          anyErrorsFatal,
          ...(serial !== undefined && { serial }),
          ...(maxFailPercentage !== undefined && { maxFailPercentage }),
          tasks: ({ host }) => stepsOf(steps, host.name),
          handlers: ({ host }) =>
            Object.fromEntries(
              handlers.map((handler) => [handler, act({ key: handlerKey(handler, host.name) })]),
            ),
        }),
      ),
    { hosts: Object.fromEntries(hosts.map((host) => [host, {}])) },
  ).plan
