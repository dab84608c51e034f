/** Follows a path of keys in a YAML document. Pure. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import { noPath, placeIn } from './keys.ts'
import type { Key } from './keys.ts'
import { lineStart } from './splices.ts'
import { itemStart, itemsOf } from './yaml-tokens.ts'
import type { Collection, Item } from './yaml-tokens.ts'

export type Parent = YAMLMap.Parsed | YAMLSeq.Parsed

/** A list or map of a document, and its place in the text. */
export interface Container {
  readonly node: Parent
  readonly token: Collection
  readonly items: readonly Item[]
  /** The column of its keys or dashes. */
  readonly column: number
  /** Whether it is in brackets, or inside a container that is. */
  readonly flow: boolean
  /** The entry whose value it is; undefined for the document. */
  readonly above: Slot | undefined
}

/** An entry of a container. */
export interface Slot {
  readonly container: Container
  readonly index: number
  readonly item: Item
  readonly value: ParsedNode | null
}

/** The result of a path: an existing entry, a missing entry, or an empty value that can become a map or list. */
export type Found =
  | { readonly kind: 'there'; readonly slot: Slot }
  | {
      readonly kind: 'missing'
      readonly container: Container
      readonly key: Key
      readonly rest: readonly Key[]
    }
  | { readonly kind: 'empty'; readonly slot: Slot | undefined; readonly rest: readonly Key[] }

/** The file and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

const containerOf = ({ text }: Source, node: Parent, above: Slot | undefined): Container | undefined => {
  const token: Collection | undefined = node.srcToken
  if (token === undefined) return undefined
  const items = itemsOf(token)
  const first = items[0] === undefined ? token.offset : itemStart(items[0])
  const flow = token.type === 'flow-collection' || above?.container.flow === true
  return { node, token, items, column: first - lineStart(text, first), flow, above }
}

/**
 * The entry of a map with this key, by the key's source text. If both `8080` and `"8080"` exist, the type of the key
 * decides.
 */
const pairAt = (items: readonly Pair<ParsedNode, ParsedNode | null>[], key: Key): number => {
  const isIt = (pair: (typeof items)[number]): boolean =>
    isScalar(pair.key) && (pair.key.source ?? pair.key.value) === String(key)
  const exact = items.findIndex(
    (pair) =>
      isIt(pair) && isScalar(pair.key) && (typeof pair.key.value === 'string') === (typeof key === 'string'),
  )
  return exact >= 0 ? exact : items.findIndex(isIt)
}

const slotAt = (container: Container, index: number): Slot | undefined => {
  const { node, items } = container
  const value = isMap(node) ? node.items[index]?.value : node.items[index]
  const item = isMap(node) ? node.items[index]?.srcToken : items[index]
  return item === undefined || value === undefined || 'key' in (value ?? {})
    ? undefined
    : { container, index, item, value }
}

/**
 * Follows a path.
 *
 * @throws `task-failed` if the path leads through an alias, through a single value, or by a name into a list.
 */
export const follow = (source: Source, contents: ParsedNode | null, keys: readonly Key[]): Found => {
  let node = contents
  let slot: Slot | undefined
  for (const [depth, key] of keys.entries()) {
    const [above, rest] = [keys.slice(0, depth), keys.slice(depth + 1)]
    const stop = (why: string) => noPath(source.path, above, why)
    if (node === null || (isScalar(node) && node.value === null))
      return { kind: 'empty', slot, rest: keys.slice(depth) }
    if (isAlias(node))
      throw stop(`is an alias, *${node.source}: change the value at the anchor &${node.source}`)
    if (!isMap(node) && !isSeq(node)) throw stop(`is a single value and does not have the key ${key}`)
    const container = containerOf(source, node, slot)
    if (container === undefined) throw stop('cannot be edited')
    const index = isMap(node) ? pairAt(node.items, key) : placeIn(source.path, above, key, node.items.length)
    if (index < 0 || index >= node.items.length) return { kind: 'missing', container, key, rest }
    slot = slotAt(container, index)
    if (slot === undefined) throw stop('cannot be edited')
    node = slot.value
  }
  if (slot === undefined) return { kind: 'empty', slot, rest: [] }
  return { kind: 'there', slot }
}
