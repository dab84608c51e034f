import { isSecret, mask, plainMasks } from '../../secret.ts'
import { Allowance, beginningOfEnd, escapedLines, linesAround, notWithin, windowsOf } from './closely.ts'
import { hintsOf } from './hints.ts'
import { isLoose, looseForms } from './loose-forms.ts'
import { looseViews } from './loose.ts'
import { certainInBase64, formsOf } from './secret-forms.ts'
import { SecretIndex, keySize } from './secret-index.ts'
import type { Found, Span } from './secret-index.ts'
import { endIn, startIn } from './view.ts'
import type { View } from './view.ts'
import { viewsOf } from './views.ts'
import { withCompleteCodes } from './complete-codes.ts'

/** Bytes and streams: walking them finds no Secret and takes long, or consumes the stream. */
const isBulk = (item: object): boolean =>
  ArrayBuffer.isView(item) ||
  item instanceof ArrayBuffer ||
  Symbol.asyncIterator in item ||
  ('pipe' in item && typeof item.pipe === 'function')

const partsOf = (item: object): Iterable<unknown> => {
  if (item instanceof Map) return [...item].flat()
  return item instanceof Set ? item : Object.values(item)
}

/** Maximum characters for one encoded character in held text, and the minimum that can be held back. */
const widest = 16
const leastHeld = 64 * 1024

/**
 * With fewer characters of a secret at the end of a text, complete lines are not held back, because almost every text
 * ends like that. `mostHeld` limits how much of the line in which a match begins is held back.
 */
const fewestBegun = 4
const mostHeld = 256
const lineBefore = (text: string, at: number): number =>
  Math.max(text.lastIndexOf('\n', at - 1) + 1, at - mostHeld)

/**
 * Maximum characters of a text that are decoded in all ways; beyond them, lines that may contain a secret are hidden.
 */
const mostInText = 256 * 1024
/** Texts are masked more than once on their way out: number of cached texts, and their maximum length. */
const [mostCached, longestCached] = [64, 4096]

const shifted = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by })

/** Sorts spans and merges overlapping ones. */
const merged = (spans: readonly Span[]): Span[] => {
  const all: { start: number; end: number }[] = []
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1)
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
    else all.push({ start, end })
  }
  return all
}

/** A text up to `end`, with each span replaced by the mask. */
const masked = (text: string, spans: readonly Span[], end: number): string => {
  const parts: string[] = []
  let at = 0
  for (const span of spans) {
    if (span.start >= end) break
    parts.push(text.slice(at, span.start), mask)
    at = span.end
  }
  parts.push(text.slice(at, Math.max(at, end)))
  return parts.join('')
}

/** Where a text is in a longer one. */
interface Place {
  /** Whether more text follows. */
  readonly goesOn?: boolean
  /** Whether it begins within a line. */
  readonly withinLine?: boolean
}

/**
 * Masks the secrets of a run in any text.
 *
 * It learns every secret in the variables and parameters of a playbook, and each one that is sent through a remote. A
 * secret of several lines is also masked line by line, because output is reported in lines. Its encodings are masked
 * too, and it is found in text with escapes, control characters or bytes as numbers: see `views.ts`.
 */
export class Redactor {
  readonly #known = new Set<string>()
  readonly #index = new SecretIndex()
  /** Forms to search for in text reduced to letters and digits. */
  readonly #loose = new SecretIndex()
  /** Hints: for secrets that are too short for that, and for lines and encodings. */
  readonly #hints = new SecretIndex()
  /** Whether there is a secret that is too short for that, and one without hints. */
  #deep = false
  #blind = false
  #longestSecret = 0
  #cache = new Map<string, string>()
  /** Maximum characters that are held back of an unfinished text. */
  #longest = leastHeld

  /** Learns every {@link Secret} in a nested value. */
  learn(value: unknown): void {
    const seen = new Set<unknown>()
    const visit = (item: unknown): void => {
      if (isSecret(item)) this.#add(item.reveal())
      else if (typeof item === 'object' && item !== null && !seen.has(item) && !isBulk(item)) {
        seen.add(item)
        for (const inner of partsOf(item)) visit(inner)
      }
    }
    visit(value)
  }

  #add(secret: string): void {
    if (this.#known.has(secret)) return
    this.#known.add(secret)
    this.#cache.clear()
    const forms = formsOf(secret)
    for (const form of forms) {
      this.#index.add(form)
      this.#longest = Math.max(this.#longest, form.text.length * widest)
    }
    if (forms.length === 0) return
    const core = secret.trim()
    for (const text of looseForms(core, certainInBase64)) this.#loose.add({ text, wraps: false })
    // bytes of characters outside ASCII have several encodings
    if (!isLoose(core) || /[^\0-\x7f]/.test(core)) this.#deep = true
    const texts = forms.map(({ text }) => text)
    const { letters, blind } = hintsOf(core, texts, certainInBase64, keySize)
    for (const text of letters) this.#hints.add({ text, wraps: false })
    this.#blind ||= blind
    this.#longestSecret = Math.max(this.#longestSecret, core.length)
  }

