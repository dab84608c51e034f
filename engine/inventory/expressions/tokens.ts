/** Splits text with Jinja expressions into parts, and expressions into tokens. Pure. */
import { Fault } from './fault.ts'

/** A token of an expression. */
export interface Token {
  readonly kind: 'name' | 'text' | 'integer' | 'float' | 'symbol' | 'end'
  /** A text without its quotes, as written. */
  readonly text: string
}

/** A part of a text: what is outside of expressions, the tokens of `{{ … }}`, or those of `{% … %}`. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output' | 'statement'; readonly tokens: readonly Token[] }

const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const float =
  /(?:\d(?:_?\d)*)(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*)(?![\p{L}\p{N}_])/uy
const integer = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0(?:_?0)*|[1-9](?:_?\d)*)(?![\p{L}\p{N}_])/uy
const quoted = /'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/y
const symbol = /\/\/|\*\*|==|!=|<=|>=|[-+*/%~|.,:=<>()[\]{}]/y

const opening: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  const sticky = new RegExp(pattern)
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** The token at an offset, and where it ends. */
const tokenAt = (text: string, at: number): { readonly token: Token; readonly end: number } => {
  const forms: readonly (readonly [Token['kind'], RegExp])[] = [
    ['name', name],
    ['float', float],
    ['integer', integer],
    ['text', quoted],
    ['symbol', symbol],
  ]
  for (const [kind, pattern] of forms) {
    const found = matchAt(pattern, text, at)
    if (found === null) continue
    const [all, single, double] = found
    return { token: { kind, text: kind === 'text' ? (single ?? double ?? '') : all }, end: at + all.length }
  }
  const [letter = ''] = text.slice(at)
  throw new Fault(
    letter === "'" || letter === '"'
      ? 'a quote in the expression is not closed'
      : `an expression cannot have the character ${letter} here`,
  )
}

/** Reads tokens up to `}}` or `%}` outside of brackets. */
const readTokens = (
  text: string,
  start: number,
  close: '}}' | '%}',
): { readonly tokens: readonly Token[]; readonly end: number; readonly strips: boolean } => {
  const tokens: Token[] = []
  const open: string[] = []
  for (let at = start; ;) {
    at += matchAt(/\s+/y, text, at)?.[0].length ?? 0
    if (at >= text.length)
      throw new Fault(`${close === '}}' ? '{{' : '{%'} is not closed: ${close} is missing`)
    if (open.length === 0) {
      const ends = matchAt(close === '}}' ? /[-+]?\}\}/y : /[-+]?%\}/y, text, at)
      if (ends !== null) return { tokens, end: at + ends[0].length, strips: ends[0].startsWith('-') }
    }
    const { token, end } = tokenAt(text, at)
    if (token.kind === 'symbol') {
      const closes = opening[token.text]
      if (closes !== undefined) open.push(closes)
      else if (/^[)\]}]$/.test(token.text) && open.pop() !== token.text)
        throw new Fault(`the brackets of the expression do not match: ${token.text}`)
    }
    tokens.push(token)
    at = end
  }
}

/** Where a comment ends, and whether it strips what follows. */
const endOfComment = (text: string, at: number): { readonly end: number; readonly strips: boolean } => {
  const end = text.indexOf('#}', at)
  if (end < 0) throw new Fault('{# is not closed: #} is missing')
  return { end: end + 2, strips: text[end - 1] === '-' && end - 1 >= at }
}

/** The text of a raw block that begins at an offset; undefined if there is none. */
const rawAt = (
  text: string,
  at: number,
):
  | { readonly inner: string; readonly end: number; readonly stripsIn: boolean; readonly strips: boolean }
  | undefined => {
  const begins = matchAt(/\{%[-+]?\s*raw\s*(-?)[-+]?%\}\n?/y, text, at)
  if (begins === null) return undefined
  const start = at + begins[0].length
  const ends = /\{%([-+]?)\s*endraw\s*(-?)\+?%\}\n?/g
  ends.lastIndex = start
  const found = ends.exec(text)
  if (found === null) throw new Fault('{% raw %} is not closed: {% endraw %} is missing')
  const inner = text.slice(start, found.index)
  return {
    inner: found[1] === '-' ? inner.trimEnd() : inner,
    end: found.index + found[0].length,
    stripsIn: begins[1] === '-',
    strips: found[2] === '-',
  }
}

/**
 * Splits a text into its parts. As in Ansible, a line end after `%}` or `#}` is removed, and `-` beside the braces removes blanks.
 *
 * @throws Fault for braces, brackets and quotes that are not closed.
 */
export const partsOf = (source: string): readonly Part[] => {
  const parts: Part[] = []
  let strips = false
  const addText = (text: string): void => {
    const kept = strips ? text.trimStart() : text
    if (kept !== '') strips = false
    if (kept !== '') parts.push({ kind: 'text', text: kept })
  }
  for (let at = 0; at < source.length;) {
    const next = /\{[{%#]/g
    next.lastIndex = at
    const found = next.exec(source)
    const start = found?.index ?? source.length
    const before = source.slice(at, start)
    addText(source[start + 2] === '-' ? before.trimEnd() : before)
    if (found === null) break
    const [mark] = found
    const inner = start + (/[-+]/.test(source[start + 2] ?? '') ? 3 : 2)
    const raw = mark === '{%' ? rawAt(source, start) : undefined
    if (raw !== undefined) {
      const text = raw.stripsIn ? raw.inner.trimStart() : raw.inner
      if (text !== '') parts.push({ kind: 'text', text })
      ;({ end: at, strips } = raw)
      continue
    }
    if (mark === '{#') {
      ;({ end: at, strips } = endOfComment(source, inner))
      if (source[at] === '\n') at += 1
      continue
    }
    const { tokens, end, strips: stripped } = readTokens(source, inner, mark === '{{' ? '}}' : '%}')
    parts.push({ kind: mark === '{{' ? 'output' : 'statement', tokens })
    strips = stripped
    at = mark === '{%' && source[end] === '\n' ? end + 1 : end
  }
  return parts
}
