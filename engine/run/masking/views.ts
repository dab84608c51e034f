/**
 * A text as other programs would read it: without what terminals do not show, with escapes resolved, with the bytes that
 * are written as numbers. Each view knows where its letters come from, so that what is found in it is masked in the text.
 */

/** A text read in some way. */
export interface View {
  readonly text: string
  /** Where each letter begins and ends in what was read; absent in the text itself. */
  readonly starts?: readonly number[]
  readonly ends?: readonly number[]
  /** From where on the end of what was read may be the beginning of an escape; its length when it is not. */
  readonly open: number
}

/** Where a letter of a view begins in the text. */
export const startIn = ({ starts }: View, at: number): number =>
  starts === undefined ? at : (starts[at] ?? 0)

/** Where it ends. */
export const endIn = ({ ends }: View, at: number): number => (ends === undefined ? at + 1 : (ends[at] ?? 0))

/** Gathers a view letter by letter. */
class Builder {
  readonly #from: View
  readonly #parts: string[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(from: View) {
    this.#from = from
  }

  /** Letters as they are. */
  keep(start: number, end: number): void {
    this.#parts.push(this.#from.text.slice(start, end))
    for (let at = start; at < end; at += 1) {
      this.#starts.push(startIn(this.#from, at))
      this.#ends.push(endIn(this.#from, at))
    }
  }

  /** Letters that stand for others. */
  put(letters: string, start: number, end: number): void {
    this.#parts.push(letters)
    for (let count = 0; count < letters.length; count += 1) {
      this.#starts.push(startIn(this.#from, start))
      this.#ends.push(endIn(this.#from, end - 1))
    }
  }

  done(open: number): View {
    return { text: this.#parts.join(''), starts: this.#starts, ends: this.#ends, open }
  }
}

/** How one kind of writing is read. */
interface Reading {
  /** What it reads in another way. */
  readonly pattern: RegExp
  readonly read: (written: string) => string
  /** An escape that is not complete yet, at the end of a text that goes on. */
  readonly unfinished: RegExp
}

const escape = '\u001b'
const named: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  e: escape,
  '\n': '',
}
const codePoint = (digits: string, radix: number): string => {
  const code = Number.parseInt(digits, radix)
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ''
}

