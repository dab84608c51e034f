/** YAML documents, made ready to be read: aliases resolved, names and numbers as they are written, nonsense refused. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { invalid } from '../invalid.ts'
import type { Place } from '../../errors.ts'
import { placesIn, withoutLine } from '../place.ts'
import { sealSops } from './sops.ts'
import { sealTags } from './tags.ts'

/** A document with the text that it was read from. */
export interface Source {
  /** The place of an offset in the text. */
  readonly placeAt: (offset: number) => Place
  /** It was encrypted: no line of it may be shown. */
  readonly hidden: boolean
  readonly document: Document
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>
}

/** A number and how it is written, in a document's scalars and in the plain JavaScript that the library makes of it. */
export class WrittenNumber {
  readonly value: number
  readonly text: string

  constructor(value: number, text: string) {
    this.value = value
    this.text = text
  }
}

export const asNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null

/** Whether a key is `<<`, whose value is merged into the map (https://yaml.org/type/merge.html). */
export const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN')

/** The maps that a merge key names, in the order in which they count; undefined for what is no map. */
export const mergedBy = ({ value }: Pair, targets: Source['targets']): (YAMLMap | undefined)[] => {
  const resolved = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node)
  const node = resolved(value)
  return (isSeq(node) ? node.items : [node]).map((item) => {
    const map = resolved(item)
    return isMap(map) ? map : undefined
  })
}

/** Keeps how a scalar is written: a key is its text, whatever it looks like; a number is remembered with its text. */
const keepAsWritten = (role: unknown, scalar: Scalar): void => {
  const { value, source } = scalar
  if (role === 'key' && typeof value !== 'string') scalar.value = source ?? String(value)
  else if (typeof value === 'number') scalar.value = new WrittenNumber(value, source ?? String(value))
}

/** Where a map has a key for the second time; the parser itself would show the place before it. */
const secondKey = (map: YAMLMap): Scalar | undefined => {
  const seen = new Set<unknown>()
  for (const { key } of map.items) {
    if (!isScalar(key)) continue
    if (seen.has(key.value)) return key
    seen.add(key.value)
  }
  return undefined
}

/** The name is not told: it may be a password that somebody forgot to quote. */
const noAlias = 'an anchor (&name) stands before its alias (*name); quote a text that begins with *'

/** Resolves aliases and keeps what is written; then refuses what could not be read as it is meant. */
const prepare = (file: string, placeAt: Source['placeAt'], document: Document): Source['targets'] => {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  const placeOf = (node: Node | null | undefined): Place => placeAt(node?.range?.[0] ?? 0)
  const refuse = (message: string, node: Node | null | undefined, hint?: string): never => {
    throw invalid(message, placeOf(node), hint)
  }
  sealTags(document, placeOf, refuse)
  sealSops(document, file, placeOf, refuse)
  visit(document, {
    Node: (role, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node)
        if (isScalar(node)) keepAsWritten(role, node)
        return
      }
      const target = anchors.get(node.source) ?? refuse('an alias of nothing', node, noAlias)
      if (path.includes(target)) refuse('an alias stands inside of what it names', node, noAlias)
      targets.set(node, target)
    },
  })
  visit(document, {
    Map: (_, map) => {
      const twice = secondKey(map)
      if (twice !== undefined) {
        const hint = twice.value === '<<' ? 'several merges go into one list: <<: [*a, *b]' : undefined
        refuse('this key stands here twice', twice, hint)
      }
      for (const pair of map.items.filter(isMerge)) {
        const wrong = mergedBy(pair, targets).indexOf(undefined)
        if (wrong < 0) continue
        const node = isSeq(pair.value) ? pair.value.items[wrong] : pair.value
        refuse('a merge key takes maps', asNode(node) ?? asNode(pair.key), 'name a map: <<: *defaults')
      }
    },
  })
  return targets
}

/**
 * Reads YAML text into a document.
 *
 * @param hidden whether the text was encrypted: then no error shows any of it.
 * @throws `inventory-invalid` at the place of a syntax error, a key that stands twice, an unknown tag, or an alias of
 * nothing.
 */
export const readDocument = (file: string, text: string, hidden = false): Source => {
  const document = parseDocument(text, {
    uniqueKeys: false,
    prettyErrors: false,
    merge: true,
    logLevel: 'error',
  })
  const places = placesIn(file, text)
  const placeAt = (offset: number): Place => (hidden ? withoutLine(places(offset)) : places(offset))
  const [error] = document.errors
  if (error !== undefined) {
    // the parser's words may quote the text
    const message = hidden ? `what is in it is no YAML (${error.code})` : error.message
    throw invalid(message, placeAt(error.pos[0]))
  }
  return { placeAt, hidden, document, targets: prepare(file, placeAt, document) }
}
