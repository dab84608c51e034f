import { eventOf } from '../../report/read-json.ts'
import type { RunEvent } from '../../run/events.ts'
import { signedOf } from './signed.ts'
import type { SignedTask } from './signed.ts'
import { linesOf } from './read-lines.ts'
import type { Lines } from './read-lines.ts'

/** A line of a journal between its header and its end. */
export type Entry = RunEvent | SignedTask

/** The damage found while reading a journal. */
export interface Damage {
  /** Lines that cannot be parsed, without the incomplete last line of a run that was killed. */
  lines: number
}

/** Whether a line is the header or the end of a journal, which are not events. */
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
 * Reads the entries of a recorded run in order, as a stream.
 *
 * @param kinds only entries of these kinds; others are not parsed.
 * @param damage counts the damaged lines.
 * @throws if the file cannot be read.
 */
export function* entriesOf(
  file: string,
  kinds?: readonly Entry['type'][],
  damage: Damage = { lines: 0 },
): Generator<Entry> {
  const starts = kinds?.map((kind) => `{"type":"${kind}"`)
  const lines: Lines = { tooLong: 0, ended: true }
  let broken = false
  for (const line of linesOf(file, lines)) {
    // a broken line before another one is damage
    if (broken) damage.lines += 1
    broken = false
    if (isEnd(line)) continue
    const isEntry = line.startsWith('{"type":"')
    if (isEntry && starts !== undefined && !starts.some((start) => line.startsWith(start))) continue
    const entry = entryIn(line)
    if (entry === undefined) broken = true
    else yield entry
  }
  if (broken && lines.ended) damage.lines += 1
  damage.lines += lines.tooLong
}

/** Reads the events of a recorded run. */
export function* eventsOf(file: string, damage?: Damage): Generator<RunEvent> {
  for (const entry of entriesOf(file, undefined, damage)) if (entry.type !== 'signature') yield entry
}