  /** Finds secrets in a text and in its decoded views. */
  #find(text: string, { goesOn = false, withinLine = false }: Place, allowance: Allowance): Found {
    const found = this.#index.find(text)
    if (this.#known.size === 0) return found
    const spans = [...found.spans]
    /** Where hints were found in the text. */
    const hints: Span[] = []
    let { open } = found
    let begun = text.length
    const look = (view: View, inView: Found): void => {
      for (const { start, end } of inView.spans)
        hints.push({ start: startIn(view, start), end: endIn(view, end - 1) })
      if (goesOn && view.text.length - inView.open >= fewestBegun)
        begun = Math.min(begun, startIn(view, inView.open))
    }
    for (const view of looseViews(text, goesOn, withinLine)) {
      const inView = this.#loose.find(view.text)
      for (const { start, end } of inView.spans)
        spans.push({ start: startIn(view, start), end: endIn(view, end - 1) })
      const size = view.text.length - inView.open
      if (goesOn && size > 0)
        open = Math.min(
          open,
          size < fewestBegun ? text.length - (text.endsWith('\n') ? 0 : 1) : startIn(view, inView.open),
        )
      open = Math.min(open, view.open)
      look(view, this.#hints.find(view.text))
    }
    const read = (part: string, from: number): void => {
      for (const span of this.#read(part, false).spans) spans.push(shifted(span, from))
    }
    // if some secret has no hints, the complete text is decoded, or its escaped lines are hidden
    if (this.#blind && allowance.takes(text)) read(text, 0)
    else {
      if (this.#blind) spans.push(...escapedLines(text))
      for (const window of windowsOf(text, [...hints, ...found.spans], this.#longestSecret)) {
        const part = text.slice(window.start, window.end)
        if (allowance.takes(part)) read(part, window.start)
        // a hint within a match does not hide its line
        else for (const hint of notWithin(window.hints, found.spans)) spans.push(linesAround(text, hint))
      }
    }
    if (goesOn) {
      const start = Math.min(begun, beginningOfEnd(text))
      const inEnd = this.#read(text.slice(start), true)
      for (const one of inEnd.spans) spans.push(shifted(one, start))
      open = Math.min(open, start + inEnd.open)
    }
    // the complete line is read again, because its beginning tells its format
    return {
      spans: withCompleteCodes(text, merged(spans)),
      open: open < text.length && open > 0 ? lineBefore(text, open) : open,
    }
  }

  /** Finds secrets in a part of a text, decoded in all ways. */
  #read(text: string, goesOn: boolean): Found {
    const spans: Span[] = []
    let open = text.length
    for (const view of viewsOf(text, goesOn, this.#deep)) {
      const inView = this.#index.find(view.text)
      for (const { start, end } of inView.spans)
        spans.push({ start: startIn(view, start), end: endIn(view, end - 1) })
      if (goesOn && inView.open < view.text.length) open = Math.min(open, startIn(view, inView.open))
      open = Math.min(open, view.open)
    }
    return { spans, open }
  }

  /**
   * The text with every known secret masked.
   *
   * @param place where it begins.
   */
  text(text: string, { withinLine = false }: Pick<Place, 'withinLine'> = {}): string {
    const before = withinLine ? undefined : this.#cache.get(text)
    if (before !== undefined) return before
    const { spans } = this.#find(text, { withinLine }, new Allowance(mostInText))
    const shown = plainMasks(spans.length === 0 ? text : masked(text, spans, text.length))
    if (this.#cache.size >= mostCached) this.#cache.clear()
    if (text.length <= longestCached && !withinLine) this.#cache.set(text, shown)
    return shown
  }

  /** A text, masked, or undefined. */
  maybe(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text(text)
  }

  /**
   * The masked beginning of an unfinished text, and the rest, from where a secret could begin.
   *
   * @param allowance of all the text.
   * @param place where it begins.
   */
  begin(
    text: string,
    allowance: Allowance,
    { withinLine = false }: Pick<Place, 'withinLine'> = {},
  ): { readonly shown: string; readonly rest: string } {
    const { spans, open } = this.#find(text, { goesOn: true, withinLine }, allowance)
    // an endless candidate is not a secret, and must not be held back
    if (text.length - open > this.#longest)
      return { shown: plainMasks(masked(text, spans, text.length)), rest: '' }
    const across = spans.find(({ start, end }) => start < open && end > open)
    const cut = across?.start ?? open
    return { shown: plainMasks(masked(text, spans, cut)), rest: text.slice(cut) }
  }
}
