import type { TaskRef } from '../../../engine/run/events.ts'
import { tasksIn } from '../recipe.ts'
import type { StepRecipe } from '../recipe.ts'
import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { isChange } from '../world/host.ts'

/** IDs of tasks that run in parallel on a host. */
export const besideOthers = (steps: readonly StepRecipe[]): string[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'parallel':
      case 'background':
        return tasksIn([step]).map(({ id }) => id)
      case 'block':
        return [step.steps, step.rescue, step.always].flatMap(besideOthers)
      default:
        return []
    }
  })

/** Whether handlers can run in parallel with tasks: if a flush is in a parallel block. */
const flushesBeside = (steps: readonly StepRecipe[], beside = false): boolean =>
  steps.some((step) => {
    switch (step.kind) {
      case 'flush':
        return beside
      case 'parallel':
        return flushesBeside(step.steps, true)
      case 'background':
        return flushesBeside([step.step], true)
      case 'block':
        return [step.steps, step.rescue, step.always].some((list) => flushesBeside(list, beside))
      default:
        return false
    }
  })

/** The host that a task runs on: a lost command on another host can end after the next task has started here. */
const actedOn = ({ task }: { readonly task: TaskRef }): string => task.on ?? task.host

const idOf = ({ title }: TaskRef): string => title.split('.')[0] ?? ''

/**
 * On a host, a task starts after the previous one has ended, in the order of the play; and nothing that a task does takes
 * effect after a later one has run.
 */
export const order: Invariant = (history) => {
  const wrong: string[] = []
  const beside = new Set(
    history.recipe.plays.flatMap(({ steps, handlers }) => [
      ...besideOthers(steps),
      ...(flushesBeside(steps) ? handlers : []),
    ]),
  )
  /** The running task, by run and host. */
  const underway = new Map<string, TaskRef>()
  const last = new Map<string, TaskRef>()
  /** By run and key: the task that set it, and whether that has ended and a later one has run since. */
  const owners = new Map<string, { readonly task: TaskRef; state: 'underway' | 'ended' | 'passed' }>()
  eachMoment(history, {
    event: ({ run, event }) => {
      if (event.type !== 'task-start' && event.type !== 'task-end') return
      const { task } = event
      const place = `${run} ${task.host}`
      if (event.type === 'task-end') {
        for (const key of task.title.split(' ')) {
          const owner = owners.get(`${run} ${key}`)
          if (owner?.task.id === task.id) owner.state = 'ended'
        }
        if (underway.get(place)?.id === task.id) underway.delete(place)
        return
      }
      if (beside.has(idOf(task))) return
      for (const key of task.title.split(' ')) owners.set(`${run} ${key}`, { task, state: 'underway' })
      const other = underway.get(place)
      if (other !== undefined)
        wrong.push(`${task.title} began on ${task.host} while ${other.title} was under way (${run})`)
      underway.set(place, task)
      const before = last.get(place)
      if (task.handler !== undefined) return
      last.set(place, task)
      if (before !== undefined && before.play === task.play && before.position >= task.position)
        wrong.push(`${task.title} began on ${task.host} after ${before.title}, which comes after it (${run})`)
    },
    effect: ({ effect: { run, key, verb, host } }) => {
      const mine = owners.get(`${run} ${key}`)
      if (mine === undefined || verb === 'rise') return
      if (isChange({ verb }) && mine.state === 'passed')
        wrong.push(`${key} changed on ${host} when a later task was at work (${run})`)
      for (const [place, other] of owners)
        if (place.startsWith(`${run} `) && other.state === 'ended' && actedOn(other) === actedOn(mine))
          if (other.task.id < mine.task.id) other.state = 'passed'
    },
  })
  return wrong
}
