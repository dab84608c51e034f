/** Made-up events of a run, for the tests of reporters. */
import { dispatch } from '../../engine/report/reporter.ts'
import type { Reporter, ReportOptions } from '../../engine/report/reporter.ts'
import { noOutcomes } from '../../engine/run/events.ts'
import type {
  HostRecap,
  Outcome,
  PlayStart,
  ReportedError,
  RunEnd,
  RunEvent,
  RunStart,
  Standing,
  TaskEnd,
  TaskOutput,
  TaskProgress,
  TaskRef,
  TaskStart,
  TaskTransfer,
} from '../../engine/run/events.ts'

/** The default time of events. */
export const time = 1_000_000

export const runStart = (more: Partial<RunStart> = {}): RunStart => ({
  type: 'run-start',
  time,
  playbook: 'ha-masters',
  check: false,
  hosts: ['m1', 'm22'],
  plays: ['every master is ready'],
  invocation: undefined,
  ...more,
})

export const playStart = (more: Partial<PlayStart> = {}): PlayStart => {
  const hosts = more.hosts ?? ['m1', 'm22']
  const tasks = Object.fromEntries(hosts.map((host) => [host, 2]))
  return {
    type: 'play-start',
    time,
    play: 0,
    name: 'every master is ready',
    hosts,
    tasks,
    note: undefined,
    ...more,
  }
}

let ids = 0

export const taskRef = (host: string, title: string, more: Partial<TaskRef> = {}): TaskRef => {
  ids += 1
  return {
    id: ids,
    host,
    play: 0,
    position: 0,
    name: 'sysctl',
    title,
    role: 'task',
    handler: undefined,
    on: undefined,
    ...more,
  }
}

export const taskStart = (task: TaskRef, at = time): TaskStart => ({ type: 'task-start', time: at, task })

export const taskOutput = (
  task: TaskRef,
  line: string,
  stream: TaskOutput['stream'] = 'stdout',
): TaskOutput => ({ type: 'task-output', time, task, stream, line })

export const taskProgress = (
  task: TaskRef,
  what: TaskProgress['what'],
  why?: string,
  at = time,
): TaskProgress => ({ type: 'task-progress', time: at, task, what, why })

export const taskTransfer = (task: TaskRef, bytes: number, size: number, at = time): TaskTransfer => ({
  type: 'task-transfer',
  time: at,
  task,
  path: '/srv/big',
  bytes,
  size,
})

export const taskEnd = (task: TaskRef, outcome: Outcome, more: Partial<TaskEnd> = {}): TaskEnd => ({
  type: 'task-end',
  time,
  task,
  outcome,
  changes: [],
  why: undefined,
  error: undefined,
  seconds: 0.23,
  ...more,
})

export const playEnd = (failed: readonly string[] = [], play = 0): RunEvent => ({
  type: 'play-end',
  time,
  play,
  failed,
  note: undefined,
})

export const hostEnd = (host: string, standing: Standing = 'well', play = 0): RunEvent => ({
  type: 'host-end',
  time,
  play,
  host,
  standing,
})

export const recapOf = (host: string, counts: Partial<Record<Outcome, number>> = {}): HostRecap => ({
  host,
  counts: {
    ...noOutcomes(),
    ...counts,
  },
})

export const runEnd = (more: Partial<RunEnd> = {}): RunEnd => ({
  type: 'run-end',
  time,
  recap: [recapOf('m1', { ok: 1 }), recapOf('m22', { ok: 2 })],
  stopped: undefined,
  notRun: [],
  due: {},
  forgotten: {},
  seconds: 1.5,
  ...more,
})

export const commandFailed = (more: Partial<ReportedError> = {}): ReportedError => ({
  code: 'command-failed',
  message: 'exit status 1 from: kubeadm join',
  hint: 'run it by hand on the host to see more',
  host: 'm22',
  task: 'join the control plane',
  place: undefined,
  output: '[preflight] Running pre-flight checks\n\x1b[31m[ERROR Port-6443]: Port 6443 is in use\x1b[0m\n',
  causes: ['the process ended', 'a deeper cause\nof two lines'],
  stack: 'CoxswainError: exit status 1\n    at Command.orFail (command.ts:65:11)',
  ...more,
})

/** Options of a reporter without colour, and its output. */
export const paper = (more: Partial<ReportOptions> = {}) => {
  const pieces: string[] = []
  const options: ReportOptions = {
    write: (text) => pieces.push(text),
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 0,
    ...more,
  }
  return { options, text: () => pieces.join('') }
}

/** The output of a reporter for these events. */
export const written = (
  make: (options: ReportOptions) => Reporter,
  events: readonly RunEvent[],
  more: Partial<ReportOptions> = {},
): string => {
  const { options, text } = paper(more)
  const reporter = make(options)
  for (const event of events) dispatch(reporter, event)
  return text()
}

/** Lines as one text, as reporters write them. */
export const text = (...lines: readonly string[]): string => `${lines.join('\n')}\n`
