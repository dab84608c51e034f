/** Reads the standard tags of YAML, such as `!!set`, as PyYAML and thus Ansible does. */
import { YAMLSeq, isMap, isPair, isScalar, isSeq, visit } from 'yaml'
import type { Document, Node, Pair, Scalar } from 'yaml'
import { readingsOf } from './readings.ts'
import type { Readings } from './readings.ts'

const prefix = 'tag:yaml.org,2002:'

/** The name of a standard tag: `set` of `!!set`; undefined for another tag or none. */
const nameOf = (tag: string | undefined): string | undefined =>
  tag?.startsWith(prefix) === true ? tag.slice(prefix.length) : undefined

type Kind = 'scalar' | 'map' | 'list'

/** The kind of node of each tag. */
const kinds: Readonly<Record<string, Kind>> = {
  str: 'scalar',
  int: 'scalar',
  float: 'scalar',
  bool: 'scalar',
  null: 'scalar',
  timestamp: 'scalar',
  map: 'map',
  set: 'map',
  seq: 'list',
  omap: 'list',
  pairs: 'list',
}

/** Reads a scalar with one of these tags; undefined if the text is not such a value. */
const taggedReaders: Readonly<Record<string, (text: string) => Readings | undefined>> = {
  int: (text) => {
    const found = readingsOf(text)
    const isInteger = typeof found.value === 'bigint' || Number.isInteger(found.value)
    return isInteger && !/\./.test(text) ? found : undefined
  },
  float: (text) => {
    const found = readingsOf(text)
    if (typeof found.value === 'number') return found
    const value = Number(text.replaceAll('_', ''))
    return text.trim() === '' || Number.isNaN(value) ? undefined : { value, other: value, ambiguous: false }
  },
  bool: (text) => {
    const found = readingsOf(text)
    return typeof found.value === 'boolean' ? found : undefined
  },
  null: () => ({ value: null, other: null, ambiguous: false }),
}

/** Reads a scalar without quotes, or with a tag that means the same. */
export const readingsOfScalar = (tag: string | undefined, text: string): Readings => {
  const read = taggedReaders[nameOf(tag) ?? '']
  return read?.(text) ?? readingsOf(text)
}

const kindOf = (node: Node): Kind | undefined => {
  if (isScalar(node)) return 'scalar'
  if (isMap(node)) return 'map'
  return isSeq(node) ? 'list' : undefined
}

/** The list for a set or ordered pairs, which JSON does not have. */
const listOf = (node: Node, items: readonly unknown[]): YAMLSeq => {
  const list = new YAMLSeq()
  list.items = [...items]
  list.range = node.range ?? null
  if ('anchor' in node && typeof node.anchor === 'string') list.anchor = node.anchor
  return list
}

const pairAsList = (node: Node, { key, value }: Pair): YAMLSeq => listOf(node, [key, value])

/** The pairs of `!!omap` and `!!pairs`: each item of the list is a map with one key. */
const pairsOf = (node: Node): Pair[] =>
  isSeq(node) ? node.items.flatMap((item) => (isPair(item) ? [item] : isMap(item) ? item.items : [])) : []

/** An error at a node. */
type Refuse = (message: string, node: Node, hint: string) => never

const supported = `supported are ${Object.keys(kinds)
  .map((name) => `!!${name}`)
  .join(', ')}`

const refuseScalar = (name: string, node: Scalar, refuse: Refuse): void => {
  const read = taggedReaders[name]
  if (read === undefined || read(node.source ?? String(node.value)) !== undefined) return
  refuse(`the value is not a valid !!${name}`, node, 'remove the tag, or quote the value for text')
}

/**
 * Applies standard tags: a set and ordered pairs become lists, as in Ansible's templates.
 *
 * @param refuse called for tags that Ansible does not support, and for invalid values of a tag. `!!binary` is bytes, which
 * variables cannot be.
 */
export const readStandardTags = (document: Document, refuse: Refuse): void => {
  visit(document, {
    Node: (_, node, path) => {
      const name = nameOf('tag' in node && typeof node.tag === 'string' ? node.tag : undefined)
      if (name === undefined || (name === 'merge' && isScalar(node) && node.source === '<<')) return undefined
      if (name === 'binary')
        return refuse(
          '!!binary is not supported',
          node,
          'write the text itself, or read a file in the playbook',
        )
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
      if (kind === undefined) return refuse(`unknown tag !!${name}`, node, supported)
      if (kind !== kindOf(node)) return refuse(`!!${name} requires a ${kind}`, node, 'remove the tag')
      if (isScalar(node)) refuseScalar(name, node, refuse)
      const parent = path.at(-1)
      const merged = isPair(parent) && isScalar(parent.key) && parent.key.source === '<<'
      if (name === 'set' && isMap(node) && !merged)
        return listOf(
          node,
          node.items.map(({ key }) => key),
        )
      if (name === 'omap' || name === 'pairs')
        return listOf(
          node,
          pairsOf(node).map((pair) => pairAsList(node, pair)),
        )
      return undefined
    },
  })
}
