/** Edits of a YAML text at the offsets of its nodes; no node is printed again. Pure. */
import type { CST } from 'yaml'
import { addEntry, removeEntry } from './flow.ts'
import type { Flow } from './flow.ts'
import type { Key } from './keys.ts'
import { mustBeLast, nested } from './keys.ts'
import { beginsLine, contentEnd, insertLines, lineEnd, lineStart } from './splices.ts'
import type { Splice } from './splices.ts'
import { isScalar, isSeq } from 'yaml'
import type { Container, Found, Slot, Source } from './yaml-path.ts'
import { headerComment, itemEnd, itemStart, tagOf, tokenEnd, valueStart } from './yaml-tokens.ts'
import { blockLines, childColumn, entryLines, flowText, isBlock, textScalar } from './yaml-values.ts'
import type { Layout, Quotes } from './yaml-values.ts'

/** The text to edit, and its layout. */
export interface Work extends Source {
  readonly layout: Layout
  readonly newline: string
}

const quotesOf = (value: unknown): Quotes => {
  if (!isScalar(value)) return 'plain'
  if (value.type === 'QUOTE_SINGLE') return 'single'
  return value.type === 'QUOTE_DOUBLE' ? 'double' : 'plain'
}

const flowOf = ({ token, items }: Container): Flow | undefined => {
  if (token.type !== 'flow-collection') return undefined
  const commas = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'comma'))
  return {
    open: token.start.offset + token.start.source.length,
    close: token.end[0]?.offset ?? token.offset,
    entries: items.map((item) => ({ start: itemStart(item), end: itemEnd(item) })),
    commas: commas.map(({ offset }) => offset),
  }
}

const isBlockToken = (token: CST.Token | null | undefined): token is CST.BlockMap | CST.BlockSequence =>
  token?.type === 'block-map' || token?.type === 'block-seq'

/** Removes the tag of the old value, and the blank before it. */
const withoutTag = ({ text }: Source, tag: CST.SourceToken | undefined): Splice[] => {
  if (tag === undefined) return []
  const blanks = /[ \t]*$/.exec(text.slice(0, tag.offset))?.[0].length ?? 0
  return [{ start: tag.offset - blanks, end: tag.offset + tag.source.length, text: '' }]
}

/** Replaces a value by one on a single line. */
const replaceInline = (work: Work, slot: Slot, written: string): Splice[] => {
  const { text } = work
  const { item, container } = slot
  const list = isSeq(container.node)
  const old = item.value
  const tags = withoutTag(work, tagOf(item, list))
  const from = valueStart(item, list)
  if (old === undefined) {
    const at = from ?? itemEnd(item)
    return [...tags, { start: at, end: at, text: `${from === undefined ? ':' : ''} ${written}` }]
  }
  if (isBlockToken(old) && from !== undefined && lineStart(text, old.offset) > from) {
    // the old value has its own lines below the key: remove them, and keep the rest of the key's line
    const lines = { start: contentEnd(text, from), end: contentEnd(text, tokenEnd(old)), text: '' }
    return [...tags, { start: from, end: from, text: ` ${written}` }, lines]
  }
  return [...tags, { start: old.offset, end: tokenEnd(old), text: written + headerComment(old) }]
}

/** Replaces a value by a list or map with its own lines. */
const replaceBlock = (work: Work, slot: Slot, value: unknown): Splice[] => {
  const { text, layout, newline } = work
  const { item, container } = slot
  const list = isSeq(container.node)
  const old = item.value
  const tags = withoutTag(work, tagOf(item, list))
  const from = valueStart(item, list) ?? itemEnd(item)
  if (list) {
    const body = blockLines(value, container.column + 2, layout)
      .join(newline)
      .trimStart()
    const place =
      old === undefined
        ? { start: from, end: from, text: ` ${body}` }
        : { start: old.offset, end: tokenEnd(old), text: body + headerComment(old) }
    return [...tags, place]
  }
  const column =
    isBlockToken(old) &&
    lineStart(text, old.offset) > from &&
    (old.type === 'block-seq') === Array.isArray(value)
      ? old.offset - lineStart(text, old.offset)
      : childColumn(value, container.column, layout)
  const body = blockLines(value, column, layout)
    .map((line) => newline + line)
    .join('')
  if (old === undefined) {
    const at = contentEnd(text, from)
    return [...tags, { start: at, end: at, text: body }]
  }
  if (isBlockToken(old) || lineStart(text, old.offset) > from)
    return [...tags, { start: contentEnd(text, from), end: contentEnd(text, tokenEnd(old)), text: body }]
  const end = tokenEnd(old)
  // a comment after the old value stays in the line of the key
  const rest = contentEnd(text, end)
  const comment = old.type === 'block-scalar' ? headerComment(old) : text.slice(end, rest)
  // a tag after the anchor is removed together with the value
  const outside = tags.filter((tag) => tag.start < from)
  return [...outside, { start: from, end: rest, text: comment + body }]
}

