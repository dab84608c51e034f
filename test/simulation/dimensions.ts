/** The dimensions that a seed covers, to find parts of the generator that are never reached. */
import { tasksIn } from './recipe.ts'
import type { StepRecipe, TaskRecipe } from './recipe.ts'
import type { History, Moment } from './timeline.ts'

type Ended = Extract<Moment, { kind: 'event' }>['event']

const every = ({ recipe }: History, has: (task: TaskRecipe) => boolean): boolean =>
  recipe.plays.some(({ steps }) => tasksIn(steps).some(has))

const nested = (steps: readonly StepRecipe[], has: (step: StepRecipe) => boolean): boolean =>
  steps.some(
    (step) =>
      has(step) ||
      (step.kind === 'block' && nested([...step.steps, ...step.rescue, ...step.always], has)) ||
      (step.kind === 'parallel' && nested(step.steps, has)) ||
      (step.kind === 'background' && nested([step.step], has)),
  )

const notifiesIn =
  (part: 'steps' | 'rescue' | 'always') =>
  ({ recipe }: History): boolean =>
    recipe.plays.some(({ steps }) =>
      nested(
        steps,
        (step) => step.kind === 'block' && tasksIn(step[part]).some(({ notify }) => notify.length > 0),
      ),
    )

const step =
  (kind: StepRecipe['kind']) =>
  ({ recipe }: History): boolean =>
    recipe.plays.some(({ steps }) => nested(steps, (one) => one.kind === kind))

const event =
  (is: (event: Ended) => boolean) =>
  ({ moments }: History): boolean =>
    moments.some((moment) => moment.kind === 'event' && is(moment.event))

const error = (code: string) => event((one) => one.type === 'task-end' && one.error?.code === code)
const outcome = (name: string) => event((one) => one.type === 'task-end' && one.outcome === name)
const progress = (what: string) => event((one) => one.type === 'task-progress' && one.what === what)

const fault =
  (text: RegExp) =>
  ({ moments }: History): boolean =>
    moments.some((moment) => moment.kind === 'fault' && text.test(moment.text))

/** A run with `--resume` after one that ended in this way. */
const resumedAfter =
  (
    ended: (run: {
      readonly name: string
      readonly how: string
      readonly faults: readonly string[]
    }) => boolean,
  ) =>
  ({ moments }: History): boolean => {
    const faults: string[] = []
    let last: { name: string; how: string; faults: readonly string[] } | undefined
    for (const moment of moments) {
      if (moment.kind === 'begin' && moment.resume && last !== undefined && ended(last)) return true
      if (moment.kind === 'begin') faults.length = 0
      if (moment.kind === 'fault') faults.push(moment.text)
      if (moment.kind === 'over') last = { name: moment.run, how: moment.how, faults: [...faults] }
    }
    return false
  }

const times = (faults: readonly string[], text: string): number => faults.filter((one) => one === text).length

