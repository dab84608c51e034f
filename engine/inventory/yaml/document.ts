/** Parses YAML documents: resolves aliases, keeps names and numbers as written, and refuses invalid documents. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { invalid } from '../invalid.ts'
import type { Place } from '../../errors.ts'
import { placesIn, withoutLine } from '../place.ts'
import { wordsOf } from './words.ts'
import { Scalar as Written, isTemplate } from '../scalar.ts'
import { numberInJson } from './readings.ts'
import { sealSops } from './sops.ts'
import { readStandardTags, readingsOfScalar } from './standard-tags.ts'
import { sealTags } from './tags.ts'

/** A document with its text. */
export interface Source {
  /** The place of an offset in the text. */
  readonly placeAt: (offset: number) => Place
  /** Whether it was encrypted, so that no line can be shown. */
  readonly hidden: boolean
  readonly document: Document
  /** The node of each alias. */
  readonly targets: ReadonlyMap<Alias, Node>
  /** Keys that are not text in YAML: numbers, booleans, null, dates. */
  readonly notText: ReadonlySet<Scalar>
}

export const asNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null

/** Whether a key is `<<`, whose value is merged into the map (https://yaml.org/type/merge.html). */
export const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN')

/** The maps of a merge key, in order of precedence; undefined for a value that is not a map. */
export const mergedBy = ({ value }: Pair, targets: Source['targets']): (YAMLMap | undefined)[] => {
  const resolved = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node)
  const node = resolved(value)
  return (isSeq(node) ? node.items : [node]).map((item) => {
    const map = resolved(item)
    return isMap(map) ? map : undefined
  })
}

/** Tags whose values are read as without quotes. */
const plainTags = new Set([
  '!unsafe',
  ...['int', 'float', 'bool', 'null', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
])

const isPlain = ({ type, tag }: Scalar): boolean =>
  ((tag === undefined || tag === '!') && type === 'PLAIN') ||
  (tag !== undefined && plainTags.has(tag) && (tag !== '!unsafe' || type === 'PLAIN'))

/**
 * The value of a scalar: its text, or its text with the value that is read from it.
 *
 * @param json whether the document is JSON, whose numbers are always numbers.
 * @param unsafe whether it is marked as text that is not a template.
 * @param lookups whether its expressions can look up what is on this machine.
 */
const valueOf = (
  scalar: Scalar,
  place: Place,
  { json, unsafe, lookups }: { json: boolean; unsafe: boolean; lookups: boolean },
  placeOf: Written['placeOf'],
): unknown => {
  const { value, source } = scalar
  // a sealed value
  if (typeof value === 'object' && value !== null) return value
  const text = source ?? String(value)
  const template = !unsafe && isTemplate(text)
  if (typeof value === 'number' && json)
    return new Written({ text, value: numberInJson(text), definite: true, place })
  if (!isPlain(scalar) || json)
    return typeof value === 'string' && template
      ? new Written({ text: value, value, template, lookups, place, placeOf })
      : value
  const { value: read, other, ambiguous } = readingsOfScalar(scalar.tag, text)
  if (read === null) return null
  if (typeof read === 'string' && !ambiguous && !template) return read
  const definite = scalar.tag !== undefined && typeof read === 'number'
  return new Written({
    text,
    value: read,
    ...(ambiguous && { other }),
    template,
    lookups,
    definite,
    place,
    placeOf,
  })
}

/** Whether a node has Ansible's tag for text that is not a template. */
const isUnsafe = (node: unknown): boolean =>
  (isMap(node) || isSeq(node) || isScalar(node)) && node.tag === '!unsafe'

/** The text of a key, also if it looks like another type. */
const keyOf = ({ value, source }: Scalar): string =>
  typeof value === 'string' ? value : (source ?? String(value))

/** The second occurrence of a key in a map; the parser itself would report the first one. */
const secondKey = (map: YAMLMap): Scalar | undefined => {
  const seen = new Set<unknown>()
  for (const { key } of map.items) {
    if (!isScalar(key)) continue
    if (seen.has(key.value)) return key
    seen.add(key.value)
  }
  return undefined
}

/** `{{ x }}` without quotes is a map to YAML, whose key is a map. */
const quoteBraces = 'quote a value that starts with { and is not a map, such as "{{ name }}"'

/** What to do about a syntax error, by the code of the parser. */
const syntaxHints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces instead of tabs',
  BLOCK_AS_IMPLICIT_KEY: 'quote a value that contains ": ", or write the inner key on a line of its own',
  BAD_INDENT: 'indent the line as its neighbours, and close every { and [ that is opened before it',
  MISSING_CHAR: 'add the missing character: close every quote, { and [, and write `key: value`',
}

