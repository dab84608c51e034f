import { readFileSync } from 'node:fs'
import { eventOf } from '../../report/read-json.ts'
import type { RunEvent } from '../../run/events.ts'

const eventIn = (line: string): RunEvent | undefined => {
  try {
    return eventOf(JSON.parse(line))
  } catch {
    // the last line of a run that was killed
    return undefined
  }
}

/**
 * The events of a recorded run, in order.
 *
 * @param kinds only these, where they are given: what is not wanted is not parsed.
 */
export function* eventsOf(file: string, kinds?: readonly RunEvent['type'][]): Generator<RunEvent> {
  const starts = kinds?.map((kind) => `{"type":"${kind}"`)
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (starts !== undefined && !starts.some((start) => line.startsWith(start))) continue
    const event = eventIn(line)
    if (event !== undefined) yield event
  }
}
