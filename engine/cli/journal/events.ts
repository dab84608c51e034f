import { eventOf } from '../../report/read-json.ts'
import type { RunEvent } from '../../run/events.ts'
import { signedOf } from './signed.ts'
import type { SignedTask } from './signed.ts'
import { linesOf } from './read-lines.ts'
import type { Lines } from './read-lines.ts'

/** What a line of a journal can be, between its header and its end. */
export type Entry = RunEvent | SignedTask

/** What was met while reading a journal. */
export interface Damage {
  /** Lines that say nothing that is understood; the last one of a run that was killed, cut off, is not counted. */
  lines: number
}

/** The first and the last line of a journal are not for readers of events. */
const isEnd = (line: string): boolean =>
  line.startsWith('{"type":"journal",') || line.startsWith('{"type":"journal-end",')

const entryIn = (line: string): Entry | undefined => {
  try {
    const parsed: unknown = JSON.parse(line)
    return eventOf(parsed) ?? signedOf(parsed)
  } catch {
    return undefined
  }
}

/**
 * The entries of a recorded run, in order, read as a stream.
 *
 * @param kinds only these, where they are given: what is not wanted is not parsed.
 * @param damage is counted up.
 * @throws when the file cannot be read at all.
 */
export function* entriesOf(
  file: string,
  kinds?: readonly Entry['type'][],
  damage: Damage = { lines: 0 },
): Generator<Entry> {
  const starts = kinds?.map((kind) => `{"type":"${kind}"`)
  const met: Lines = { tooLong: 0, ended: true }
  let broken = false
  for (const line of linesOf(file, met)) {
    // what follows shows that it was not the last one
    if (broken) damage.lines += 1
    broken = false
    if (isEnd(line)) continue
    const whole = line.startsWith('{"type":"')
    if (whole && starts !== undefined && !starts.some((start) => line.startsWith(start))) continue
    const entry = entryIn(line)
    if (entry === undefined) broken = true
    else yield entry
  }
  if (broken && met.ended) damage.lines += 1
  damage.lines += met.tooLong
}

/** The events of a recorded run. */
export function* eventsOf(file: string, damage?: Damage): Generator<RunEvent> {
  for (const entry of entriesOf(file, undefined, damage)) if (entry.type !== 'signature') yield entry
}
