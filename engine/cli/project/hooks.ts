/** Hooks of a project: functions of its settings that are called with the events of a run. */
import type { CoxswainError, Place } from '../../errors.ts'
import { jsonReporter } from '../../report/json.ts'
import { readEventLine } from '../../report/json-events.ts'
import type { EventLine } from '../../report/json-events.ts'
import type { Reporter } from '../../report/reporter.ts'
import { settled } from '../../settled.ts'
import type { Hook } from './config-schema.ts'
import { hookCalls } from './hook-calls.ts'
import { hookError, messageOf } from './hook-error.ts'
import type { Outlets } from '../outlets.ts'

/** Seconds that hooks can take after the run has ended. */
const longest = 60

/** A hook, and where it is in the settings. */
export interface PlacedHook {
  readonly call: Hook
  readonly place: Place
}

/** What calling hooks depends on. */
export interface HookOptions {
  /** Masks the events that hooks are given, like every output. */
  readonly through: Outlets['through']
  /** Reports a hook that failed, when all are done; the run is not affected. */
  readonly report: (error: CoxswainError) => void
  readonly seconds?: number
}

/**
 * Waits for work.
 *
 * @throws an error that says why it does not end: it takes longer than some seconds, or its promise never settles.
 */
const ended = async (work: Promise<void>, seconds: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${seconds} s`)), seconds * 1000)
    // it must not keep a process that has nothing else to do
    timer.unref()
  })
  try {
    await settled(Promise.race([work, late]), () => new Error('its promise never settles'))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A reporter that calls hooks, one after another in the order of the events. Closing it waits for them. A hook that fails is
 * reported once for each type of event.
 */
export const hookReporter = (
  hooks: ReadonlyMap<string, PlacedHook>,
  { through, report, seconds = longest }: HookOptions,
): Reporter => {
  const failures = new Map<string, CoxswainError>()
  /** The event whose hook is running, and the place of the hook. */
  let running: { readonly type: string; readonly place: Place } | undefined
  let calls = Promise.resolve()
  const take = async ({ call, place }: PlacedHook, event: EventLine): Promise<void> => {
    const { type } = event
    running = { type, place }
    try {
      await hookCalls.run(type, () => call(event))
    } catch (error) {
      if (!failures.has(type)) failures.set(type, hookError(type, error, place))
    }
    running = undefined
  }
  const takeLine = (line: string): void => {
    const event = readEventLine(line)
    const hook = hooks.get(event.type)
    if (hook !== undefined) calls = calls.then(() => take(hook, event))
  }
  const reporter = jsonReporter({
    write: through('json', takeLine),
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 0,
  })
  return {
    ...reporter,
    close: async () => {
      await reporter.close()
      try {
        await ended(calls, seconds)
      } catch (error) {
        const { type = '', place } = running ?? {}
        failures.set('', hookError(type, messageOf(error), place))
      }
      for (const failure of failures.values()) report(failure)
    },
  }
}
