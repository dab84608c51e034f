/** Runs a play on a host. */
import type { Background } from '../../dsl/step.ts'
import { addMade } from './add-made.ts'
import type { Known } from './add-made.ts'
import { askCondition, lookEarly } from './asking.ts'
import type { Standing } from '../events.ts'
import type { Look } from '../task/execution.ts'
import { HostHandlers } from './host-handlers.ts'
import { LookAhead } from './look-ahead.ts'
import { doneForAll } from './done-for-all.ts'
import type { PlayHost } from './play-host.ts'
import { nothingEarlier } from '../plan/plan.ts'
import type { HostPlan } from '../plan/plan.ts'
import { MadeSteps, tasksOf } from '../plan/planned-steps.ts'
import type { PlannedGiven, PlannedStep, PlannedTask } from '../plan/planned-steps.ts'
import { reportResult } from '../task/report-task.ts'
import { runTask } from '../task/run-task.ts'
import type { Ended } from '../task/run-task.ts'
import { together } from '../pool.ts'
import { standingAfter, standingOf, worst } from './standing.ts'
import type { Course } from './standing.ts'

/** The surroundings of a step. */
interface Around {
  readonly rescuable: boolean
  /** In an `always`: it runs even if no other step is started. */
  readonly last: boolean
  /** In parallel with other steps of the host. */
  readonly beside: boolean
  /** Called when a task starts. */
  readonly begin: () => void
}

const conditionFalse = {
  outcome: 'skipped',
  changes: [],
  why: 'the condition of its block is false',
} as const

/** Runs one play on one host. */
class HostRunner {
  readonly #run: PlayHost
  readonly #plan: HostPlan
  readonly #ahead: LookAhead
  readonly #known: Known
  readonly #handlers: HostHandlers
  readonly #started = new Map<Background, Promise<Course>>()
  /** How often each handler has run on this host. */
  readonly #rounds = new Map<string, number>()
  #flushed: Promise<unknown> = Promise.resolve()

  constructor(run: PlayHost, plan: HostPlan, known: Known, due: readonly string[]) {
    this.#run = run
    this.#plan = plan
    this.#known = known
    this.#handlers = new HostHandlers(plan.handlers, due, tasksOf(plan.steps, 'all').length)
    const successPath = tasksOf(plan.steps, 'success-path')
    this.#ahead = new LookAhead(run.scope, successPath, (planned) => lookEarly(run, planned))
  }

  async all(): Promise<Standing> {
    const around = { rescuable: false, last: false, beside: false, begin: () => {} }
    const course = await this.#list(this.#plan.steps, around)
    // after every task of every host
    const end = course === 'well' ? await this.#runHandlers(around, Number.POSITIVE_INFINITY) : course
    return standingAfter(end)
  }

