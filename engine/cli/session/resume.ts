/** What a run takes over from earlier runs: due handlers and, with `--resume`, completed tasks. */
import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { everyTask } from '../../run/plan/choose-tasks.ts'
import type { Where } from '../../run/plan/choose-tasks.ts'
import { handlersOf, playMark } from '../../run/handlers/ledger.ts'
import { resumed } from '../../run/journal/resume.ts'
import type { Again, Resumed, SignatureOf } from '../../run/journal/resume.ts'
import { canHaveHandler } from '../../run/plan/plan.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { PlannedTask } from '../../run/plan/planned-steps.ts'
import { isRunning } from '../journal/files.ts'
import type { RecordedRun } from '../journal/files.ts'
import type { Memory } from '../journal/memory.ts'
import type { Mark } from './listing.ts'
import type { RunOptions } from '../options/run.ts'

/** Returns the handlers that are due from earlier runs, by index of the play and host. */
export type Due = (play: number, host: string) => readonly string[]

/** What a run takes over. */
export interface ResumeState {
  readonly plan: Plan
  readonly due: Due
  /** The run that is resumed. */
  readonly resumes: number | null
  /** What `--resume` does with each task. */
  readonly standing?: Resumed['standing']
  /** Texts to print before the run. */
  readonly notes: readonly string[]
}

/** The due handlers that the plan still has. */
const dueIn = (plan: Plan, { due }: Memory): Due => {
  const names = new Map<string, Set<string>>()
  const key = (play: number, host: string): string => JSON.stringify([play, host])
  const all = plan.plays.map(({ name }) => name)
  const marks = handlersOf(due)
  for (const [index, { candidates }] of plan.plays.entries()) {
    const { play, nth } = playMark(all, index)
    for (const [host, planned] of candidates) {
      const wanted = marks.filter(
        (mark) =>
          mark.play === play &&
          mark.nth === nth &&
          mark.host === host &&
          canHaveHandler(planned, mark.handler),
      )
      if (wanted.length > 0) names.set(key(index, host), new Set(wanted.map(({ handler }) => handler)))
    }
  }
  return (play, host) => [...(names.get(key(play, host)) ?? [])]
}

/**
 * Messages for due handlers that the playbook no longer has: the handler or its play was renamed. Handlers on hosts that
 * `--limit` excludes do not count.
 *
 * @param fullPlan the plan before tags choose tasks.
 */
export const lostHandlers = (fullPlan: Plan, { due }: Memory): string[] => {
  const all = fullPlan.plays.map(({ name }) => name)
  const marks = handlersOf(due)
  const isThere = ({ play, nth, handler }: (typeof marks)[number]): boolean =>
    fullPlan.plays.some(({ candidates }, index) => {
      const mark = playMark(all, index)
      if (mark.play !== play || mark.nth !== nth) return false
      return (
        candidates.size === 0 || [...candidates.values()].some((planned) => canHaveHandler(planned, handler))
      )
    })
  return marks
    .filter((mark) => !isThere(mark))
    .map(
      ({ play, handler, host }) =>
        `due from an earlier run, but no longer in this playbook: handler ${handler} of play ${play} on ${host}; do its work by hand`,
    )
}

const dueNotes = ({ plays }: Plan, due: Due): string[] => {
  const hosts = new Map<string, Set<string>>()
  for (const [index, { candidates }] of plays.entries()) {
    for (const host of candidates.keys())
      for (const handler of due(index, host)) hosts.set(handler, (hosts.get(handler) ?? new Set()).add(host))
  }
  return [...hosts].map(([handler, on]) => `due from an earlier run: ${handler} on ${[...on].join(', ')}`)
}

/** The number of tasks that a reduced plan does not have. */
const skippedTasks = (plan: Plan, rest: Plan): number => everyTask(plan).length - everyTask(rest).length

