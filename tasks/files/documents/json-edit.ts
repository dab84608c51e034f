/** Edits of a JSON text, which can have comments, at the offsets of its nodes. Pure. */
import { createScanner } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import { addEntry, isSpread, removeEntry } from './flow.ts'
import type { Flow } from './flow.ts'
import { mustBeLast, nested, noPath, placeIn } from './keys.ts'
import type { Key } from './keys.ts'
import { beginsLine, lineStart } from './splices.ts'
import type { Splice } from './splices.ts'

/** The text to edit, and its layout. */
export interface JsonWork {
  readonly path: string
  readonly text: string
  /** The indentation of one level. */
  readonly unit: string
  readonly newline: string
}

/** The node that a path leads to. */
type Found =
  | { readonly kind: 'there'; readonly container: Node; readonly index: number; readonly value: Node }
  | { readonly kind: 'missing'; readonly container: Node; readonly key: Key; readonly rest: readonly Key[] }
  | { readonly kind: 'empty'; readonly value: Node; readonly rest: readonly Key[] }

const end = ({ offset, length }: Node): number => offset + length

/** The offsets of the commas after entries, but not of commas in comments and strings. */
const commasOf = (text: string, { offset, length, children = [] }: Node): number[] => {
  const commas: number[] = []
  const scanner = createScanner(text, true)
  for (const [index, child] of children.entries()) {
    const limit = children[index + 1]?.offset ?? offset + length - 1
    scanner.setPosition(end(child))
    // a comma in a comment or a string is inside a token, never at its start
    do scanner.scan()
    while (scanner.getPosition() < limit && text[scanner.getTokenOffset()] !== ',')
    const at = scanner.getTokenOffset()
    if (at < limit && text[at] === ',') commas.push(at)
  }
  return commas
}

const flowOf = (text: string, container: Node): Flow => ({
  open: container.offset + 1,
  close: end(container) - 1,
  entries: (container.children ?? []).map((child) => ({ start: child.offset, end: end(child) })),
  commas: commasOf(text, container),
})

/** Follows a path. If a key occurs twice, uses the last one, as JSON.parse does. */
const follow = (path: string, root: Node, keys: readonly Key[]): Found => {
  let node = root
  let found: Found | undefined
  for (const [depth, key] of keys.entries()) {
    const [above, rest] = [keys.slice(0, depth), keys.slice(depth + 1)]
    if (node.type === 'null') return { kind: 'empty', value: node, rest: keys.slice(depth) }
    const children = node.children ?? []
    if (node.type !== 'object' && node.type !== 'array')
      throw noPath(path, above, `is a single value and does not have the key ${key}`)
    const index =
      node.type === 'array'
        ? placeIn(path, above, key, children.length)
        : children.findLastIndex((child) => child.children?.[0]?.value === String(key))
    const child = children[index]
    const value = node.type === 'array' ? child : child?.children?.[1]
    if (value === undefined) return { kind: 'missing', container: node, key, rest }
    found = { kind: 'there', container: node, index, value }
    node = value
  }
  return found ?? { kind: 'empty', value: root, rest: [] }
}

/** The text between a key and its value, as the other keys have it. */
const colonOf = (text: string, { children = [] }: Node): string => {
  const [key, value] = children.at(-1)?.children ?? []
  const between = key === undefined || value === undefined ? ': ' : text.slice(end(key), value.offset)
  return /^[ \t]*:[ \t]*$/.test(between) ? between : ': '
}

/** A value on one line. */
const inline = (value: unknown, colon: string): string => {
  const gap = colon === ':' ? ',' : ', '
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, colon)).join(gap)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}${colon}${inline(inner, colon)}`)
    .join(gap)}}`
}

/** A value on several lines, all except the first with this indentation. */
const spread = (value: unknown, indent: string, { unit, newline }: JsonWork): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', newline + indent)

const indentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? ''

const replaceValue = (work: JsonWork, value: Node, next: unknown, entry: number): Splice => {
  const { text } = work
  const written = beginsLine(text, entry)
    ? spread(next, indentAt(text, entry), work)
    : inline(next, value.type === 'object' ? colonOf(text, value) : ': ')
  return { start: value.offset, end: end(value), text: written }
}

const addTo = (work: JsonWork, container: Node, key: Key, value: unknown): Splice[] => {
  const { text, unit, newline } = work
  const flow = flowOf(text, container)
  const name = container.type === 'array' ? '' : JSON.stringify(String(key))
  const colon = container.type === 'array' ? '' : colonOf(text, container)
  const own = indentAt(text, container.offset)
  const inside = text.slice(flow.open, flow.close)
  if (
    flow.entries.length === 0 &&
    inside.trim() === '' &&
    /\n/.test(text.trim() === '{}' ? '\n' : text.trim())
  ) {
    const indent = own + unit
    const entry = `${name}${colon}${spread(value, indent, work)}`
    return [{ start: flow.open, end: flow.close, text: `${newline}${indent}${entry}${newline}${own}` }]
  }
  const last = flow.entries.at(-1)
  const entry =
    last !== undefined && isSpread(text, flow)
      ? `${name}${colon}${spread(value, indentAt(text, last.start), work)}`
      : `${name}${colon}${inline(value, colon === '' ? ': ' : colon)}`
  return addEntry(text, flow, entry, newline)
}

/** The edits that set a value. */
export const jsonSetEdits = (work: JsonWork, root: Node, keys: readonly Key[], value: unknown): Splice[] => {
  const found = follow(work.path, root, keys)
  if (found.kind === 'there')
    return [replaceValue(work, found.value, value, found.container.children?.[found.index]?.offset ?? 0)]
  const above = keys.slice(0, keys.length - found.rest.length)
  const inner = nested(work.path, above, found.rest, value)
  if (found.kind === 'missing') return addTo(work, found.container, found.key, inner)
  return [replaceValue(work, found.value, inner, found.value.parent?.offset ?? found.value.offset)]
}

/** The edits that remove an entry. */
export const jsonRemoveEdits = ({ path, text }: JsonWork, root: Node, keys: readonly Key[]): Splice[] => {
  const found = follow(path, root, keys)
  if (found.kind !== 'there') return []
  const { container, index } = found
  if (container.type === 'array') mustBeLast(path, keys, index, container.children?.length ?? 0)
  return removeEntry(text, flowOf(text, container), index)
}