  /** Runs steps one after another; background steps end with the list. */
  async #list(steps: readonly PlannedStep[], around: Around): Promise<Course> {
    const begun: Promise<Course>[] = []
    const inFront = this.#inFront(steps, around, begun)
    await Promise.allSettled([inFront])
    return worst(await together([inFront, ...begun]))
  }

  async #inFront(steps: readonly PlannedStep[], around: Around, begun: Promise<Course>[]): Promise<Course> {
    for (const step of steps) {
      if (step.kind === 'background') {
        const work = this.#list(step.steps, { ...around, beside: true })
        // the rejection is handled where the step is awaited
        work.catch(() => {})
        this.#started.set(step.started, work)
        begun.push(work)
        continue
      }
      const standing = await this.#step(step, around)
      if (standing !== 'well') return standing
    }
    return 'well'
  }

  async #step(step: Exclude<PlannedStep, { kind: 'background' }>, around: Around): Promise<Course> {
    switch (step.kind) {
      case 'task':
        return this.#task(step, around)
      case 'block':
        return (await this.#unlessExcluded(step, around)) ?? this.#block(step, around)
      case 'parallel': {
        const excluded = await this.#unlessExcluded(step, around)
        if (excluded !== undefined) return excluded
        const beside = { ...around, beside: true }
        return worst(await together(step.steps.map((one) => this.#list([one], beside))))
      }
      case 'given':
        return this.#given(step, around)
      case 'join':
        // a background step that was left out has nothing to wait for
        return this.#started.get(step.started) ?? 'well'
      case 'flush':
        return this.#runHandlers(around, step.position)
    }
  }

  /** Evaluates the condition of several steps. Returns their standing if they do not run. */
  async #unlessExcluded(
    step: Extract<PlannedStep, { kind: 'block' | 'parallel' }>,
    around: Around,
  ): Promise<Course | undefined> {
    const { condition } = step
    if (condition === undefined || this.#over(around)) return undefined
    return this.#inTurn(condition.about.position, around, async () => {
      if (this.#over(around)) return undefined
      const answer = await askCondition(this.#run, condition)
      if (answer === true) return undefined
      if (answer === false || answer.outcome === 'unknown') {
        const result = answer === false ? conditionFalse : answer
        for (const task of tasksOf([step], 'success-path')) {
          this.#known.outcomes.set(task.task, reportResult(this.#run, task, result, false))
        }
        return 'well'
      }
      return standingOf[reportResult(this.#run, condition.about, answer, around.rescuable)]
    })
  }

  async #block(step: Extract<PlannedStep, { kind: 'block' }>, around: Around): Promise<Course> {
    const { steps, rescue, always } = step
    let begun = false
    const begin = (): void => {
      begun = true
      around.begin()
    }
    const rescuable = rescue.length > 0 || around.rescuable
    let standing = await this.#list(steps, { ...around, rescuable, begin })
    // a block that was not started needs no cleanup
    if (!begun && this.#over(around)) return worst([standing, 'stopped'])
    const lost = standing === 'failed' || standing === 'unreachable'
    if (lost && rescue.length > 0 && !this.#run.signal.aborted) standing = await this.#list(rescue, around)
    if (always.length === 0 || this.#run.signal.aborted) return standing
    return worst([standing, await this.#list(always, { ...around, last: true })])
  }

  /** Whether no further task is started. */
  #over({ last }: Around): boolean {
    const { signal, stopping, givenUp } = this.#run
    return signal.aborted || (!last && (stopping.aborted || givenUp()))
  }

  #inTurn<Value>(position: number, { beside }: Around, work: () => Promise<Value>): Promise<Value> {
    const { host, pace } = this.#run
    return pace.turn(host, beside ? undefined : position, work)
  }

  async #task(planned: PlannedTask, around: Around, position = planned.position): Promise<Course> {
    const end = await this.#ended(planned, around, position)
    return end === undefined ? 'stopped' : standingOf[end.outcome]
  }

  /** Runs a task at its turn; undefined if it did not start because the run ended before. */
  async #ended(
    planned: PlannedTask,
    around: Around,
    position = planned.position,
  ): Promise<Ended | undefined> {
    if (this.#over(around)) return undefined
    const { host, throttles } = this.#run
    const work = async (): Promise<Ended | undefined> => {
      // another host may have failed while this one waited for its turn
      if (this.#over(around)) return undefined
      around.begin()
      const end = await this.#executed(planned, around)
      if (end !== undefined) this.#learn(planned, end)
      return end
    }
    return this.#inTurn(position, around, () => throttles.enter(host, planned, work))
  }

  /** Reads values, and runs the steps that are made from them. */
  async #given(given: PlannedGiven, around: Around): Promise<Course> {
    const end = await this.#ended(given.about, around)
    if (end === undefined) return 'stopped'
    // what can be ignored or rescued has another outcome
    if (end.outcome === 'failed') return 'mistaken'
    if (!(end.value instanceof MadeSteps)) return standingOf[end.outcome]
    const host = {
      run: this.#run,
      known: this.#known,
      handlers: this.#handlers,
      ahead: this.#ahead,
      resumes: this.#plan.resumes,
    }
    return this.#list(addMade(host, given, end.value), around)
  }

  /** Runs a task; undefined if it did not start because the run ended before its turn. */
  #executed(planned: PlannedTask, around: Around): Promise<Ended | undefined> {
    const { rescuable } = around
    const readsFacts = planned.makesTasks === true || planned.task.options.when !== undefined
    const early = (): Promise<Look | undefined> | undefined => {
      const look = this.#ahead.take(planned)
      // under --check, a change that was predicted meanwhile can make values unknown
      return readsFacts && this.#run.scope.changePredicted ? undefined : look
    }
    const work = (): Promise<Ended> => runTask(this.#run, planned, { early, rescuable })
    if (planned.settings.oncePer === undefined) return work()
    const { handler = '' } = planned
    const round = (this.#rounds.get(handler) ?? 0) + 1
    if (handler !== '') this.#rounds.set(handler, round)
    // the run may have ended while other hosts had their turn
    const inTime = async (): Promise<Ended | undefined> => (this.#over(around) ? undefined : work())
    return doneForAll(this.#run, planned, { rescuable, round }, inTime)
  }

  #learn({ task, notifies }: PlannedTask, { outcome, began, value }: Ended): void {
    const { scope, host, checkMode } = this.#run
    this.#known.outcomes.set(task, outcome)
    if (!(value instanceof MadeSteps)) scope.give(host, task, value)
    if (outcome === 'would change' || outcome === 'unknown') {
      scope.changePredicted = true
      scope.giveLater(host, task)
    }
    if (began || outcome === 'unknown') this.#handlers.notify(notifies, outcome !== 'unknown')
    this.#ahead.learn(outcome === 'ok' || outcome === 'skipped' || checkMode)
  }

  /** Runs the handlers that are due. Concurrent flushes of the host run one after another. */
  #runHandlers(around: Around, position: number): Promise<Course> {
    const mine = this.#flushed.then(() => this.#flush(around, position))
    this.#flushed = mine.catch(() => {})
    return mine
  }

  /** Under `--check`, reports handlers of which it is not known whether they would be notified. */
  #reportUnknown(ran: ReadonlySet<string>): void {
    const why = 'it is not known whether it will be notified'
    for (const planned of this.#handlers.takeUnsure(ran))
      reportResult(this.#run, planned, { outcome: 'unknown', changes: [], why }, false)
  }

  /** Runs each handler that is due once, including those that other handlers notify. */
  async #flush(around: Around, position: number): Promise<Course> {
    const ran = new Set<string>()
    const next = (): PlannedTask | undefined => this.#handlers.nextDue(ran)
    for (let planned = next(); planned !== undefined; planned = next()) {
      const { handler = '' } = planned
      ran.add(handler)
      // a notification while it runs may be too late for it
      this.#handlers.begin(handler)
      const standing = await this.#task(planned, around, position)
      if (standing === 'well') continue
      this.#handlers.notify([handler], true)
      return standing
    }
    this.#reportUnknown(ran)
    return 'well'
  }
}

/**
 * Runs a play on a host: its steps in order, then the handlers that are due. Returns the host's result.
 *
 * @param due handlers that are due from an earlier run.
 */
export const runHost = async (
  run: Omit<PlayHost, 'outcomeOf' | 'unfinished'>,
  plan: HostPlan,
  due: readonly string[],
): Promise<Standing> => {
  const { past, unfinished: begun } = plan.resumes ?? nothingEarlier
  const outcomes = new Map(past)
  const unfinished = new Set(begun)
  const playHost: PlayHost = {
    ...run,
    outcomeOf: (task) => outcomes.get(task),
    unfinished: (task) => unfinished.has(task),
  }
  try {
    return await new HostRunner(playHost, plan, { outcomes, unfinished }, due).all()
  } finally {
    run.pace.leave(run.host)
  }
}
