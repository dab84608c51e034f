import type { RunEvent } from '../run/events.ts'

/** One function for each type of event: a reporter that does not handle a new type does not compile. */
export type EventHandlers = {
  readonly [Kind in RunEvent['type']]: (event: Extract<RunEvent, { type: Kind }>) => void
}

export interface Reporter {
  readonly handle: EventHandlers
  /**
   * Shows a message that is not an event, such as that Ctrl-C was received. Writing past the reporter would break the
   * drawing of a tree. Outputs for programs ignore it.
   */
  note(text: string): void
  /**
   * Suspends output while the user is asked a question at the terminal: a tree removes its drawing and shows later
   * events afterwards. Reporters that do not draw continue.
   *
   * @returns the function to call when the question is answered.
   */
  suspend(): () => void
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** Handlers that pass every event to one function. */
export const handleAll = (each: (event: RunEvent) => void): EventHandlers => ({
  'run-start': each,
  'play-start': each,
  'tasks-added': each,
  'task-start': each,
  'task-output': each,
  'task-progress': each,
  'task-transfer': each,
  'task-end': each,
  'handlers-due': each,
  'host-end': each,
  'play-end': each,
  'run-end': each,
})

/** `suspend` of a reporter that does not draw. */
export const suspendNothing = (): (() => void) => () => {}

/** Where and how a reporter writes. */
export interface ReportOptions {
  /** Writes text to the output's destination. */
  readonly write: (text: string) => void
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Rows of the terminal. */
  readonly height: number
  /** Whether the run can be resumed if it fails. */
  readonly resumable?: boolean
  /** Whether changes are shown as diffs. */
  readonly diff: boolean
  /** 0: what changed and what failed; 1 (-v): also live output and causes of errors; 2 (-vv): also stack traces. */
  readonly verbosity: number
}

/** Passes an event to the handler of its type. */
export const dispatch = ({ handle }: Reporter, event: RunEvent): void => {
  switch (event.type) {
    case 'run-start':
      return handle['run-start'](event)
    case 'play-start':
      return handle['play-start'](event)
    case 'tasks-added':
      return handle['tasks-added'](event)
    case 'task-start':
      return handle['task-start'](event)
    case 'task-output':
      return handle['task-output'](event)
    case 'task-progress':
      return handle['task-progress'](event)
    case 'task-transfer':
      return handle['task-transfer'](event)
    case 'task-end':
      return handle['task-end'](event)
    case 'handlers-due':
      return handle['handlers-due'](event)
    case 'host-end':
      return handle['host-end'](event)
    case 'play-end':
      return handle['play-end'](event)
    case 'run-end':
      return handle['run-end'](event)
  }
}

/**
 * Combines several reporters into one, such as the screen, a report and a record.
 *
 * @example
 * const reporter = together([treeReporter(options), htmlReporter({ write: save })])
 */
export const together = (reporters: readonly Reporter[]): Reporter => ({
  handle: handleAll((event) => {
    for (const reporter of reporters) dispatch(reporter, event)
  }),
  note: (text) => {
    for (const reporter of reporters) reporter.note(text)
  },
  suspend: () => {
    const resumes = reporters.map((reporter) => reporter.suspend())
    return () => {
      for (const resume of resumes) resume()
    }
  },
  // all are closed even if one fails: a report that cannot be written must not leave a tree on the screen
  close: async () => {
    const closed = await Promise.allSettled(reporters.map((reporter) => reporter.close()))
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  },
})