const replaceValue = (work: Work, slot: Slot, value: unknown): Splice[] => {
  const { flow } = slot.container
  return isBlock(value) && !flow
    ? replaceBlock(work, slot, value)
    : replaceInline(work, slot, flowText(value, quotesOf(slot.value), flow))
}

/** A key, written like the other keys of its map. */
const keyText = (container: Container, key: Key): string => {
  const keys = 'items' in container.node ? container.node.items : []
  const scalars = keys.flatMap((pair) => ('key' in pair && isScalar(pair.key) ? [pair.key] : []))
  const all = (holds: (scalar: (typeof scalars)[number]) => boolean): boolean =>
    scalars.length > 0 && scalars.every(holds)
  if (/^\d+$/.test(String(key)) && (typeof key === 'number' || all(({ value }) => typeof value === 'number')))
    return String(key)
  const quotes = all(({ type }) => type === 'QUOTE_DOUBLE') ? 'double' : 'plain'
  return textScalar(String(key), quotes, container.flow)
}

const addTo = (work: Work, container: Container, key: Key, value: unknown): Splice[] => {
  const { text, layout, newline } = work
  const { column, items } = container
  const list = isSeq(container.node)
  const flow = flowOf(container)
  const { above, token } = container
  if (
    flow !== undefined &&
    text.slice(flow.open, flow.close).trim() === '' &&
    above?.container.flow !== true
  ) {
    // an empty {} or [] becomes a block, like its neighbours
    const first = list ? [value] : { [String(key)]: value }
    if (above !== undefined) return replaceBlock(work, above, first)
    const start = token.offset
    // except after ---, where a block cannot begin
    if (beginsLine(text, start))
      return [{ start, end: flow.close + 1, text: blockLines(first, 0, layout).join(newline) }]
  }
  if (flow !== undefined) {
    const entry = list ? flowText(value) : `${keyText(container, key)}: ${flowText(value)}`
    return addEntry(text, flow, entry, newline)
  }
  const last = items.at(-1)
  const end = last === undefined ? text.length : itemEnd(last)
  const lines = list
    ? blockLines([value], column, layout)
    : entryLines(keyText(container, key), value, column, layout)
  return [insertLines(text, lineEnd(text, end), lines, newline)]
}

/** Writes the contents of an empty document, before a line `...` if there is one. */
const addToEmpty = ({ text, layout, newline }: Work, value: unknown): Splice[] => {
  const close = /^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length
  const [line = '', marker = '', nothing = ''] =
    /^(---[ \t]+)?(~|null|Null|NULL)(?=[ \t]*(?:\r?$|[ \t]#))/m.exec(text) ?? []
  const lines = blockLines(value, 0, layout)
  if (nothing !== '') {
    const start = text.indexOf(line) + marker.length
    // a block cannot begin after ---
    const written = marker === '' ? lines.join(newline) : flowText(value)
    return [{ start, end: start + nothing.length, text: written }]
  }
  return [insertLines(text, close, lines, newline)]
}

/** The edits that set a value. */
export const setEdits = (work: Work, found: Found, keys: readonly Key[], value: unknown): Splice[] => {
  if (found.kind === 'there') return replaceValue(work, found.slot, value)
  const above = keys.slice(0, keys.length - found.rest.length)
  const inner = nested(work.path, above, found.rest, value)
  if (found.kind === 'missing') return addTo(work, found.container, found.key, inner)
  return found.slot === undefined ? addToEmpty(work, inner) : replaceValue(work, found.slot, inner)
}

/** The edits that remove an entry. Removing the last entry leaves an empty list or map. */
export const removeEdits = (work: Work, keys: readonly Key[], { container, index, item }: Slot): Splice[] => {
  const { path, text } = work
  if (isSeq(container.node)) mustBeLast(path, keys, index, container.items.length)
  const flow = flowOf(container)
  if (flow !== undefined) return removeEntry(text, flow, index)
  const { items, node, above } = container
  const [start, end] = [itemStart(item), itemEnd(item)]
  if (items.length === 1) {
    const empty = isSeq(node) ? '[]' : '{}'
    return above === undefined ? [{ start, end, text: empty }] : replaceInline(work, above, empty)
  }
  if (beginsLine(text, start)) return [{ start: lineStart(text, start), end: lineEnd(text, end), text: '' }]
  const next = items[index + 1]
  const to = next === undefined ? end : itemStart(next)
  return [{ start, end: text.slice(end, to).trim() === '' ? to : end, text: '' }]
}
