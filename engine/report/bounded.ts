/** Limits the size of `task-end` events: file contents, errors and values can be of any size. Pure. */
import type { ReportedChange, ReportedError, TaskEnd } from '../run/events.ts'

/** Maximum characters of one text, and of all changes of a task. */
const textLimit = 64 * 1024
const changesLimit = 1024 * 1024
/** Maximum bytes of the JSON of a value. */
const valueLimit = 1024 * 1024
/** Maximum number of changes of a task, and of causes of an error. */
const changesCount = 1000
const causesCount = 20

/**
 * Keeps the beginning and end of a text, with a note of how much was omitted between them.
 *
 * @example
 * boundedText('abcdefghij', 4) // 'ab\n… 6 characters omitted …\nij'
 */
export const boundedText = (text: string, limit = textLimit): string => {
  if (text.length <= limit) return text
  const half = Math.floor(limit / 2)
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters omitted …\n${text.slice(-half)}`
}

const maybe = (text: string | undefined, limit?: number): string | undefined =>
  text === undefined ? undefined : boundedText(text, limit)

const boundedChanges = (changes: readonly ReportedChange[]): readonly ReportedChange[] => {
  const kept: ReportedChange[] = []
  let left = changesLimit
  for (const { what, from, to } of changes) {
    if (left <= 0 || kept.length >= changesCount) {
      const more = changes.length - kept.length
      return [...kept, { what: `… ${more} more changes omitted …`, from: undefined, to: undefined }]
    }
    const change = { what: boundedText(what, 4096), from: maybe(from), to: maybe(to) }
    left -= change.what.length + (change.from?.length ?? 0) + (change.to?.length ?? 0)
    kept.push(change)
  }
  return kept
}

/** An error of bounded size. */
export const boundedError = (error: ReportedError | undefined): ReportedError | undefined =>
  error && {
    ...error,
    message: boundedText(error.message),
    hint: boundedText(error.hint),
    output: maybe(error.output),
    place: error.place && {
      ...error.place,
      ...(error.place.excerpt !== undefined && { excerpt: boundedText(error.place.excerpt, 4096) }),
    },
    causes: error.causes.slice(0, causesCount).map((cause) => boundedText(cause)),
  }

const isTooLarge = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value)) > valueLimit

/** The end of a task, of bounded size. A value of which a part is missing is of no use: one that is too large is left out. */
export const boundedEnd = ({ value, cards, ...event }: TaskEnd): TaskEnd => ({
  ...event,
  changes: boundedChanges(event.changes),
  why: maybe(event.why),
  error: boundedError(event.error),
  ...(value !== undefined && !isTooLarge(value) && { value }),
  ...(cards !== undefined && !isTooLarge(cards) && { cards }),
})
