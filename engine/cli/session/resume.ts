/** What a run takes over from those before it: handlers that are due, and with `--resume` what is done already. */
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { everyTask } from '../../run/plan/choose-tasks.ts'
import type { Where } from '../../run/plan/choose-tasks.ts'
import { handlersOf, playMark } from '../../run/handlers/ledger.ts'
import { resumed } from '../../run/journal/resume.ts'
import type { Again, Resumed, SignatureOf } from '../../run/journal/resume.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { PlannedTask } from '../../run/plan/planned-steps.ts'
import { isRunning } from '../journal/files.ts'
import type { RecordedRun } from '../journal/files.ts'
import type { Memory } from '../journal/memory.ts'
import type { Mark } from './listing.ts'
import type { RunOptions } from '../options/run.ts'

/** Handlers that are due from earlier runs, by index of the play and host. */
export type Due = (play: number, host: string) => readonly string[]

/** What a run takes over. */
export interface ResumeState {
  readonly plan: Plan
  readonly due: Due
  /** The run that is gone on with. */
  readonly resumes: number | null
  /** What becomes of each task with `--resume`. */
  readonly standing?: Resumed['standing']
  /** What a person must know of it beforehand. */
  readonly notes: readonly string[]
}

/** Handlers that are due and that the plan still has. */
const dueIn = (plan: Plan, { due }: Memory): Due => {
  const names = new Map<string, Set<string>>()
  const key = (play: number, host: string): string => JSON.stringify([play, host])
  const all = plan.plays.map(({ name }) => name)
  const marks = handlersOf(due)
  for (const [index, { candidates }] of plan.plays.entries()) {
    const { play, nth } = playMark(all, index)
    for (const [host, { handlers }] of candidates) {
      const there = new Set(handlers.flatMap(({ handler }) => handler ?? []))
      const wanted = marks.filter(
        (mark) => mark.play === play && mark.nth === nth && mark.host === host && there.has(mark.handler),
      )
      if (wanted.length > 0) names.set(key(index, host), new Set(wanted.map(({ handler }) => handler)))
    }
  }
  return (play, host) => [...(names.get(key(play, host)) ?? [])]
}

/**
 * Handlers that are due and that the playbook does not have any more, as sentences: its author has given them, or their
 * play, another name. What a limit leaves out is still there.
 *
 * @param whole the plan before tags choose.
 */
export const lostHandlers = (whole: Plan, { due }: Memory): string[] => {
  const all = whole.plays.map(({ name }) => name)
  const there = new Set(
    whole.plays.flatMap(({ candidates }, index) => {
      const { play, nth } = playMark(all, index)
      const names = [...candidates.values()].flatMap(({ handlers }) =>
        handlers.flatMap(({ handler }) => handler ?? []),
      )
      return candidates.size === 0
        ? [JSON.stringify([play, nth])]
        : names.map((name) => JSON.stringify([play, nth, name]))
    }),
  )
  return handlersOf(due)
    .filter(
      ({ play, nth, handler }) =>
        !there.has(JSON.stringify([play, nth, handler])) && !there.has(JSON.stringify([play, nth])),
    )
    .map(
      ({ play, handler, host }) =>
        `due from an earlier run, but not in this playbook any more: handler ${handler} of play ${play} on ${host}; do by hand what it does`,
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

/** How many tasks of a plan another one does not have. */
const fewer = (whole: Plan, rest: Plan): number => everyTask(whole).length - everyTask(rest).length

const otherwise = ({ header }: RecordedRun, { limit, tags, skipTags }: RunOptions): string[] => {
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
    `run ${header.run} was given ${before.join(' ') || 'neither --limit nor --tags'}, this one is not: it is no longer the same hosts and tasks`,
  ]
}

/** Most tasks that are named one by one. */
const shownTasks = 20

/** What ended well and is looked at again, by task and reason, with the hosts. */
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
 * The plan that is to be run, and what is due. With `--resume` the plan is without what is done.
 *
 * @param signatureOf what a task of the plan is made of.
 * @returns a text instead where there is nothing to resume.
 * @throws `usage` when the run that would be resumed is still under way.
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
    throw new CoxswainError('usage', '--resume and --no-journal exclude each other')
  if (!options.resume) return { plan, due, resumes: null, notes }
  const { last } = memory
  // a run that could not be recorded may have been there: an exit with 0 would say that all is done
  if (last === undefined)
    return {
      plan,
      due,
      resumes: null,
      notes: ['no run of this playbook with this inventory is recorded: nothing is skipped', ...notes],
    }
  const { run } = last.header
  if (isRunning(last)) {
    throw new CoxswainError('usage', `run ${run} is still under way (process ${last.header.pid})`, {
      hint: 'wait until it ends, or end it; then resume it',
    })
  }
  const { past, warnings } = memory.past()
  const { plan: left, again, added, standing } = resumed(plan, past, due, signatureOf)
  const well = last.trailer?.exit === exitCodes.ok
  const over = left.hosts.length === 0 || (well && again.length === 0 && !added)
  if (over && waiting.length === 0)
    return [
      `nothing to resume: run ${run} came through with all of it`,
      ...memory.warnings,
      ...warnings,
    ].join('\n')
  const count = fewer(plan, left)
  const going = `going on with run ${run}: ${count} ${count === 1 ? 'task is' : 'tasks are'} done already`
  return {
    plan: left,
    due,
    resumes: run,
    standing,
    notes: [going, ...otherwise(last, options), ...againNotes(again), ...warnings, ...notes],
  }
}

/** What `--resume --list-tasks` says of a task on a host. */
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