const noteOtherOptions = ({ header }: RecordedRun, { limit, tags, skipTags }: RunOptions): string[] => {
  const said = (name: string, value: string | null | undefined): string[] =>
    value ? [`${name} ${value}`] : []
  const before = [
    said('--limit', header.limit),
    said('--tags', header.tags.join(',')),
    said('--skip-tags', header.skipTags.join(',')),
  ].flat()
  const now = [
    said('--limit', limit),
    said('--tags', tags.join(',')),
    said('--skip-tags', skipTags.join(',')),
  ]
  if (before.join(' ') === now.flat().join(' ')) return []
  return [
    `run ${header.run} had ${before.join(' ') || 'neither --limit nor --tags'}, this run does not: the hosts and tasks are not the same`,
  ]
}

/** The largest number of tasks that are named one by one. */
const shownTasks = 20

/** Completed tasks that run again, by task and reason, with the hosts. */
const againNotes = (again: readonly Again[]): string[] => {
  const hosts = new Map<string, { readonly title: string; readonly why: string; readonly on: string[] }>()
  for (const { title, why, host } of again) {
    const key = JSON.stringify([title, why])
    const known = hosts.get(key) ?? { title, why, on: [] }
    hosts.set(key, known)
    if (known.on.at(-1) !== host) known.on.push(host)
  }
  const notes = [...hosts.values()].map(({ title, why, on }) => {
    const more = on.length > 3 ? ` and ${on.length - 3} more` : ''
    return `again: ${title} on ${on.slice(0, 3).join(', ')}${more}: ${why}`
  })
  const rest = notes.length - shownTasks
  return rest > 0 ? [...notes.slice(0, shownTasks), `again: ${rest} more tasks that have changed`] : notes
}

/**
 * Returns the plan to run and the due handlers. With `--resume` the plan does not have the completed tasks.
 *
 * @param signatureOf the signature of a task of the plan.
 * @returns a text if there is nothing to resume.
 * @throws `usage` if the run to resume has not ended.
 */
export const resumeState = (
  plan: Plan,
  memory: Memory,
  options: RunOptions,
  signatureOf: SignatureOf,
): ResumeState | string => {
  const due = dueIn(plan, memory)
  const waiting = dueNotes(plan, due)
  const notes = [...memory.warnings, ...waiting]
  if (options.resume && !options.journal)
    throw new CoxswainError('usage', '--resume and --no-journal cannot be used together')
  if (!options.resume) return { plan, due, resumes: null, notes }
  const { last } = memory
  // not an exit with 0: a run that was not recorded can have failed
  if (last === undefined)
    return {
      plan,
      due,
      resumes: null,
      notes: ['no run of this playbook with this inventory is recorded: nothing is skipped', ...notes],
    }
  const { run } = last.header
  if (isRunning(last)) {
    throw new CoxswainError('usage', `run ${run} is still running (process ${last.header.pid})`, {
      hint: 'wait until it ends, or stop it; then resume it',
    })
  }
  const { past, warnings } = memory.past()
  const { plan: left, again, added, standing } = resumed(plan, past, due, signatureOf)
  const succeeded = last.trailer?.exit === exitCodes.ok
  const over = left.hosts.length === 0 || (succeeded && again.length === 0 && !added)
  if (over && waiting.length === 0)
    return [`nothing to resume: run ${run} completed all tasks`, ...memory.warnings, ...warnings].join('\n')
  const count = skippedTasks(plan, left)
  const resuming = `resuming run ${run}: ${count} ${count === 1 ? 'task is' : 'tasks are'} already done`
  return {
    plan: left,
    due,
    resumes: run,
    standing,
    notes: [resuming, ...noteOtherOptions(last, options), ...againNotes(again), ...warnings, ...notes],
  }
}

/** The marks of `--resume --list-tasks`. */
export const marksOf =
  (inherited: ResumeState | string) =>
  ({ play, host }: Where, task: PlannedTask): Mark => {
    if (typeof inherited === 'string') return { word: 'skip', note: '' }
    const { due, standing } = inherited
    if (task.handler !== undefined)
      return due(play, host).includes(task.handler)
        ? { word: 'run ', note: 'due from an earlier run' }
        : { word: '    ', note: '' }
    const { skips = false, why = '' } = standing?.({ play, host }, task) ?? {}
    return { word: skips ? 'skip' : 'run ', note: why }
  }
