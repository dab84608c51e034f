/** The plan of a generated playbook: real tasks, with commands that the simulated hosts know. */
import { z } from 'zod'
import { background, block, flushHandlers, join, parallel } from '../../engine/dsl/step.ts'
import type { Background, Step } from '../../engine/dsl/step.ts'
import type { ApplyContext, Task, TaskOptions } from '../../engine/dsl/types.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok, pending } from '../../engine/dsl/verdict.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { prepare } from '../run/site.ts'
import { handlerKey, keysOf } from './recipe.ts'
import type { Recipe, StepRecipe, TaskRecipe } from './recipe.ts'
import { rising, saidLine } from './world/output.ts'

/** The value of every key of a `hold`. */
export const wanted = 'v1'

/** The message for output that differs from what the host printed. */
export const garbled = 'the output is not what the host printed'

/** Makes the host print lines on both streams, and checks that all of them arrived. */
const hear = async ({ remote }: Pick<ApplyContext, 'remote'>, key: string, says: number): Promise<void> => {
  if (says === 0) return
  const heard = await remote.run`say ${key} ${says}`
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = Array.from({ length: says }, (_, index) => saidLine(key, stream, index))
    if (heard[stream].trimEnd() !== lines.join('\n')) throw new Error(`${garbled}: ${key} ${stream}`)
  }
}

const says = z.number()

const hold = defineTask({
  name: 'hold',
  description: 'Sets keys to a value.',
  params: z.object({ keys: z.array(z.string()), beside: z.boolean(), says }),
  title: ({ keys }) => keys.join(' '),
  async check({ remote }, { keys }) {
    const held = await Promise.all(keys.map((key) => remote.query`get ${key}`.text()))
    const wrong = keys.filter((_, index) => held[index] !== wanted)
    return wrong.length === 0 ? ok() : drift(...wrong.map((what) => ({ what, to: wanted })))
  },
  async apply({ remote }, { keys, beside, says: lines }) {
    await hear({ remote }, keys[0] ?? '', lines)
    if (beside) await Promise.all(keys.map((key) => remote.run`set ${key} ${wanted}`.text()))
    else for (const key of keys) await remote.run`set ${key} ${wanted}`
  },
})

const settle = defineTask({
  name: 'settle',
  description: 'Starts what sets a key after a while.',
  params: z.object({ key: z.string(), says }),
  title: ({ key }) => key,
  until: () => ({ timeout: 20, every: 1 }),
  async check({ remote }, { key }) {
    const held = await remote.query`get ${key}`.text()
    if (held === rising) return pending(`${key} is ${held}`)
    return held === wanted ? ok() : drift({ what: key, to: wanted })
  },
  async apply({ remote }, { key, says: lines }) {
    await hear({ remote }, key, lines)
    await remote.run`start ${key} ${wanted}`
  },
})

const act = defineTask({
  name: 'act',
  description: 'Counts a key up, every time.',
  params: z.object({ key: z.string(), says }),
  title: ({ key }) => key,
  async apply({ remote }, { key, says: lines }) {
    await hear({ remote }, key, lines)
    await remote.run`add ${key}`
  },
})

const makeTask = (recipe: TaskRecipe, keys: readonly string[], options: TaskOptions): Task => {
  const { does, beside, says: lines } = recipe
  const [key = ''] = keys
  if (does === 'hold') return hold({ keys: [...keys], beside, says: lines }, options)
  return does === 'settle' ? settle({ key, says: lines }, options) : act({ key, says: lines }, options)
}

const taskOf = (recipe: TaskRecipe, host: string, known: Map<string, Task>): Task => {
  const { id, notify, attempts, timeout, ignoreErrors, oncePer, on, after, user } = recipe
  const before = after === undefined ? undefined : known.get(after)
  const options: TaskOptions = {
    ...(notify.length > 0 && { notify }),
    ...(attempts > 1 && { retry: { attempts, delay: 1 } }),
    ...(timeout !== undefined && { timeout }),
    ...(ignoreErrors && { ignoreErrors }),
    ...(oncePer !== undefined && { oncePer }),
    ...(on !== undefined && { on }),
    ...(user !== undefined && { become: user }),
    ...(before !== undefined && { when: ({ changed }) => changed(before) }),
  }
  const task = makeTask(recipe, keysOf(recipe, host), options)
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
              handlers.map((handler) => [handler, act({ key: handlerKey(handler, host.name), says: 0 })]),
            ),
        }),
      ),
    { hosts: Object.fromEntries(hosts.map((host) => [host, {}])) },
  ).plan
