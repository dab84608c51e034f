/** Compares two recorded runs. Pure. */
import type { Outcome, RunEvent } from '../../run/events.ts'
import { titledBy } from '../../report/text.ts'

/** A task with different outcomes; undefined where the run did not have the task. */
export interface OutcomeDifference {
  readonly type: 'outcome'
  readonly play: string
  readonly task: string
  readonly host: string
  readonly from: Outcome | undefined
  readonly to: Outcome | undefined
  /** The error in the second run. */
  readonly error: string | undefined
}

/** A task with the same outcome that took much longer. */
export interface SlowerTask {
  readonly type: 'slower'
  readonly play: string
  readonly task: string
  readonly host: string
  /** Seconds. */
  readonly from: number
  readonly to: number
}

/** A host that only one of the runs had. */
export interface HostDifference {
  readonly type: 'host'
  readonly host: string
  readonly in: 'first' | 'second'
}

/** One difference. */
export type Difference = HostDifference | OutcomeDifference | SlowerTask

/** A task took much longer if it took this many times as long, and this many seconds more. */
const muchLonger = { times: 2, seconds: 5 }

interface Ended {
  readonly play: string
  readonly task: string
  readonly host: string
  readonly outcome: Outcome
  readonly seconds: number
  readonly error: string | undefined
}

interface Summary {
  readonly hosts: ReadonlySet<string>
  /** By play, host, title, and the number of equal tasks before it. */
  readonly tasks: ReadonlyMap<string, Ended>
}

const summaryOf = (events: Iterable<RunEvent>): Summary => {
  const hosts = new Set<string>()
  const plays = new Map<number, string>()
  const tasks = new Map<string, Ended>()
  const count = new Map<string, number>()
  for (const event of events) {
    if (event.type === 'run-start') {
      for (const host of event.hosts) hosts.add(host)
      event.plays.forEach((name, play) => plays.set(play, name))
    }
    if (event.type !== 'task-end') continue
    const { task, outcome, seconds, error } = event
    const play = plays.get(task.play) ?? `play ${task.play + 1}`
    const title = titledBy(task)
    const same = JSON.stringify([play, task.host, task.name, title])
    const nth = count.get(same) ?? 0
    count.set(same, nth + 1)
    tasks.set(`${nth} ${same}`, {
      play,
      task: title,
      host: task.host,
      outcome,
      seconds,
      error: error?.message,
    })
  }
  return { hosts, tasks }
}

/**
 * Compares two runs: hosts, outcomes of tasks, and tasks that took much longer.
 *
 * @param first the events of the earlier run.
 * @param second the events of the later run.
 */
export const compareRuns = (first: Iterable<RunEvent>, second: Iterable<RunEvent>): Difference[] => {
  const [before, after] = [summaryOf(first), summaryOf(second)]
  const hosts: Difference[] = [
    ...[...before.hosts]
      .filter((host) => !after.hosts.has(host))
      .map((host) => ({ host, in: 'first' }) as const),
    ...[...after.hosts]
      .filter((host) => !before.hosts.has(host))
      .map((host) => ({ host, in: 'second' }) as const),
  ].map((one) => ({ type: 'host', ...one }))
  const outcomes: OutcomeDifference[] = []
  const slower: SlowerTask[] = []
  // in the order of the second run, followed by tasks of the first run only
  for (const key of new Set([...after.tasks.keys(), ...before.tasks.keys()])) {
    const [was, is] = [before.tasks.get(key), after.tasks.get(key)]
    const one = is ?? was
    if (one === undefined || !before.hosts.has(one.host) || !after.hosts.has(one.host)) continue
    const { play, task, host } = one
    if (was?.outcome !== is?.outcome)
      outcomes.push({
        type: 'outcome',
        play,
        task,
        host,
        from: was?.outcome,
        to: is?.outcome,
        error: is?.error,
      })
    else if (
      was !== undefined &&
      is !== undefined &&
      is.seconds >= was.seconds * muchLonger.times &&
      is.seconds - was.seconds >= muchLonger.seconds
    )
      slower.push({ type: 'slower', play, task, host, from: was.seconds, to: is.seconds })
  }
  return [...hosts, ...outcomes, ...slower]
}
