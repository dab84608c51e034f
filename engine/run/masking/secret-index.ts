/** Finds many texts in a text at once: at each place the letters from there on say which of them could begin. */

/** A text to look for. */
export interface Form {
  readonly text: string
  /** Programs break it into lines, at any place: base64 and hexadecimal digits. */
  readonly wraps: boolean
}

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What was found: where, and from where on the text could be the beginning of something longer. */
export interface Found {
  /** In order; those that overlap are one. */
  readonly spans: readonly Span[]
  /** The length of the text when it ends with no beginning. */
  readonly open: number
}

/** Letters that a form has at least: they are its key. */
export const keySize = 3
/**
 * Letters that must stand before a line break for a form to go on behind it. With fewer, the end of almost every line would
 * be a beginning, and had to wait for the next line.
 */
const beforeBreak = 4
/** So many texts with the same beginning are compared one by one; more are told apart by their next letter. */
const fewest = 8

/** Texts with the same beginning: a few, or many by the letter that follows, and the one that ends here. */
interface Node {
  few: string[]
  next: Map<number, Node> | undefined
  ends: boolean
}

const newNode = (): Node => ({ few: [], next: undefined, ends: false })

/** Adds a text to a node that is reached with its first `depth` letters. */
const grow = (root: Node, text: string, from: number): void => {
  let node = root
  for (let depth = from; ; depth += 1) {
    if (node.next === undefined) {
      node.few.push(text)
      if (node.few.length > fewest) spread(node, depth)
      return
    }
    if (depth === text.length) {
      node.ends = true
      return
    }
    const letter = text.charCodeAt(depth)
    const child = node.next.get(letter) ?? newNode()
    node.next.set(letter, child)
    node = child
  }
}

const spread = (node: Node, depth: number): void => {
  const { few } = node
  node.few = []
  node.next = new Map()
  for (const text of few) grow(node, text, depth)
}

/** Behind a line break and the indentation that follows it, when one stands there. */
const behindBreak = (text: string, at: number): number => {
  const line = text.charCodeAt(at) === 13 ? at + 1 : at
  if (line === text.length && line > at) return line
  if (text.charCodeAt(line) !== 10) return at
  let next = line + 1
  while (text.charCodeAt(next) === 32 || text.charCodeAt(next) === 9) next += 1
  return next
}

/** What begins at one place of a text. */
interface Begun {
  /** Where the longest of what begins here ends; the place itself for nothing. */
  end: number
  /** Whether something longer could begin here, if the text went on. */
  open: boolean
}

/** Looks which texts of a node begin at a place. */
const follow = (root: Node, wraps: boolean, text: string, start: number, begun: Begun): void => {
  const step = (at: number, depth: number): number =>
    wraps && depth >= beforeBreak ? behindBreak(text, at) : at
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

/** Slots of a table that says quickly that nothing begins with three letters: six bits of each. */
const slots = 1 << 18
const slotOf = (first: number, second: number, third: number): number =>
  ((first << 12) ^ (second << 6) ^ third) & (slots - 1)

/** Forms to look for; more may be added at any time. */
export class SecretIndex {
  readonly #plain = new Map<string, Node>()
  readonly #wrapping = new Map<string, Node>()
  readonly #beginnings = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #filled = new Uint8Array(slots)

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
    this.#filled[slotOf(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2))] = 1
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
      if (filled[slotOf(first, second, third)] === 0) continue
      const begun = this.#begunAt(text, at)
      if (begun.open) open = Math.min(open, at)
      if (begun.end === at) continue
      const last = spans.at(-1)
      if (last !== undefined && at < last.end) last.end = Math.max(last.end, begun.end)
      else spans.push({ start: at, end: begun.end })
    }
    return { spans, open }
  }

  /** From where on the last letters, too few for a key, are a beginning. */
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