/** The dimensions by name, each with a function that tells whether a history has it. */
export const dimensions: Readonly<Record<string, (history: History) => boolean>> = {
  'another user': (history) => every(history, ({ user }) => user !== undefined),
  'several users on a host': (history) =>
    new Set(
      history.moments.flatMap((one) =>
        one.kind === 'effect' ? [`${one.effect.host} ${one.effect.user}`] : [],
      ),
    ).size > new Set(history.moments.flatMap((one) => (one.kind === 'effect' ? [one.effect.host] : []))).size,
  'wrong password': error('become-password-wrong'),
  'missing password': error('become-password-missing'),
  'output on both streams': event(({ type }) => type === 'task-output'),
  'large output': (history) => every(history, ({ says }) => says > 100),
  'output cut in the middle': event((one) => one.type === 'task-output' && !one.line.endsWith('|')),
  'check run': ({ checks }) => checks.length > 1,
  'predicted change': outcome('would change'),
  unknown: outcome('unknown'),
  'pending check': progress('waiting'),
  'pending in vain': error('wait-timeout'),
  delegation: (history) => every(history, ({ on }) => on !== undefined),
  'once per run': (history) => every(history, ({ oncePer }) => oncePer === 'run'),
  'once per batch': (history) => every(history, ({ oncePer }) => oncePer === 'batch'),
  condition: (history) => every(history, ({ after }) => after !== undefined),
  ignored: outcome('ignored'),
  rescued: outcome('rescued'),
  failed: outcome('failed'),
  unreachable: outcome('unreachable'),
  skipped: outcome('skipped'),
  'notify in a block': notifiesIn('steps'),
  'notify in a rescue': notifiesIn('rescue'),
  'notify in an always': notifiesIn('always'),
  'handlers left due': event((one) => one.type === 'run-end' && Object.keys(one.due).length > 0),
  'handlers forgotten': event((one) => one.type === 'run-end' && Object.keys(one.forgotten).length > 0),
  serial: ({ recipe }) => recipe.plays.some(({ serial }) => serial !== undefined),
  'serial with a limit': ({ recipe }) =>
    recipe.plays.some(
      ({ serial, maxFailPercentage }) => serial !== undefined && maxFailPercentage !== undefined,
    ),
  'a limit was passed': event((one) => one.type === 'play-end' && one.note !== undefined),
  'any error is fatal': ({ recipe }) => recipe.plays.some(({ anyErrorsFatal }) => anyErrorsFatal),
  linear: ({ recipe }) => recipe.plays.some(({ strategy }) => strategy === 'linear'),
  parallel: step('parallel'),
  background: step('background'),
  flush: step('flush'),
  retries: progress('retrying'),
  reconnected: progress('reconnecting'),
  'time limit': error('command-timeout'),
  'two runs at a time': ({ moments }) => moments.some((one) => one.kind === 'begin' && one.run === 'rival'),
  'refused by a lock': error('host-locked'),
  'a lock was waited for': fault(/^a lock is waited for$/),
  'resume after a failure': resumedAfter(
    ({ how, faults }) => how === 'ended' && times(faults, 'Ctrl-C') === 0,
  ),
  'resume after Ctrl-C': resumedAfter(({ how, faults }) => how === 'ended' && times(faults, 'Ctrl-C') === 1),
  'resume after Ctrl-C twice': resumedAfter(
    ({ how, faults }) => how === 'ended' && times(faults, 'Ctrl-C') > 1,
  ),
  'resume after a kill': resumedAfter(({ faults }) => times(faults, 'the controller is killed') > 0),
  'resume after a loss of power': resumedAfter(
    ({ faults }) => times(faults, 'the controller loses its power') > 0,
  ),
  'resume after a full state folder': resumedAfter(
    ({ faults }) => times(faults, 'the state folder is full') > 0,
  ),
  'channel cut': fault(/^a channel/),
  'connection cut': fault(/^the connection/),
  'silent network': fault(/is silent$/),
  'host away': fault(/is away$/),
  'host boots again': fault(/boots again$/),
  'slow host': fault(/times slower$/),
  'few channels': fault(/allows . channels$/),
  'host that refuses': fault(/refuses changes$/),
  'host that lies': fault(/says that it failed$/),
  'host that babbles': error('protocol-error'),
  'noise at login': fault(/prints at each login$/),
  'full state folder': fault(/^the state folder is full$/),
  'clock jump': fault(/^the clock jumps/),
}

/** The dimensions of a history. */
export const dimensionsOf = (history: History): string[] =>
  Object.entries(dimensions).flatMap(([name, has]) => (has(history) ? [name] : []))

/** The number of seeds with each dimension. */
export class Tally {
  readonly counts = new Map(Object.keys(dimensions).map((name) => [name, 0]))

  add(name: string, seeds: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + seeds)
  }

  /** The dimensions that no seed had. */
  get missing(): string[] {
    return [...this.counts].flatMap(([name, count]) => (count === 0 ? [name] : []))
  }

  get table(): string {
    return [...this.counts].map(([name, count]) => `${String(count).padStart(8)} ${name}`).join('\n')
  }
}
