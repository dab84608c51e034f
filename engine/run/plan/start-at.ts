/** Starts a plan at a task. Pure. */
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { chooseTasks, everyTask, hasGivens } from './choose-tasks.ts'
import type { Plan } from './plan.ts'
import type { PlannedTask } from './planned-steps.ts'

const matches = (wanted: string): ((task: PlannedTask['task']) => boolean) => {
  const source = wanted.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  const regex = new RegExp(`^${source.join('.*')}$`, 's')
  return ({ name, title }) => regex.test(title) || regex.test(name)
}

/**
 * Leaves out everything before the first task of that title or name; `*` matches any text. A host of the same play
 * without such a task starts at the position of the first host that has it.
 *
 * @throws `usage` if there is no such task, with the nearest title.
 */
export const startAt = (plan: Plan, wanted: string): Plan => {
  const isWanted = matches(wanted)
  // a rescue cannot be the start, because nothing has failed
  const all = everyTask(plan, 'success-path')
  const first = all.find(({ planned }) => isWanted(planned.task))
  if (first === undefined) {
    const guess = nearest(
      wanted,
      all.flatMap(({ planned: { task } }) => [task.title, task.name]),
    )
    throw new CoxswainError('usage', `no task to start at: ${wanted}`, {
      hint: `${guess === undefined ? '' : `did you mean "${guess}"? `}list the titles with --list-tasks; * matches any text${hasGivens(plan) ? '; a task that is made from values cannot be the start: name the step that makes it' : ''}`,
    })
  }
  const starts = new Map<string, number>()
  for (const { play, host, planned } of all) {
    if (play === first.play && !starts.has(host) && isWanted(planned.task)) starts.set(host, planned.position)
  }
  return chooseTasks(plan, {
    task: ({ position }, { play, host }) =>
      play > first.play || (play === first.play && position >= (starts.get(host) ?? first.planned.position)),
  })
}
