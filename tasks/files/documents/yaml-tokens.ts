/** Offsets of the parts of a YAML document, from the parser's tokens. Pure. */
import type { CST } from 'yaml'

/** An entry of a map or list, as the parser returns it. */
export type Item = CST.CollectionItem
export type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection

const trivial = new Set(['space', 'comment', 'newline', 'comma'])

const ends = ({ offset, source }: CST.SourceToken): number => offset + source.length

/** The tokens that are not blanks, comments, line breaks or commas. */
export const telling = (tokens: readonly CST.SourceToken[] = []): CST.SourceToken[] =>
  tokens.filter(({ type }) => !trivial.has(type))

/** Whether an entry has a key or a value, and not only comments or a comma. */
export const isItem = ({ start, key, sep, value }: Item): boolean =>
  key !== undefined || value !== undefined || sep !== undefined || telling(start).length > 0

/** The start of an entry: its dash, its key, or the properties of its key. */
export const itemStart = ({ start, key, sep, value }: Item): number =>
  telling(start)[0]?.offset ?? key?.offset ?? telling(sep)[0]?.offset ?? value?.offset ?? 0

/** The end of a block scalar's text, before its last line break. Blank lines after it belong to it with `|+` only. */
const blockScalarEnd = (token: CST.BlockScalar): number => {
  const header = token.props.find(({ type }) => type === 'block-scalar-header')
  const last = token.props.at(-1)
  const start = last === undefined || !('source' in last) ? token.offset : last.offset + last.source.length
  const keeps = header !== undefined && 'source' in header && header.source.includes('+')
  const text = token.source.replace(keeps ? /\r?\n$/ : /(?:\r?\n)+$/, '')
  if (text !== '') return start + text.length
  return header !== undefined && 'source' in header ? header.offset + header.source.length : start
}

/** The end of a value, without what follows it. */
export const tokenEnd = (token: CST.Token): number => {
  switch (token.type) {
    case 'block-scalar':
      return blockScalarEnd(token)
    case 'flow-collection': {
      const [close] = token.end
      return close === undefined ? token.offset : ends(close)
    }
    case 'block-map':
    case 'block-seq': {
      const last = (token.items as readonly Item[]).findLast(isItem)
      return last === undefined ? token.offset : itemEnd(last)
    }
    default:
      return token.offset + ('source' in token ? token.source.length : 0)
  }
}

/** The end of an entry. */
export const itemEnd = ({ start, key, sep, value }: Item): number => {
  if (value !== undefined && value !== null) return tokenEnd(value)
  const last = telling(sep).at(-1)
  if (last !== undefined) return ends(last)
  if (key !== undefined && key !== null) return tokenEnd(key)
  const first = telling(start).at(-1)
  return first === undefined ? 0 : ends(first)
}

/** The tokens between an entry's indicator, a dash or a colon, and its value. */
const afterSign = (
  { start, sep }: Item,
  list: boolean,
): { sign?: CST.SourceToken; rest: CST.SourceToken[] } => {
  const tokens = (list ? start : sep) ?? []
  const at = tokens.findIndex(({ type }) => type === (list ? 'seq-item-ind' : 'map-value-ind'))
  const sign = tokens[at]
  return { ...(sign !== undefined && { sign }), rest: tokens.slice(at + 1) }
}

/** The offset where a value can begin: after the colon or dash, and after the anchor. */
export const valueStart = (item: Item, list: boolean): number | undefined => {
  const { sign, rest } = afterSign(item, list)
  const anchor = rest.find(({ type }) => type === 'anchor')
  return anchor === undefined ? sign && ends(sign) : ends(anchor)
}

/** The tag of a value. */
export const tagOf = (item: Item, list: boolean): CST.SourceToken | undefined =>
  afterSign(item, list).rest.find(({ type }) => type === 'tag')

/** The comment on the first line of a block scalar. */
export const headerComment = (token: CST.Token): string => {
  if (token.type !== 'block-scalar') return ''
  const comment = token.props.find(({ type }) => type === 'comment')
  return comment !== undefined && 'source' in comment ? ` ${comment.source}` : ''
}

/** The entries of a collection, without those that are only comments. */
export const itemsOf = (token: Collection): Item[] => (token.items as readonly Item[]).filter(isItem)
