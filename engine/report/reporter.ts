import type { RunEvent } from '../run/events.ts'

/** One function for each kind of event: a new kind breaks every reporter at compile time. */
export type EventHandlers = {
  readonly [Kind in RunEvent['type']]: (event: Extract<RunEvent, { type: Kind }>) => void
}

export interface Reporter {
  readonly handle: EventHandlers
  /**
   * Tells a person something that is no event, such as that Ctrl-C was noticed. Writing past the reporter would break
   * the drawing of a tree. What is for programs leaves it out.
   */
  note(text: string): void
  /**
   * Stands aside while a person is asked something at the terminal: a tree takes its drawing away. What comes meanwhile
   * is told afterwards. Reporters that draw nothing go on.
   *
   * @returns what to call when the question is answered.
   */
  suspend(): () => void
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** Handlers that hand every event to one function. */
export const handleAll = (each: (event: RunEvent) => void): EventHandlers => ({
  'run-start': each,
  'play-start': each,
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

/** For a reporter that draws nothing: there is nothing to take away, and nothing to bring back. */
export const undrawn = (): (() => void) => () => {}

/** Where a reporter writes, and what the person asked to see. */
export interface ReportOptions {
  /** Writes text to where the output goes. */
  readonly write: (text: string) => void
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Rows of the terminal. */
  readonly height: number
  /** Whether the run can be resumed, should it fail. */
  readonly resumable?: boolean
  /** Show changes as diffs. */
  readonly diff: boolean
  /** 0: what changed and what failed; 1 (-v): also live output and causes of errors; 2 (-vv): also stack traces. */
  readonly verbosity: number
}

/** Hands an event to the function that is there for its kind. */
export const dispatch = ({ handle }: Reporter, event: RunEvent): void => {
  switch (event.type) {
    case 'run-start':
      return handle['run-start'](event)
    case 'play-start':
      return handle['play-start'](event)
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
 * Several reporters as one: the screen, a report, a record.
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
  // each is closed, also when another cannot be: a report that cannot be written must not leave a tree on the screen
  close: async () => {
    const closed = await Promise.allSettled(reporters.map((reporter) => reporter.close()))
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  },
})
