import type { RunEvent } from '../run/events.ts'

/** One function for each kind of event: a new kind breaks every reporter at compile time. */
export type EventHandlers = {
  readonly [Kind in RunEvent['type']]: (event: Extract<RunEvent, { type: Kind }>) => void
}

export interface Reporter {
  readonly handle: EventHandlers
  /**
   * Tells a person something that is no event, such as that Ctrl-C was noticed. Writing past the reporter would break
   * the drawing of a tree. JSON is for programs: it leaves it out.
   */
  note(text: string): void
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** Where a reporter writes, and what the person asked to see. */
export interface ReportOptions {
  /** Writes text to standard output. */
  readonly write: (text: string) => void
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Rows of the terminal. */
  readonly height: number
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
