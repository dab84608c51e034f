/** Collects a complete run from its events, for reports that are written at its end. */
import type { CardGroup } from '../dsl/cards.ts'
import type {
  Outcome,
  ReportedChange,
  ReportedError,
  RunEnd,
  RunEvent,
  Standing,
  TaskEnd,
  TaskOutput,
  TaskRef,
  Invocation,
} from '../run/events.ts'
import { boundedEnd } from './bounded.ts'
import { KeptOutput } from './kept-output.ts'

/** Limit for the output of one task, for its beginning and again for its end, and for the characters of one line. */
const outputLimit = { lines: 100, size: 100 * 1024 }
const keptColumns = 2000

export interface RecordedLine {
  readonly stream: TaskOutput['stream']
  readonly line: string
}

/** A task on a host. Without an outcome, the task or the record was interrupted. */
export interface RecordedTask {
  readonly task: TaskRef
  /** Unix milliseconds, here and below. */
  readonly start: number
  readonly end: number | undefined
  readonly outcome: Outcome | undefined
  readonly changes: readonly ReportedChange[]
  readonly why: string | undefined
  readonly error: ReportedError | undefined
  readonly cards: readonly CardGroup[]
  /** The beginning and end of the output; a line between them says what was omitted. */
  readonly output: readonly RecordedLine[]
}

export interface RecordedPlay {
  readonly index: number
  readonly name: string
  readonly note: string | undefined
  readonly hosts: readonly string[]
  readonly start: number
  readonly end: number | undefined
  /** The result of each host that has ended the play. */
  readonly standings: ReadonlyMap<string, Standing>
  /** In the order of their start. */
  readonly tasks: readonly RecordedTask[]
}

export interface RecordedRun {
  readonly playbook: string
  readonly invocation: Invocation | undefined
  readonly check: boolean
  readonly hosts: readonly string[]
  /** The names of all plays, including those that did not start. */
  readonly names: readonly string[]
  readonly start: number
  /** Time of the last event. */
  readonly last: number
  readonly plays: readonly RecordedPlay[]
  /** Undefined if the run or its record was interrupted. */
  readonly end: RunEnd | undefined
}

interface GrowingTask {
  readonly task: TaskRef
  readonly start: number
  readonly head: TaskOutput[]
  readonly kept: KeptOutput
  ended: TaskEnd | undefined
}

interface GrowingPlay extends Omit<RecordedPlay, 'tasks' | 'end' | 'standings'> {
  readonly standings: Map<string, Standing>
  readonly tasks: GrowingTask[]
  end: number | undefined
}

const recorded = ({ task, start, head, kept, ended }: GrowingTask): RecordedTask => ({
  task,
  start,
  end: ended?.time,
  outcome: ended?.outcome,
  changes: ended?.changes ?? [],
  why: ended?.why,
  error: ended?.error,
  cards: ended?.cards ?? [],
  output: [...head, ...kept.end()].map(({ stream, line }) => ({ stream, line })),
})

export interface Recorder {
  readonly see: (event: RunEvent) => void
  /** The run as far as it has been seen. */
  readonly run: () => RecordedRun
}

/** Collects a run while it happens; the output of tasks is limited. */
export const recorder = (): Recorder => {
  let head: Pick<RecordedRun, 'playbook' | 'invocation' | 'check' | 'hosts' | 'names' | 'start'> = {
    playbook: '',
    invocation: undefined,
    check: false,
    hosts: [],
    names: [],
    start: 0,
  }
  let last = 0
  let end: RunEnd | undefined
  const plays: GrowingPlay[] = []
  const open = new Map<number, GrowingTask>()

  const playAt = (index: number): GrowingPlay | undefined => plays.findLast((play) => play.index === index)

  const begin = (task: TaskRef, start: number): GrowingTask => {
    const begun: GrowingTask = { task, start, head: [], kept: new KeptOutput(outputLimit), ended: undefined }
    open.set(task.id, begun)
    playAt(task.play)?.tasks.push(begun)
    return begun
  }

  const keep = (event: TaskOutput): void => {
    const of = open.get(event.task.id)
    if (of === undefined) return
    const { line } = event
    const cut = line.length > keptColumns ? { ...event, line: `${line.slice(0, keptColumns)}…` } : event
    const first = of.kept.push(cut)
    if (first !== undefined) of.head.push(first)
  }

  const see = (event: RunEvent): void => {
    last = Math.max(last, event.time)
    switch (event.type) {
      case 'run-start': {
        const { playbook, invocation, check, hosts, plays: names, time } = event
        head = { playbook, invocation, check, hosts, names, start: time }
        break
      }
      case 'play-start': {
        const { play: index, name, note, hosts, time } = event
        plays.push({ index, name, note, hosts, start: time, end: undefined, standings: new Map(), tasks: [] })
        break
      }
      case 'task-start':
        begin(event.task, event.time)
        break
      case 'task-output':
        keep(event)
        break
      case 'task-end': {
        const { task, time, seconds } = event
        // a task that is skipped with its block can end without having started
        const of = open.get(task.id) ?? begin(task, time - seconds * 1000)
        of.ended = boundedEnd(event)
        open.delete(task.id)
        break
      }
      case 'host-end':
        playAt(event.play)?.standings.set(event.host, event.standing)
        break
      case 'play-end': {
        const play = playAt(event.play)
        if (play !== undefined) play.end = event.time
        break
      }
      case 'run-end':
        end = event
        break
      case 'tasks-added':
      case 'task-progress':
      case 'task-transfer':
      case 'handlers-due':
        break
    }
  }
  return {
    see,
    run: () => ({
      ...head,
      last,
      end,
      plays: plays.map((play) => ({ ...play, tasks: play.tasks.map(recorded) })),
    }),
  }
}

/** Collects a run from its events. */
export const recordOf = (events: Iterable<RunEvent>): RecordedRun => {
  const { see, run } = recorder()
  for (const event of events) see(event)
  return run()
}
