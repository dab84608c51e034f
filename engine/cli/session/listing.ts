import { describeSelector } from '../../dsl/select.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { describeSource } from '../../dsl/value-source.ts'
import { handlerNote, oneLine, plural } from '../../report/text.ts'
import type { Where } from '../../run/plan/choose-tasks.ts'
import type { Plan, PlannedPlay } from '../../run/plan/plan.ts'
import { givensOf } from '../../run/plan/planned-steps.ts'
import type { PlannedGiven, PlannedStep, PlannedTask } from '../../run/plan/planned-steps.ts'
import { tagsOf } from '../../run/plan/tags.ts'

/** A play with its candidate hosts. */
export interface PlayHosts extends Pick<PlannedPlay, 'name' | 'hosts'> {
  readonly index: number
  readonly names: readonly string[]
}

/** The plays of a plan that are not left out, with their hosts. */
export const plannedHosts = ({ plays }: Plan): PlayHosts[] =>
  chosen(plays).map(([index, { name, hosts, candidates }]) => ({
    index,
    name,
    hosts,
    names: [...candidates.keys()],
  }))

const heading = ({ name, hosts }: Pick<PlannedPlay, 'name' | 'hosts'>, index: number): string =>
  `play ${index + 1}: ${name}  [${describeSelector(hosts)}]`

/** The plays that are not left out, with their indexes. */
const chosen = (plays: readonly PlannedPlay[]): (readonly [number, PlannedPlay])[] =>
  [...plays.entries()].filter(([, { leftOut }]) => !leftOut)

/** `--list-hosts`: the candidate hosts of each play, without connecting. */
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

/** `--list-hosts` without a playbook: the hosts that match the pattern and `--limit`. */
export const listNames = (names: readonly string[]): string =>
  [plural(names.length, 'host'), ...names.map((name) => `  ${name}`), ''].join('\n')

const delegated = ({ on }: PlannedTask['settings']): string =>
  on === undefined ? '' : `on ${describeSelector(on)}`

/** How a step runs relative to others; empty for steps in sequence. */
type Manner = '' | 'in parallel' | 'in the background'

/** What a resumed run does with a task on a host: a word before the task, and a note after it. */
export interface Mark {
  readonly word: string
  readonly note: string
}

/** Returns the mark of a task. */
type MarkOf = (task: PlannedTask) => Mark | undefined

const note = (
  { task, role, handler, settings, makesTasks }: PlannedTask,
  manner: Manner,
  mark: Mark | undefined,
  unknown?: string,
): string => {
  const { check, apply, until, changes, options } = task
  const notes = [
    mark?.note ?? '',
    role === 'task' ? '' : role === 'handler' ? handlerNote(handler) : role,
    manner,
    delegated(settings),
    settings.oncePer === undefined ? '' : `once per ${settings.oncePer}`,
    settings.throttle === undefined ? '' : `on at most ${plural(settings.throttle, 'host')} at a time`,
    changes ? '' : 'changes nothing',
    makesTasks === true ? 'makes its tasks when the values are known' : '',
    unknown === undefined ? '' : `not known yet: ${oneLine(unknown)}`,
    check === undefined && changes ? 'no check: always acts' : '',
    check !== undefined && apply === undefined && until === undefined && makesTasks !== true
      ? 'only reads'
      : '',
    until !== undefined && apply === undefined ? 'waits' : '',
    settings.conditional ? 'conditional' : '',
    settings.ignoreErrors ? 'errors ignored' : '',
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

/** A step that is made from values: `given: os from os-release`. */
export const describeGiven = ({ about, sources }: PlannedGiven): string => {
  const values = Object.entries(sources).map(([name, source]) => `${name} from ${describeSource(source)}`)
  const title = about.task.options.title === undefined ? '' : `${about.task.options.title}: `
  return `${about.task.name}: ${title}${values.join(', ')}`
}

const waiting = (given: PlannedGiven, manner: Manner, markOf: MarkOf): string => {
  const mark = markOf(given.about)
  const word = mark === undefined ? '' : `${mark.word}  `
  return `${word}${describeGiven(given)}${note(given.about, manner, mark, given.unknown)}`
}

/** The steps of a host, one line each. */
const linesOfSteps = (steps: readonly PlannedStep[], manner: Manner, markOf: MarkOf): string[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'task':
        return [titled(step, manner, markOf)]
      case 'block':
        return [step.steps, step.rescue, step.always].flatMap((part) => linesOfSteps(part, manner, markOf))
      case 'parallel':
        return linesOfSteps(step.steps, 'in parallel', markOf)
      case 'background':
        return linesOfSteps(step.steps, 'in the background', markOf)
      case 'given':
        return [waiting(step, manner, markOf)]
      case 'join':
        return ['(waits for the background tasks)']
      case 'flush':
        return ['(runs due handlers)']
    }
  })

/** Keys of lines: each line with the number of equal lines before it, so that equal lines stay apart. */
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

/** The steps of a play in order, each with its hosts if not all hosts have it. */
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
      // steps that only this host has come before the next step that it shares
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
 * `--list-tasks` of a playbook: the steps and handlers of each play, without connecting.
 *
 * @param markOf what a resumed run does with a task on a host.
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

/** `--list-tags`: the tags of each play, and the steps whose tags are known only with their values. */
export const listTags = (plan: Plan): string => {
  const lines = chosen(plan.plays).map(([index, play]) => {
    const tags = tagsOf({ ...plan, plays: [play] })
    const steps = [...play.candidates.values()].flatMap((one) => givensOf(one.steps))
    const unknown = [...new Set(steps.map(describeGiven))]
    return [
      heading(play, index),
      `  ${tags.length === 0 ? 'no tags' : tags.join(', ')}`,
      ...unknown.map((step) => `  not known yet: the tags within ${step}`),
    ].join('\n')
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
