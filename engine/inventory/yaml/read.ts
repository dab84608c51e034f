/** Reads YAML with the place of every value. */
import { isAlias, isMap, isScalar } from 'yaml'
import type { Node, YAMLMap } from 'yaml'
import type { Place } from '../../errors.ts'
import { invalid } from '../invalid.ts'
import { mapScalars } from '../scalar-tree.ts'
import type { Variable } from '../types.ts'
import { asNode, isMerge, mergedBy, readDocument } from './document.ts'
import type { ReadOptions, Source } from './document.ts'

/** A key of a map with its value and the places of both. */
export interface Entry {
  readonly key: string
  /** Whether the key is text in YAML, not a number, a boolean, a date or null. */
  readonly named: boolean
  readonly place: Place
  readonly node: YamlNode
}

/** A value in a YAML file. */
export interface YamlNode {
  readonly place: Place
  /** Whether it comes from an encrypted file. */
  readonly hidden: boolean
  /** Whether the value is empty. */
  readonly empty: boolean
  /** The value as plain data, as Ansible reads it: anchors resolved, merge keys expanded; sealed values stay sealed. */
  readonly value: unknown
  /** The same with a {@link Scalar} for every value that is not plain text. */
  readonly written: unknown
  /** The entries of a map, including merged ones; none if it is empty; undefined for another value. */
  readonly entries: readonly Entry[] | undefined
}

/** An entry as a variable. */
export const variableOf = ({ place, node: { value, written, hidden } }: Entry): Variable => ({
  value,
  written,
  place,
  ...(hidden && { hidden }),
})

/** An empty value at a place. */
export const emptyAt = (place: Place): YamlNode => ({
  place,
  hidden: false,
  empty: true,
  value: null,
  written: null,
  entries: [],
})

/**
 * The entries of a value that must be a map.
 *
 * @param what its name, for the error.
 * @throws `inventory-invalid` for another value.
 */
export const entriesOf = ({ entries, place }: YamlNode, what: string): readonly Entry[] => {
  if (entries === undefined)
    throw invalid(`${what} must be a map of names`, place, 'write `name:` on lines of their own')
  return entries
}

/**
 * The entries of a map: first those of its merge keys, as in PyYAML, then its own. Its own entry replaces a
 * merged one in place; of several merged maps, the first wins.
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
      // nested aliases that would use too much memory
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
 * @throws `inventory-invalid` at the place of a syntax error, a duplicate key, an unknown tag, or an alias without an
 * anchor.
 */
export const readYaml = (file: string, text: string, options: ReadOptions = {}): YamlNode => {
  const source = readDocument(file, text, options)
  return nodeAt(source, asNode(source.document.contents), 0)
}
