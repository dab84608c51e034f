/** Generated playbooks as data: what a seed creates, and what the invariants know about each task. */
import type { Random } from './world/random.ts'

export interface TaskRecipe {
  readonly kind: 'task'
  /** Unique in the playbook. */
  readonly id: string
  /** `hold` reads and sets, `settle` starts something that takes a while, `act` does not have a check. */
  readonly does: 'hold' | 'settle' | 'act'
  /** The number of keys that it sets. */
  readonly keys: number
  /** Whether it sets them in parallel. */
  readonly beside: boolean
  /** The number of lines that its apply prints on each of the two streams. */
  readonly says: number
  /** The user that it becomes, if any. */
  readonly user: string | undefined
  readonly notify: readonly string[]
  readonly attempts: number
  readonly timeout: number | undefined
  readonly ignoreErrors: boolean
  readonly oncePer: 'run' | 'batch' | undefined
  /** The host that it runs on, if that is not its own host. */
  readonly on: string | undefined
  /** The ID of an earlier task: it runs only if that changed something. */
  readonly after: string | undefined
}

export type StepRecipe =
  | TaskRecipe
  | {
      readonly kind: 'block'
      readonly steps: readonly StepRecipe[]
      readonly rescue: readonly StepRecipe[]
      readonly always: readonly StepRecipe[]
    }
  | { readonly kind: 'parallel'; readonly steps: readonly StepRecipe[] }
  | { readonly kind: 'background'; readonly id: string; readonly step: StepRecipe }
  | { readonly kind: 'join'; readonly id: string }
  | { readonly kind: 'flush' }

export interface PlayRecipe {
  readonly name: string
  readonly serial: readonly (number | `${number}%`)[] | undefined
  readonly strategy: 'free' | 'linear'
  readonly maxFailPercentage: number | undefined
  readonly anyErrorsFatal: boolean
  readonly handlers: readonly string[]
  readonly steps: readonly StepRecipe[]
}

export interface Recipe {
  readonly hosts: readonly string[]
  readonly plays: readonly PlayRecipe[]
}

/** Every task in steps. */
export const tasksIn = (steps: readonly StepRecipe[]): TaskRecipe[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'task':
        return [step]
      case 'block':
        return [...tasksIn(step.steps), ...tasksIn(step.rescue), ...tasksIn(step.always)]
      case 'parallel':
        return tasksIn(step.steps)
      case 'background':
        return tasksIn([step.step])
      case 'join':
      case 'flush':
        return []
    }
  })

/** The keys that a task sets for a host; a task with `once` does not have a host in them. */
export const keysOf = ({ id, keys, oncePer }: TaskRecipe, host: string): string[] =>
  Array.from({ length: keys }, (_, index) =>
    oncePer === undefined ? `${id}.${index}.${host}` : `${id}.${index}`,
  )

/** The key that a handler increases on a host. */
export const handlerKey = (handler: string, host: string): string => `${handler}.0.${host}`

const portions = [1, 2, '50%'] as const

const makePlay = (random: Random, hosts: readonly string[], name: string): PlayRecipe => {
  const handlers = Array.from({ length: random.integer(0, 2) }, (_, index) => `${name}h${index}`)
  const made: string[] = []
  let count = 0
  const task = (): TaskRecipe => {
    const id = `${name}t${(count += 1)}`
    const does = random.chance(0.75) ? (random.chance(0.15) ? 'settle' : 'hold') : 'act'
    const oncePer = random.chance(0.1) ? random.pick(['run', 'batch'] as const) : undefined
    const recipe: TaskRecipe = {
      kind: 'task',
      id,
      does,
      keys: does === 'hold' && random.chance(0.3) ? 2 : 1,
      beside: random.chance(0.5),
      says: random.chance(0.12) ? random.pick([1, 20, 120] as const) : 0,
      user: random.chance(0.2) ? random.pick(['app', 'db'] as const) : undefined,
      notify: handlers.filter(() => random.chance(0.4)),
      attempts: random.chance(0.15) ? random.integer(2, 3) : 1,
      timeout: random.chance(0.1) ? random.integer(2, 8) : undefined,
      ignoreErrors: random.chance(0.1),
      oncePer,
      on: oncePer === undefined && random.chance(0.1) ? random.pick(hosts) : undefined,
      after: random.chance(0.1) ? random.pick(made) : undefined,
    }
    made.push(id)
    return recipe
  }
  const list = (depth: number, length: number): StepRecipe[] => {
    const steps: StepRecipe[] = []
    const begun: string[] = []
    for (let index = 0; index < length; index += 1) {
      const dice = depth > 1 ? 1 : random.next()
      if (dice < 0.1)
        steps.push({
          kind: 'block',
          steps: list(depth + 1, random.integer(1, 3)),
          rescue: list(depth + 1, random.integer(0, 2)),
          always: list(depth + 1, random.integer(0, 2)),
        })
      else if (dice < 0.17) steps.push({ kind: 'parallel', steps: list(depth + 1, random.integer(1, 3)) })
      else if (dice < 0.24) {
        const id = `${name}b${(count += 1)}`
        begun.push(id)
        steps.push({
          kind: 'background',
          id,
          step: { kind: 'block', steps: list(depth + 1, random.integer(1, 2)), rescue: [], always: [] },
        })
      } else if (dice < 0.28) steps.push({ kind: 'flush' })
      else steps.push(task())
      const id = random.chance(0.3) ? begun.pop() : undefined
      if (id !== undefined) steps.push({ kind: 'join', id })
    }
    return steps
  }
  return {
    name,
    serial: random.chance(0.4)
      ? [random.integer(1, hosts.length), random.pick<(typeof portions)[number]>(portions)]
      : undefined,
    strategy: random.chance(0.3) ? 'linear' : 'free',
    maxFailPercentage: random.chance(0.3) ? random.pick([0, 25, 50, 60] as const) : undefined,
    anyErrorsFatal: random.chance(0.15),
    handlers,
    steps: list(0, random.integer(1, 6)),
  }
}

/** The playbook of a seed: one to four hosts, one or two plays. */
export const makeRecipe = (random: Random): Recipe => {
  const hosts = ['a', 'b', 'c', 'd'].slice(0, random.integer(1, 4))
  const plays = Array.from({ length: random.integer(1, 2) }, (_, index) =>
    makePlay(random, hosts, `p${index}`),
  )
  return { hosts, plays }
}
