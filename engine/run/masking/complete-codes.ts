/** Masks cover the codes of terminals completely: a part of a code would hide the mask, or show what the code hid. */
import type { Span } from './secret-index.ts'
import { hasCodes, terminalCodes, unfinishedCodesBefore } from './terminal-codes.ts'

/** A span with the codes that it overlaps; `from` is not within a code. */
const withCodes = (text: string, { start, end }: Span, from: number): Span => {
  const codes = new RegExp(terminalCodes, 'g')
  codes.lastIndex = from
  const complete = { start, end }
  for (let code = codes.exec(text); code !== null && code.index < complete.end; code = codes.exec(text)) {
    if (codes.lastIndex <= complete.start) continue
    complete.start = Math.min(complete.start, code.index)
    complete.end = Math.max(complete.end, codes.lastIndex)
  }
  return complete
}

/**
 * The parts of a text to mask, with the codes of terminals that they overlap, and with unfinished codes before them,
 * whose end the mask would be.
 *
 * @param spans in order, not overlapping.
 */
export const withCompleteCodes = (text: string, spans: readonly Span[]): readonly Span[] => {
  if (spans.length === 0 || !hasCodes(text)) return spans
  const all: { start: number; end: number }[] = []
  let covered = 0
  for (const span of spans) {
    if (span.end <= covered) continue
    const last = all.at(-1)
    // no code contains a line break
    const line = text.slice(covered, span.start).lastIndexOf('\n') + 1
    const complete = withCodes(text, span, covered + line)
    if (last !== undefined && span.start < covered) last.end = complete.end
    else all.push({ start: unfinishedCodesBefore(text, covered, complete.start), end: complete.end })
    covered = complete.end
  }
  return all
}