/** The name is not shown: it can be a password without quotes. */
const noAlias = 'define an anchor (&name) before its alias (*name); quote a text that starts with *'

/** Resolves aliases and keeps the written text; then refuses ambiguous documents. */
const prepare = (
  { file, text }: { readonly file: string; readonly text: string },
  placeAt: Source['placeAt'],
  document: Document,
  json: boolean,
  lookups: boolean,
): Pick<Source, 'targets' | 'notText'> => {
  const anchors = new Map<string, Node>()
  const notText = new Set<Scalar>()
  const targets = new Map<Alias, Node>()
  const placeOf = (node: Node | null | undefined): Place => placeAt(node?.range?.[0] ?? 0)
  const refuse = (message: string, node: Node | null | undefined, hint?: string): never => {
    throw invalid(message, placeOf(node), hint)
  }
  sealTags(document, placeOf, refuse)
  readStandardTags(document, refuse)
  sealSops(document, file, placeOf, refuse)
  visit(document, {
    Node: (role, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node)
        if (isScalar(node)) {
          if (role === 'key') {
            if (isPlain(node) && typeof readingsOfScalar(node.tag, node.source ?? '').value !== 'string')
              notText.add(node)
            node.value = keyOf(node)
          } else
            node.value = valueOf(
              node,
              placeOf(node),
              { json, unsafe: [...path, node].some(isUnsafe), lookups },
              wordsOf(text, node.range, placeAt),
            )
        }
        return
      }
      const target = anchors.get(node.source) ?? refuse('an alias without an anchor', node, noAlias)
      if (path.includes(target)) refuse('an alias is inside its own anchor', node, noAlias)
      targets.set(node, target)
    },
  })
  visit(document, {
    Map: (_, map) => {
      if (map.items.some(({ key }) => isMap(key) || isSeq(key)))
        refuse('a key must be plain text', map, quoteBraces)
      const twice = secondKey(map)
      if (twice !== undefined) {
        const hint = twice.value === '<<' ? 'put several merges into one list: <<: [*a, *b]' : undefined
        refuse('this key is set twice', twice, hint)
      }
      for (const pair of map.items.filter(isMerge)) {
        const wrong = mergedBy(pair, targets).indexOf(undefined)
        if (wrong < 0) continue
        const node = isSeq(pair.value) ? pair.value.items[wrong] : pair.value
        refuse('a merge key requires maps', asNode(node) ?? asNode(pair.key), 'give a map: <<: *defaults')
      }
    },
  })
  return { targets, notText }
}

/** Whether a text is JSON. Ansible reads such a file as JSON, whatever its name. */
const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** How a text is read. */
export interface ReadOptions {
  /** Whether the text was encrypted: then errors and places do not show it. */
  readonly hidden?: boolean
  /** Whether its numbers are JSON numbers, which are never text; by default if the document is JSON. */
  readonly json?: boolean
  /** Whether its expressions can look up what is on this machine; true by default. */
  readonly lookups?: boolean
}

/**
 * Reads YAML text into a document.
 *
 * @throws `inventory-invalid` at the place of a syntax error, a duplicate key, an unknown tag, or an alias without an
 * anchor.
 */
export const readDocument = (
  file: string,
  text: string,
  { hidden = false, json = isJson(text), lookups = true }: ReadOptions = {},
): Source => {
  const document = parseDocument(text, {
    uniqueKeys: false,
    prettyErrors: false,
    merge: true,
    logLevel: 'error',
  })
  const places = placesIn(file, text)
  const placeAt = (offset: number): Place => (hidden ? withoutLine(places(offset)) : places(offset))
  const [error] = document.errors
  if (error !== undefined) {
    // the parser's message can quote the text
    const message = hidden ? `the decrypted content is not valid YAML (${error.code})` : error.message
    const place = placeAt(error.pos[0])
    throw invalid(
      message,
      place,
      /[:[,-]\s*\{[{%#]/.test(place.excerpt ?? '') ? quoteBraces : syntaxHints[error.code],
    )
  }
  return { placeAt, hidden, document, ...prepare({ file, text }, placeAt, document, json, lookups) }
}
