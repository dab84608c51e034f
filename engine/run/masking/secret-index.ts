/**
 * Finds many texts in a text at once: at each position, the next characters determine which of them could begin
 * there.
 */

/** A text to search for. */
export interface Form {
  readonly text: string
  /** Whether it can contain line breaks at any position, as base64 and hexadecimal digits do. */
  readonly wraps: boolean
}

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The matches in a text, and the offset from which its end could be the beginning of another match. */
export interface Found {
  /** In order; overlapping spans are merged. */
  readonly spans: readonly Span[]
  /** The length of the text if its end is not the beginning of a match. */
  readonly open: number
}

/** Minimum length of a form: its first characters are its key. */
export const keySize = 3
/**
 * Minimum characters before a line break for a form to continue after it. With fewer, the end of almost every line
 * would have to be held back.
 */
const beforeBreak = 4
/** Maximum texts with the same beginning that are compared one by one; more are divided by their next character. */
const fewest = 8

/** Texts with the same beginning: a few, or many by their next character, and whether one ends here. */
interface Node {
  few: string[]
  next: Map<number, Node> | undefined
  ends: boolean
}

const newNode = (): Node => ({ few: [], next: undefined, ends: false })

/** A text, and the node of its first `depth` characters. */
interface Placed {
  readonly node: Node
  readonly text: string
  readonly depth: number
}

/** Adds a text below a node. What must be added again is returned: the texts of a node that has become too full. */
const place = ({ node: root, text, depth: from }: Placed): Placed[] => {
  let node = root
  for (let depth = from; ; depth += 1) {
    if (node.next === undefined) {
      node.few.push(text)
      if (node.few.length <= fewest) return []
      const full = node
      const again = full.few.map((one) => ({ node: full, text: one, depth }))
      full.few = []
      full.next = new Map()
      return again
    }
    if (depth === text.length) {
      node.ends = true
      return []
    }
    const letter = text.charCodeAt(depth)
    const child = node.next.get(letter) ?? newNode()
    node.next.set(letter, child)
    node = child
  }
}

/** Adds a text to the node of its first `depth` characters. Texts can have thousands of characters in common: no recursion. */
const grow = (node: Node, text: string, depth: number): void => {
  const waiting: Placed[] = [{ node, text, depth }]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) waiting.push(...place(one))
}

/** The offset after a line break and the following indentation; `at` if there is no line break. */
const afterBreak = (text: string, at: number): number => {
  const line = text.charCodeAt(at) === 13 ? at + 1 : at
  if (line === text.length && line > at) return line
  if (text.charCodeAt(line) !== 10) return at
  let next = line + 1
  while (text.charCodeAt(next) === 32 || text.charCodeAt(next) === 9) next += 1
  return next
}

/** The matches that begin at one position of a text. */
interface Begun {
  /** The end of the longest match; the position itself if there is none. */
  end: number
  /** Whether a longer match could begin here if the text continued. */
  open: boolean
}

/** Finds the texts of a node that begin at a position. */
const follow = (root: Node, wraps: boolean, text: string, start: number, begun: Begun): void => {
  const step = (at: number, depth: number): number =>
    wraps && depth >= beforeBreak ? afterBreak(text, at) : at
  const compare = (form: string, from: number, depth: number): void => {
    let at = from
    for (let index = depth; index < form.length; index += 1) {
      at = step(at, index)
      if (at >= text.length) {
        begun.open = true
        return
      }
      if (text.charCodeAt(at) !== form.charCodeAt(index)) return
      at += 1
    }
    begun.end = Math.max(begun.end, at)
  }
  let node: Node | undefined = root
  let at = start + keySize
  for (let depth = keySize; node !== undefined; depth += 1) {
    for (const form of node.few) compare(form, at, depth)
    if (node.ends) begun.end = Math.max(begun.end, at)
    if (node.next === undefined) return
    at = step(at, depth)
    if (at >= text.length) {
      begun.open = true
      return
    }
    node = node.next.get(text.charCodeAt(at))
    at += 1
  }
}

/** Bits of a table that quickly excludes three characters that no form begins with: six bits of each. */
const slots = 1 << 18
const slotOf = (first: number, second: number, third: number): number =>
  ((first << 12) ^ (second << 6) ^ third) & (slots - 1)

/** Forms to search for; more can be added at any time. */
export class SecretIndex {
  readonly #plain = new Map<string, Node>()
  readonly #wrapping = new Map<string, Node>()
  readonly #beginnings = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #filled = new Uint8Array(slots / 8)

  /** @throws RangeError for a form that is shorter than its key. */
  add({ text, wraps }: Form): void {
    if (text.length < keySize) throw new RangeError(`shorter than ${keySize} letters`)
    const name = `${wraps ? 'w' : 'p'}${text}`
    if (this.#seen.has(name)) return
    this.#seen.add(name)
    const key = text.slice(0, keySize)
    const nodes = wraps ? this.#wrapping : this.#plain
    const node = nodes.get(key) ?? newNode()
    nodes.set(key, node)
    grow(node, text, keySize)
    const slot = slotOf(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2))
    this.#filled[slot >> 3] = (this.#filled[slot >> 3] ?? 0) | (1 << (slot & 7))
    for (let size = 1; size < keySize; size += 1) this.#beginnings.add(text.slice(0, size))
  }

  find(text: string): Found {
    const spans: { start: number; end: number }[] = []
    if (this.#seen.size === 0) return { spans, open: text.length }
    let open = this.#openAtEnd(text)
    const filled = this.#filled
    let [second, third] = [text.charCodeAt(0), text.charCodeAt(1)]
    for (let at = 0; at + keySize <= text.length; at += 1) {
      const first = second
      second = third
      third = text.charCodeAt(at + 2)
      const slot = slotOf(first, second, third)
      if (((filled[slot >> 3] ?? 0) & (1 << (slot & 7))) === 0) continue
      const begun = this.#begunAt(text, at)
      if (begun.open) open = Math.min(open, at)
      if (begun.end === at) continue
      const last = spans.at(-1)
      if (last !== undefined && at < last.end) last.end = Math.max(last.end, begun.end)
      else spans.push({ start: at, end: begun.end })
    }
    return { spans, open }
  }

  /** The offset from which the last characters, too few for a key, are the beginning of a form. */
  #openAtEnd(text: string): number {
    for (let size = keySize - 1; size > 0; size -= 1)
      if (size <= text.length && this.#beginnings.has(text.slice(-size))) return text.length - size
    return text.length
  }

  #begunAt(text: string, at: number): Begun {
    const begun = { end: at, open: false }
    const key = text.slice(at, at + keySize)
    const [plain, wrapping] = [this.#plain.get(key), this.#wrapping.get(key)]
    if (plain !== undefined) follow(plain, false, text, at, begun)
    if (wrapping !== undefined) follow(wrapping, true, text, at, begun)
    return begun
  }
}