/** `\n`, `\"`, `\/`, `\u0041`, `\u{41}`, `\x41`, `\101`: JSON, C, shells, YAML, Python. */
const backslashes: Reading = {
  pattern:
    /\\(?:u\{[\da-f]{1,6}\}|u[\da-f]{4}|U[\da-f]{8}|x\{[\da-f]{1,6}\}|x[\da-f]{1,2}|[0-3]?[0-7]{1,2}|[^])/giu,
  read: (written) => {
    const digits = /^\\(?:[ux]\{?|U)([\da-f]+)\}?$/i.exec(written)?.[1]
    if (digits !== undefined) return codePoint(digits, 16)
    if (/^\\[0-7]+$/.test(written)) return codePoint(written.slice(1), 8)
    const letter = written.slice(1)
    return named[letter] ?? letter
  },
  unfinished: /\\(?:u\{?[\da-f]{0,6}|U[\da-f]{0,7}|x\{?[\da-f]{0,6}|[0-3]?[0-7]{0,2})$/i,
}

/** `%41` of URLs, one letter for each byte, and `%u0041`. */
const percents: Reading = {
  pattern: /%(?:u[\da-f]{4}|[\da-f]{2})/gi,
  read: (written) => codePoint(written.replace(/^%u?/i, ''), 16),
  unfinished: /%(?:u[\da-f]{0,3}|[\da-f]?)$/i,
}

/** `=41` of mail (quoted-printable), and its soft line breaks. */
const equals: Reading = {
  pattern: /=(?:[\dA-F]{2}|\r?\n)/g,
  read: (written) => (written.endsWith('\n') ? '' : codePoint(written.slice(1), 16)),
  unfinished: /=[\dA-F\r]?$/,
}

/** The names that HTML gives to letters of ASCII. */
const entities: Readonly<Record<string, string>> = {
  excl: '!',
  quot: '"',
  num: '#',
  dollar: '$',
  percnt: '%',
  amp: '&',
  apos: "'",
  lpar: '(',
  rpar: ')',
  ast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  lt: '<',
  equals: '=',
  gt: '>',
  quest: '?',
  commat: '@',
  lsqb: '[',
  lbrack: '[',
  bsol: '\\',
  rsqb: ']',
  rbrack: ']',
  hat: '^',
  lowbar: '_',
  grave: '`',
  lcub: '{',
  lbrace: '{',
  verbar: '|',
  vert: '|',
  rcub: '}',
  rbrace: '}',
  nbsp: ' ',
  tab: '\t',
  newline: '\n',
}

/** `&amp;`, `&#65;`, `&#x41;`: HTML and XML. */
const markup: Reading = {
  pattern: /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,7});?/gi,
  read: (written) => {
    const [, hex, decimal, name = ''] = /^&(?:#x([\da-f]+)|#(\d+)|([a-z]+));?$/i.exec(written) ?? []
    if (hex !== undefined) return codePoint(hex, 16)
    return decimal === undefined ? (entities[name.toLowerCase()] ?? written) : codePoint(decimal, 10)
  },
  unfinished: /&(?:#x?[\da-f]{0,7}|[a-z]{0,7})$/i,
}

const controls = `(?:${escape}\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:${escape}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007${escape}\u009c\n]{0,1024}(?:\u0007|${escape}\\\\|\u009c)|${escape}[ -/]*[0-~]`

/**
 * Without what terminals do not show: their commands, control characters, letters of no width. Letters of other widths
 * and shapes are read as the plain ones.
 */
const shown: Reading = {
  pattern: new RegExp(`${controls}|\\^@|[\\0-\\x08\\x0b-\\x1f\\x7f]|[\\u{80}-\\u{10ffff}]`, 'gu'),
  read: (written) =>
    written < '\u0080' || /^[\p{Cc}\p{Cf}\ufe00-\ufe0f]/u.test(written) ? '' : written.normalize('NFKD'),
  unfinished: new RegExp(
    `[\\ud800-\\udbff^]$|${escape}(?:\\[[0-?]*[ -/]*|[\\]PX^_][^\\x07${escape}\\n]{0,1024})?$`,
  ),
}

/** A view of a view; undefined where there is nothing to read in another way. */
const reread = (from: View, { pattern, read, unfinished }: Reading, goesOn: boolean): View | undefined => {
  const { text } = from
  const builder = new Builder(from)
  // looked for in the last letters only: an escape is short
  const tail = goesOn ? unfinished.exec(text.slice(-1100)) : null
  const end = tail === null ? text.length : Math.max(0, text.length - 1100) + tail.index
  let [at, found] = [0, tail !== null]
  for (const match of text.matchAll(pattern)) {
    const next = match.index + match[0].length
    // a pair of backslashes at the end is complete
    if (match.index >= end) break
    const letters = read(match[0])
    if (letters === match[0]) continue
    found = true
    builder.keep(at, match.index)
    builder.put(letters, match.index, next)
    at = next
  }
  if (!found) return undefined
  const last = Math.max(at, end)
  builder.keep(at, last)
  return builder.done(last < text.length ? Math.min(from.open, startIn(from, last)) : from.open)
}

/** With each backspace, and the letter before it, gone. */
const erased = (from: View): View | undefined => {
  const { text } = from
  if (!text.includes('\b')) return undefined
  const kept: number[] = []
  for (let at = 0; at < text.length; at += 1)
    if (text[at] !== '\b') kept.push(at)
    else if (/[\udc00-\udfff]/.test(text[kept.pop() ?? 0] ?? '')) kept.pop()
  const builder = new Builder(from)
  for (const at of kept) builder.keep(at, at + 1)
  return builder.done(from.open)
}

/** Stands between what is read apart. No secret that is looked for goes on behind it. */
const gap = '\u0001'

/** Tokens that stand apart, each of which is a byte or some letters. */
interface Apart {
  readonly token: string
  readonly separator: string
  readonly read: (token: string) => string
  /** A token that is not complete yet, at the end of a text that goes on. */
  readonly unfinished?: RegExp
}

const byte = (radix: number) => (token: string) => {
  const code = Number.parseInt(token, radix)
  return code < 256 ? String.fromCharCode(code) : gap
}
const asIs = (token: string): string => token

/** `68 75 6e`, `68:75:6e`, `0x68, 0x75`, in lines too; `104,117,110`; `150 165 156`; `h u n` and `h.u.n`. */
const aparts: readonly Apart[] = [
  {
    token: '(?:0x)?[0-9a-fA-F]{1,8}',
    separator: '(?:[ \\t:,;_-]{1,4}|[ \\t:,;_-]{0,4}\\r?\\n[ \\t]{0,16})',
    read: (token) => token.replace(/^0x/, '').toLowerCase(),
    unfinished: /(?<!\w)0x?$/,
  },
  { token: '[0-9]{1,3}', separator: '[ \\t,;]{1,4}', read: byte(10), unfinished: /(?<!\d)\d{1,3}$/ },
  { token: '[0-3][0-7]{2}', separator: '[ \\t]{1,4}', read: byte(8), unfinished: /(?<!\d)[0-3][0-7]{0,2}$/ },
  { token: '[^\\s]', separator: '[ ]{1,3}', read: asIs },
  { token: '[^\\s.]', separator: '[.]', read: asIs },
]

/** A run of tokens; at the end of a text that goes on, one token may be the beginning of a run. */
const runOf = ({ token, separator }: Apart, goesOn: boolean): RegExp =>
  new RegExp(
    `(?:${token}${separator}){2,}${token}${goesOn ? `|(?:${token}${separator})*${token}(?:${separator})?$` : ''}`,
    'g',
  )

/** So many digits stand before a line break that a run goes on behind it. */
const beforeBreak = 8

const readers = [false, true].map((goesOn) =>
  aparts.map((apart) => ({ apart, run: runOf(apart, goesOn), token: new RegExp(apart.token, 'g') })),
)

/** What is made of runs of tokens, each run apart from the others. */
const together = (from: View, goesOn: boolean): (View | undefined)[] =>
  (readers[goesOn ? 1 : 0] ?? []).map(({ apart, run, token }) => {
    const builder = new Builder(from)
    const tail = goesOn ? apart.unfinished?.exec(from.text.slice(-8)) : undefined
    const end = tail ? Math.max(0, from.text.length - 8) + tail.index : from.text.length
    let found = end < from.text.length
    for (const match of from.text.slice(0, end).matchAll(run)) {
      found = true
      builder.put(gap, match.index, match.index + 1)
      let size = 0
      for (const one of match[0].matchAll(token)) {
        const start = match.index + one.index
        const letters = apart.read(one[0])
        size += letters.length
        const last = start + one[0].length
        // digits stand for themselves, a number as a whole for its byte
        if (letters.length < 2) builder.put(letters, start, last)
        else
          for (let back = letters.length; back > 0; back -= 1)
            builder.put(letters.at(-back) ?? '', last - back, last - back + 1)
      }
      if (size < beforeBreak && match[0].endsWith('\n')) builder.put(gap, match.index, match.index + 1)
    }
    return found
      ? builder.done(end < from.text.length ? Math.min(from.open, startIn(from, end)) : from.open)
      : undefined
  })

/** Views of views are looked at up to this number: text that is written to be read in many ways must not take for ever. */
const most = 64

const whole = (text: string): View => ({ text, open: text.length })

/** Nothing in such a text can be read in another way, bytes and letters that stand apart left aside. */
const plain = /^[\t\n -$'-<>-[\]_-~]*$/

/**
 * The views of a text, without the text itself.
 *
 * @param goesOn whether more text follows: what ends in the middle of an escape is left out then.
 */
export const viewsOf = (text: string, goesOn: boolean): View[] => {
  const isPlain = plain.test(text)
  const seen = new Set([`${text.length} ${text}`])
  const views: View[] = []
  const add = (view: View | undefined): View[] => {
    if (view === undefined || views.length >= most) return []
    const key = `${view.open} ${view.text}`
    if (seen.has(key)) return []
    seen.add(key)
    views.push(view)
    return [view]
  }
  const first = whole(text)
  if (isPlain) {
    for (const view of together(first, goesOn)) add(view)
    return views
  }
  const seenThrough = (view: View | undefined): View[] =>
    view === undefined ? [] : [...add(view), ...add(reread(view, shown, goesOn))]
  const bases = [first, ...add(reread(first, shown, goesOn))]
  for (const base of bases) for (const view of together(base, goesOn)) add(view)
  let level = [...bases, ...seenThrough(erased(first))]
  // what is escaped may have been escaped before
  for (let depth = 0; depth < 2; depth += 1)
    level = level.flatMap((view) =>
      [backslashes, percents, markup, equals].flatMap((reading) =>
        seenThrough(reread(view, reading, goesOn)),
      ),
    )
  return views
}

/** A text as {@link viewsOf} sees it: without what is not shown, in plain letters. */
export const folded = (text: string): string => reread(whole(text), shown, false)?.text ?? text
