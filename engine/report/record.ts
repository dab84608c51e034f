/** A run as a whole, gathered from its events, for reports that are written at its end. */
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
} from '../run/events.ts'
import { boundedEnd } from './bounded.ts'
import { KeptOutput } from './kept-output.ts'

/** How much of the output of one task is kept at its beginning, and again at its end; and characters of one line. */
const outputLimit = { lines: 100, size: 100 * 1024 }
const keptColumns = 2000

export interface RecordedLine {
  readonly stream: TaskOutput['stream']
  readonly line: string
}

/** A task on a host. Without an outcome it was cut off: by an interrupt, or by the end of the record. */
export interface RecordedTask {
  readonly task: TaskRef
  /** Unix milliseconds, here and below. */
  readonly start: number
  readonly end: number | undefined
  readonly outcome: Outcome | undefined
  readonly changes: readonly ReportedChange[]
  readonly why: string | undefined
  readonly error: ReportedError | undefined
  /** Its beginning and its end; what was left out between them is told in a line of its own. */
  readonly output: readonly RecordedLine[]
}

export interface RecordedPlay {
  readonly index: number
  readonly name: string
  readonly note: string | undefined
  readonly hosts: readonly string[]
  readonly start: number
  readonly end: number | undefined
  /** Hosts that are through with it, and how they came out. */
  readonly standings: ReadonlyMap<string, Standing>
  /** In the order in which they began. */
  readonly tasks: readonly RecordedTask[]
}

export interface RecordedRun {
  readonly playbook: string
  readonly check: boolean
  readonly hosts: readonly string[]
  /** Every play by name, also those that were not begun. */
  readonly names: readonly string[]
  readonly start: number
  /** When the last event came. */
  readonly last: number
  readonly plays: readonly RecordedPlay[]
  /** Undefined where the run, or the record of it, was cut off. */
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
  output: [...head, ...kept.end()].map(({ stream, line }) => ({ stream, line })),
})

export interface Recorder {
  readonly see: (event: RunEvent) => void
  /** What has been seen so far. */
  readonly run: () => RecordedRun
}

/** Gathers a run while it happens; of what tasks print, only so much that its size stays within bounds. */
export const recorder = (): Recorder => {
  let head: Pick<RecordedRun, 'playbook' | 'check' | 'hosts' | 'names' | 'start'> = {
    playbook: '',
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
        const { playbook, check, hosts, plays: names, time } = event
        head = { playbook, check, hosts, names, start: time }
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
        // a task that is skipped with its block may end without having begun
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

/** The run that these events tell. */
export const recordOf = (events: Iterable<RunEvent>): RecordedRun => {
  const { see, run } = recorder()
  for (const event of events) see(event)
  return run()
}
