/** YAML with places: every value knows where it stands. The home of the package `yaml` in the engine. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Document, Node, Pair, YAMLMap } from 'yaml'
import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { discreet, placeAt } from './place.ts'
import type { Variable } from './types.ts'

/** A key of a map with its value and the places of both. */
export interface Entry {
  readonly key: string
  readonly place: Place
  readonly node: YamlNode
}

/** A value in a YAML file. */
export interface YamlNode {
  readonly place: Place
  /** The value as plain JavaScript: anchors resolved, nothing lifted. */
  readonly value: unknown
  /** The same with every number as the text that stands there: `007`, not 7. */
  readonly written: unknown
  /** The entries, when it is a map; none when it is empty; undefined when it is something else. */
  readonly entries: readonly Entry[] | undefined
}

/** An entry as a variable. */
export const variableOf = ({ place, node: { value, written } }: Entry): Variable => ({
  value,
  written,
  place,
})

interface Source {
  readonly file: string
  readonly text: string
  readonly document: Document
}

const invalid = (message: string, place: Place): CoxswainError =>
  new CoxswainError('inventory-invalid', message, { place: discreet(place) })

const entriesOf = (source: Source, map: YAMLMap): Entry[] =>
  map.items.map((pair: Pair): Entry => {
    const { key, value } = pair
    if (!isScalar(key)) throw invalid('a key must be plain text', nodeAt(source, asNode(key), 0).place)
    const place = placeAt(source.file, source.text, key.range?.[0] ?? 0)
    return { key: String(key.value), place, node: nodeAt(source, asNode(value), key.range?.[1] ?? 0) }
  })

const asNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null

/** A number and how it is written, in a document's scalars and in the plain JavaScript that the library makes of it. */
class WrittenNumber {
  readonly value: number
  readonly text: string

  constructor(value: number, text: string) {
    this.value = value
    this.text = text
  }
}

/** Keeps how numbers are written; a key is its text. */
const keepAsWritten = (document: Document): void =>
  visit(document, {
    Scalar: (role, scalar) => {
      const { value, source } = scalar
      if (typeof value !== 'number') return
      const text = source ?? String(value)
      scalar.value = role === 'key' ? text : new WrittenNumber(value, text)
    },
  })

const plain = (tree: unknown, number: (written: WrittenNumber) => unknown): unknown => {
  if (tree instanceof WrittenNumber) return number(tree)
  if (Array.isArray(tree)) return tree.map((item) => plain(item, number))
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, plain(item, number)]))
}

const nodeAt = (source: Source, raw: Node | null, fallback: number): YamlNode => {
  const node = isAlias(raw) ? (raw.resolve(source.document) ?? null) : raw
  const place = placeAt(source.file, source.text, raw?.range?.[0] ?? fallback)
  const empty = node === null || (isScalar(node) && node.value === null)
  const tree = (): unknown => {
    try {
      return raw === null ? null : raw.toJS(source.document)
    } catch (error) {
      // an alias of nothing, or aliases without end
      throw invalid(error instanceof Error ? error.message : String(error), place)
    }
  }
  return {
    place,
    get value(): unknown {
      return plain(tree(), ({ value }) => value)
    },
    get written(): unknown {
      return plain(tree(), ({ text }) => text)
    },
    get entries(): readonly Entry[] | undefined {
      if (empty) return []
      return isMap(node) ? entriesOf(source, node) : undefined
    },
  }
}

/** Where a map has a key for the second time; the parser itself would show the place before it. */
const secondKey = (document: Document): number | undefined => {
  let found: number | undefined
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        seen.add(key.value)
      }
      return undefined
    },
  })
  return found
}

/**
 * Reads YAML text.
 *
 * @throws `inventory-invalid` at the place of a syntax error or a key that stands twice.
 */
export const readYaml = (file: string, text: string): YamlNode => {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw invalid(error.message, placeAt(file, text, error.pos[0]))
  const twice = secondKey(document)
  if (twice !== undefined) throw invalid('this key stands here twice', placeAt(file, text, twice))
  keepAsWritten(document)
  return nodeAt({ file, text, document }, asNode(document.contents), 0)
}
