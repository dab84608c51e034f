import type { TaskEnd } from '../../../engine/run/events.ts'
import { tasksIn } from '../recipe.ts'
import { eachMoment, eventsIn } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { besideOthers } from './order.ts'
import { isChange } from '../world/host.ts'

const keyOf = ({ task: { play, host, position } }: TaskEnd): string => `${play} ${host} ${position}`

/** The outcomes that a run can report after a prediction; any outcome after unknown. */
const fitting: Readonly<Partial<Record<TaskEnd['outcome'], readonly TaskEnd['outcome'][]>>> = {
  ok: ['ok'],
  'would change': ['changed'],
  skipped: ['skipped'],
}

/** A run under `--check` changes nothing, and the run right after it does what it predicted. */
export const checks: Invariant = (history) => {
  const wrong: string[] = []
  eachMoment(history, {
    effect: ({ effect: { run, host, key, verb } }) => {
      if (history.checks.includes(run) && isChange({ verb }))
        wrong.push(`${run} changed ${key} on ${host} under --check`)
    },
    event: ({ run, event }) => {
      if (!history.checks.includes(run) || event.type !== 'task-end') return
      if (event.outcome === 'changed') wrong.push(`${event.task.title} was reported changed under --check`)
    },
  })
  const { check, run } = history.predicted
  const tasks = history.recipe.plays.flatMap(({ steps }) => tasksIn(steps))
  // a task with `once` runs on whichever host comes first; parallel tasks end before or after
  const varying = new Set([
    ...tasks.flatMap(({ id, oncePer }) => (oncePer === undefined ? [] : [id])),
    ...history.recipe.plays.flatMap(({ steps }) => besideOthers(steps)),
  ])
  const exempt = new Set(
    tasks.flatMap(({ id, oncePer, after }) =>
      oncePer !== undefined || (after !== undefined && (varying.has(after) || varying.has(id))) ? [id] : [],
    ),
  )
  const ends = (name: string): TaskEnd[] =>
    eventsIn(history, name).flatMap((event) =>
      event.type === 'task-end' && event.task.handler === undefined ? [event] : [],
    )
  const made = new Map(ends(run).map((end) => [keyOf(end), end]))
  for (const end of ends(check)) {
    const [id = ''] = end.task.title.split('.')
    const done = made.get(keyOf(end))
    const fits = fitting[end.outcome]
    if (exempt.has(id)) continue
    if (done === undefined)
      wrong.push(`${end.task.title} on ${end.task.host} was predicted, and ${run} did not do it`)
    else if (fits !== undefined && !fits.includes(done.outcome))
      wrong.push(
        `${end.task.title} on ${end.task.host} was predicted to be ${end.outcome}, and ${run} says ${done.outcome}`,
      )
    else if (fits === undefined && end.outcome !== 'unknown')
      wrong.push(
        `${end.task.title} on ${end.task.host} is ${end.outcome} under --check: ${end.error?.message ?? ''}`,
      )
  }
  return wrong
}
