/** A manifest whose DaemonSets leave their pods as they are. Pure. */
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'

/** A part of a text, and what replaces it. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

const key = 'updateStrategy'
// as JSON: a manifest can be JSON, and YAML has it too
const strategy = `"${key}": {"type": "OnDelete"}`

const isScalarOrMap = (value: unknown) => isScalar(value) || isMap(value)

/** What makes a DaemonSet keep its pods: a document is a node of the package yaml. */
const editsIn = (text: string, node: unknown): Edit[] => {
  if (!isMap(node)) return []
  const items = node.get('items')
  if (node.get('kind') === 'List' && isSeq(items)) return items.items.flatMap((item) => editsIn(text, item))
  const spec = node.get('spec')
  if (node.get('kind') !== 'DaemonSet' || !isMap(spec)) return []
  for (const { key: name, value } of spec.items) {
    if (!isScalar(name) || name.value !== key || !isScalarOrMap(value)) continue
    const [from, to] = [name.range?.[0], value.range?.[1]]
    if (from === undefined || to === undefined) return []
    const [space = ''] = /\s*$/.exec(text.slice(from, to)) ?? []
    return [{ from, to, text: `${strategy}${space}` }]
  }
  const first = spec.items[0]?.key
  const at = isScalar(first) ? first.range?.[0] : undefined
  if (at === undefined) return []
  const column = at - (text.lastIndexOf('\n', at - 1) + 1)
  return [{ from: at, to: at, text: `${strategy}${spec.flow === true ? ', ' : `\n${' '.repeat(column)}`}` }]
}

/**
 * The manifest with the update strategy OnDelete in all its DaemonSets: a node gets a new pod only when the present one is deleted.
 *
 * No other byte is changed: kubectl reads YAML 1.1, in which 0400 is octal, and yes a boolean.
 */
export const heldBack = (text: string): string =>
  parseAllDocuments(text)
    .flatMap(({ contents }) => editsIn(text, contents))
    .toReversed()
    .reduce((edited, { from, to, text: part }) => edited.slice(0, from) + part + edited.slice(to), text)
