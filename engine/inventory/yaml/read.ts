/** YAML with places: every value knows where it stands. */
import { isAlias, isMap, isScalar } from 'yaml'
import type { Node, YAMLMap } from 'yaml'
import type { Place } from '../../errors.ts'
import { invalid } from '../invalid.ts'
import { mapScalars } from '../scalar-tree.ts'
import type { Variable } from '../types.ts'
import { asNode, isMerge, mergedBy, readDocument } from './document.ts'
import type { Source } from './document.ts'

/** A key of a map with its value and the places of both. */
export interface Entry {
  readonly key: string
  /** The key is text to YAML, and not a number, a truth value, a date or nothing. */
  readonly named: boolean
  readonly place: Place
  readonly node: YamlNode
}

/** A value in a YAML file. */
export interface YamlNode {
  readonly place: Place
  /** It comes from a file that was encrypted. */
  readonly hidden: boolean
  /** Nothing is written here. */
  readonly empty: boolean
  /** The value as plain data, as Ansible reads it: anchors resolved, merge keys expanded; what is sealed is so still. */
  readonly value: unknown
  /** The same with a {@link Scalar} in the place of every value that is more than its text. */
  readonly written: unknown
  /** The entries, when it is a map, merged ones included; none when it is empty; undefined when it is something else. */
  readonly entries: readonly Entry[] | undefined
}

/** An entry as a variable. */
export const variableOf = ({ place, node: { value, written, hidden } }: Entry): Variable => ({
  value,
  written,
  place,
  ...(hidden && { hidden }),
})

/** Nothing, at a place. */
export const emptyAt = (place: Place): YamlNode => ({
  place,
  hidden: false,
  empty: true,
  value: null,
  written: null,
  entries: [],
})

/**
 * The entries of what must be a map.
 *
 * @param what what it is, for the error.
 * @throws `inventory-invalid` at the place of anything else.
 */
export const entriesOf = ({ entries, place }: YamlNode, what: string): readonly Entry[] => {
  if (entries === undefined)
    throw invalid(`${what} must be a map of names`, place, 'write `name:` on lines of their own')
  return entries
}

/**
 * The entries of a map: those of its merge keys first, as PyYAML has them, then its own. An entry of its own replaces a
 * merged one in its place; of several merged maps the first counts.
 */
const entriesIn = (source: Source, map: YAMLMap): Entry[] => {
  const entries = new Map<string, Entry>()
  for (const merged of map.items.filter(isMerge).flatMap((pair) => mergedBy(pair, source.targets))) {
    for (const entry of merged === undefined ? [] : entriesIn(source, merged)) {
      if (!entries.has(entry.key)) entries.set(entry.key, entry)
    }
  }
  for (const pair of map.items.filter((item) => !isMerge(item))) {
    const { key, value } = pair
    if (!isScalar(key)) throw invalid('a key must be plain text', nodeAt(source, asNode(key), 0).place)
    const place = source.placeAt(key.range?.[0] ?? 0)
    const name = String(key.value)
    entries.set(name, {
      key: name,
      named: !source.notText.has(key),
      place,
      node: nodeAt(source, asNode(value), key.range?.[1] ?? 0),
    })
  }
  return [...entries.values()]
}

const nodeAt = (source: Source, raw: Node | null, fallback: number): YamlNode => {
  const node = isAlias(raw) ? (source.targets.get(raw) ?? null) : raw
  const place = source.placeAt(raw?.range?.[0] ?? fallback)
  const empty = node === null || (isScalar(node) && node.value === null)
  const tree = (): unknown => {
    try {
      return node === null ? null : node.toJS(source.document)
    } catch (error) {
      // aliases of aliases that would fill the memory
      throw invalid(error instanceof Error ? error.message : String(error), place)
    }
  }
  return {
    place,
    hidden: source.hidden,
    empty,
    get value(): unknown {
      return mapScalars(tree(), ({ plain }) => plain)
    },
    get written(): unknown {
      return tree()
    },
    get entries(): readonly Entry[] | undefined {
      if (empty) return []
      return isMap(node) ? entriesIn(source, node) : undefined
    },
  }
}

/**
 * Reads YAML text.
 *
 * @param hidden whether the text was encrypted: then no error and no place shows any of it.
 * @param json whether its numbers are those of JSON, which are no text; where it is not given, they are if the document is JSON.
 * @throws `inventory-invalid` at the place of a syntax error, a key that stands twice, an unknown tag, or an alias of
 * nothing.
 */
export const readYaml = (file: string, text: string, hidden = false, json?: boolean): YamlNode => {
  const source = readDocument(file, text, hidden, json)
  return nodeAt(source, asNode(source.document.contents), 0)
}
