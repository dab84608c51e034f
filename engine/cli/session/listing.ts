import { describeSelector } from '../../dsl/select.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import type { Where } from '../../run/plan/choose-tasks.ts'
import type { Plan, PlannedPlay } from '../../run/plan/plan.ts'
import type { PlannedStep, PlannedTask } from '../../run/plan/planned-steps.ts'
import { tagsOf } from '../../run/plan/tags.ts'

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A play with the hosts that it could touch. */
export interface PlayHosts extends Pick<PlannedPlay, 'name' | 'hosts'> {
  readonly index: number
  readonly names: readonly string[]
}

/** The plays that are left of a plan, with their hosts. */
export const plannedHosts = ({ plays }: Plan): PlayHosts[] =>
  chosen(plays).map(([index, { name, hosts, candidates }]) => ({
    index,
    name,
    hosts,
    names: [...candidates.keys()],
  }))

const heading = ({ name, hosts }: Pick<PlannedPlay, 'name' | 'hosts'>, index: number): string =>
  `play ${index + 1}: ${name}  [${describeSelector(hosts)}]`

/** The plays of which something is left, with their indexes. */
const chosen = (plays: readonly PlannedPlay[]): (readonly [number, PlannedPlay])[] =>
  [...plays.entries()].filter(([, { leftOut }]) => !leftOut)

/** `--list-hosts`: the hosts that each play could touch; no connection is made. */
export const listHosts = (plays: readonly PlayHosts[]): string =>
  plays
    .map(({ index, names, ...play }) => {
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

const delegated = ({ on }: PlannedTask['settings']): string =>
  on === undefined ? '' : `on ${describeSelector(on)}`

/** How a step stands beside others; nothing for one that stands in the row. */
type Manner = '' | 'side by side' | 'in the background'

/** What becomes of a task on a host: a word before it, and a note after it. */
export interface Mark {
  readonly word: string
  readonly note: string
}

/** Gives the mark of a task. */
type MarkOf = (task: PlannedTask) => Mark | undefined

const note = ({ task, role, settings }: PlannedTask, manner: Manner, mark: Mark | undefined): string => {
  const { check, apply, until, changes, options } = task
  const notes = [
    mark?.note ?? '',
    role === 'task' ? '' : role,
    manner,
    delegated(settings),
    settings.oncePer === undefined ? '' : `once per ${settings.oncePer}`,
    changes ? '' : 'changes nothing',
    check === undefined && changes ? 'no check: acts every time' : '',
    check !== undefined && apply === undefined && until === undefined ? 'only reads' : '',
    until !== undefined && apply === undefined ? 'waits' : '',
    settings.conditional ? 'on a condition' : '',
    settings.ignoreErrors ? 'errors are ignored' : '',
    options.retry === undefined ? '' : `up to ${options.retry.attempts} attempts`,
  ].filter((text) => text !== '')
  const tags = settings.tags.length === 0 ? '' : `  #${settings.tags.join(' #')}`
  return `${notes.length === 0 ? '' : `  (${notes.join(', ')})`}${tags}`
}

const titled = (planned: PlannedTask, manner: Manner, markOf: MarkOf): string => {
  const mark = markOf(planned)
  const word = mark === undefined ? '' : `${mark.word}  `
  return `${word}${planned.task.name}: ${planned.task.title}${note(planned, manner, mark)}`
}

/** What a host goes through, a line for each step. */
const linesOfSteps = (steps: readonly PlannedStep[], manner: Manner, markOf: MarkOf): string[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'task':
        return [titled(step, manner, markOf)]
      case 'block':
        return [step.steps, step.rescue, step.always].flatMap((part) => linesOfSteps(part, manner, markOf))
      case 'parallel':
        return linesOfSteps(step.steps, 'side by side', markOf)
      case 'background':
        return linesOfSteps(step.steps, 'in the background', markOf)
      case 'join':
        return ['(waits for what runs in the background)']
      case 'flush':
        return ['(runs the handlers that are due)']
    }
  })

/** The same lines, each with how often it was there before: two that look the same are two. */
const counted = (lines: readonly string[]): string[] => {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const before = seen.get(line) ?? 0
    seen.set(line, before + 1)
    return JSON.stringify([line, before])
  })
}

const lineOf = (key: string): string => {
  const [line]: unknown[] = JSON.parse(key)
  return String(line)
}

/** Steps of a play in their order, with the hosts of each where they differ from host to host. */
const linesOf = (play: PlannedPlay, markFor: (host: string) => MarkOf): string[] => {
  const hostsOf = new Map<string, string[]>()
  const order: string[] = []
  for (const [host, { steps, handlers }] of play.candidates) {
    let fresh: string[] = []
    const markOf = markFor(host)
    const lines = [...linesOfSteps(steps, '', markOf), ...handlers.map((one) => titled(one, '', markOf))]
    for (const key of counted(lines)) {
      const hosts = hostsOf.get(key)
      hostsOf.set(key, [...(hosts ?? []), host])
      if (hosts === undefined) {
        fresh.push(key)
        continue
      }
      // what only this host has stands before what comes next for others, too
      if (fresh.length > 0) order.splice(order.indexOf(key), 0, ...fresh)
      fresh = []
    }
    order.push(...fresh)
  }
  const all = play.candidates.size
  return order.map((key) => {
    const hosts = hostsOf.get(key) ?? []
    return `    ${lineOf(key)}${hosts.length < all ? `  [${hosts.join(', ')}]` : ''}`
  })
}

/**
 * `--list-tasks` of a playbook: what each play would go through, and its handlers; no connection is made.
 *
 * @param markOf what becomes of a task on a host, where that is known.
 */
export const listTasks = (
  { plays }: Plan,
  markOf: (where: Where, task: PlannedTask) => Mark | undefined = () => undefined,
): string =>
  chosen(plays)
    .map(([index, play]) => {
      const markFor =
        (host: string): MarkOf =>
        (task) =>
          markOf({ play: index, host }, task)
      return [heading(play, index), ...linesOf(play, markFor)].join('\n')
    })
    .join('\n\n') + '\n'

/** `--list-tags`: the tags of each play's tasks, and all of them; no connection is made. */
export const listTags = (plan: Plan): string => {
  const lines = chosen(plan.plays).map(([index, play]) => {
    const tags = tagsOf({ ...plan, plays: [play] })
    return [heading(play, index), `  ${tags.length === 0 ? 'no tags' : tags.join(', ')}`].join('\n')
  })
  return `${lines.join('\n\n')}\n`
}

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
