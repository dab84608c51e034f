/** Which parts of a text are decoded in all ways, and the limit for that. */
import { looseOf } from './loose.ts'
import { isPlain } from './readings.ts'
import type { Span } from './secret-index.ts'

/** How many characters around a hint are decoded: punctuation of the secret, and marks of its encoding. */
const [leastAround, mostAround, aroundEach] = [256, 1024, 16]
/** At the end of an unfinished text: minimum characters and letters to decode, and maximum characters. */
const [leastAtEnd, lettersAtEnd, mostAtEnd] = [512, 16, 8192]
/** Text without escapes is decoded faster by this factor. */
const plainFactor = 8

/** A part of a text to decode in all ways, and the hints at a secret in it. */
export interface Window extends Span {
  readonly hints: readonly Span[]
}

/**
 * The parts of a text around hints; overlapping parts are merged.
 *
 * @param longest length of the longest secret.
 */
export const windowsOf = (text: string, hints: readonly Span[], longest: number): Window[] => {
  const around = Math.min(mostAround, Math.max(leastAround, longest * aroundEach))
  const windows: { start: number; end: number; hints: Span[] }[] = []
  for (const hint of hints.toSorted((a, b) => a.start - b.start)) {
    const start = Math.max(0, hint.start - around)
    const end = Math.min(text.length, hint.end + around)
    const last = windows.at(-1)
    if (last === undefined || start > last.end) windows.push({ start, end, hints: [hint] })
    else {
      last.end = Math.max(last.end, end)
      last.hints.push(hint)
    }
  }
  return windows
}

/** The offset from which the end of an unfinished text could be the beginning of a secret without a hint. */
export const beginningOfEnd = (text: string): number => {
  for (let size = leastAtEnd; size < Math.min(text.length, mostAtEnd); size *= 2)
    if (looseOf(text.slice(-size)).length >= lettersAtEnd) return text.length - size
  return Math.max(0, text.length - mostAtEnd)
}

/** The lines of a text that contain a part of it. */
export const linesAround = (text: string, { start, end }: Span): Span => {
  const next = text.indexOf('\n', end)
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: next < 0 ? text.length : next }
}

/** The parts that are not within others; both lists are in order. */
export const notWithin = (parts: readonly Span[], others: readonly Span[]): Span[] => {
  let at = 0
  return parts.filter(({ start, end }) => {
    while (at < others.length && (others[at]?.end ?? 0) <= start) at += 1
    const other = others[at]
    return other === undefined || other.start > start || other.end < end
  })
}

/** The lines of a text with escapes of any kind. */
export const escapedLines = (text: string): Span[] => {
  const lines: Span[] = []
  let start = 0
  for (const line of text.split('\n')) {
    if (!isPlain(line)) lines.push({ start, end: start + line.length })
    start += line.length + 1
  }
  return lines
}

/** How much of a text or stream can still be decoded in all ways. */
export class Allowance {
  #left: number

  constructor(letters: number) {
    this.#left = letters
  }

  /** Counts a part, and returns whether it can be decoded; otherwise it is hidden. */
  takes(part: string): boolean {
    const cost = isPlain(part) ? part.length / plainFactor : part.length
    const taken = cost <= this.#left
    this.#left = taken ? this.#left - cost : 0
    return taken
  }
}
