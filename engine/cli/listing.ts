import { describeSelector } from '../dsl/select.ts'
import type { Task, TaskFactory } from '../dsl/task.ts'
import type { Plan, PlannedPlay } from '../run/plan.ts'

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const heading = ({ name, hosts }: PlannedPlay, index: number): string =>
  `play ${index + 1}: ${name}  [${describeSelector(hosts)}]`

/** `--list-hosts`: the hosts that each play could touch; no connection is made. */
export const listHosts = ({ plays }: Plan): string =>
  plays
    .map((play, index) => {
      const names = [...play.candidates.keys()]
      return [
        heading(play, index),
        `  ${plural(names.length, 'host')}`,
        ...names.map((name) => `    ${name}`),
      ].join('\n')
    })
    .join('\n\n') + '\n'

/** `--list-hosts` without a playbook: the inventory, or what a pattern and `--limit` leave of it. */
export const listNames = (names: readonly string[]): string =>
  [plural(names.length, 'host'), ...names.map((name) => `  ${name}`), ''].join('\n')

const note = ({ check, apply, until, options }: Task): string => {
  const notes = [
    check === undefined ? 'no check: acts every time' : '',
    check !== undefined && apply === undefined && until === undefined ? 'only reads' : '',
    until !== undefined && apply === undefined ? 'waits' : '',
    options.when === undefined ? '' : 'on a condition',
  ].filter((text) => text !== '')
  return notes.length === 0 ? '' : `  (${notes.join(', ')})`
}

/** Tasks of a play in their order, with the hosts of each where they differ from host to host. */
const tasksOf = (play: PlannedPlay): string[] => {
  const hostsOf = new Map<string, string[]>()
  for (const [host, { tasks }] of play.candidates) {
    for (const task of tasks) {
      const line = `${task.name}: ${task.title}${note(task)}`
      hostsOf.set(line, [...(hostsOf.get(line) ?? []), host])
    }
  }
  const all = play.candidates.size
  return [...hostsOf].map(
    ([line, hosts]) => `    ${line}${hosts.length < all ? `  [${hosts.join(', ')}]` : ''}`,
  )
}

/** `--list-tasks` of a playbook: what each play would go through; no connection is made. */
export const listTasks = ({ plays }: Plan): string =>
  plays.map((play, index) => [heading(play, index), ...tasksOf(play)].join('\n')).join('\n\n') + '\n'

/** `--list-tasks` without a playbook: the library. */
export const listLibrary = (library: Iterable<TaskFactory>): string => {
  const tasks = [...library].map(({ info }) => info)
  const width = Math.max(...tasks.map(({ name }) => name.length))
  return (
    tasks
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ name, description }) => `${name.padEnd(width)}  ${description}`)
      .join('\n') + '\n'
  )
}
