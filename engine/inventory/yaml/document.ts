/** YAML documents, made ready to be read: aliases resolved, names and numbers as they are written, nonsense refused. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { invalid } from '../invalid.ts'
import type { Place } from '../../errors.ts'
import { placesIn, withoutLine } from '../place.ts'
import { Scalar as Written, isTemplate } from '../scalar.ts'
import { numberInJson } from './readings.ts'
import { sealSops } from './sops.ts'
import { readStandardTags, readingsOfScalar } from './standard-tags.ts'
import { sealTags } from './tags.ts'

/** A document with the text that it was read from. */
export interface Source {
  /** The place of an offset in the text. */
  readonly placeAt: (offset: number) => Place
  /** It was encrypted: no line of it may be shown. */
  readonly hidden: boolean
  readonly document: Document
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>
  /** Keys that are not text to YAML: numbers, truth values, nothing, dates. */
  readonly notText: ReadonlySet<Scalar>
}

export const asNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null

/** Whether a key is `<<`, whose value is merged into the map (https://yaml.org/type/merge.html). */
export const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN')

/** The maps that a merge key names, in the order in which they count; undefined for what is no map. */
export const mergedBy = ({ value }: Pair, targets: Source['targets']): (YAMLMap | undefined)[] => {
  const resolved = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node)
  const node = resolved(value)
  return (isSeq(node) ? node.items : [node]).map((item) => {
    const map = resolved(item)
    return isMap(map) ? map : undefined
  })
}

/** Tags by which a value is read like one without quotes. */
const plainTags = new Set([
  '!unsafe',
  ...['int', 'float', 'bool', 'null', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
])

const isPlain = ({ type, tag }: Scalar): boolean =>
  ((tag === undefined || tag === '!') && type === 'PLAIN') ||
  (tag !== undefined && plainTags.has(tag) && (tag !== '!unsafe' || type === 'PLAIN'))

/**
 * What a scalar is: its text alone, or its text with what is read from it.
 *
 * @param json whether the document is JSON, which has numbers of its own.
 * @param unsafe whether it is marked as text that is no template.
 */
const valueOf = (
  scalar: Scalar,
  place: Place,
  { json, unsafe }: { json: boolean; unsafe: boolean },
): unknown => {
  const { value, source } = scalar
  // what is sealed is no text
  if (typeof value === 'object' && value !== null) return value
  const text = source ?? String(value)
  const template = !unsafe && isTemplate(text)
  if (typeof value === 'number' && json)
    return new Written({ text, value: numberInJson(text), definite: true, place })
  if (!isPlain(scalar) || json)
    return typeof value === 'string' && template
      ? new Written({ text: value, value, template, place })
      : value
  const { value: read, other, ambiguous } = readingsOfScalar(scalar.tag, text)
  if (read === null) return null
  if (typeof read === 'string' && !ambiguous && !template) return read
  const definite = scalar.tag !== undefined && typeof read === 'number'
  return new Written({ text, value: read, ...(ambiguous && { other }), template, definite, place })
}

/** Whether Ansible's mark for text that is no template stands at a node. */
const isUnsafe = (node: unknown): boolean =>
  (isMap(node) || isSeq(node) || isScalar(node)) && node.tag === '!unsafe'

/** A key is its text, whatever it looks like. */
const keyOf = ({ value, source }: Scalar): string =>
  typeof value === 'string' ? value : (source ?? String(value))

/** Where a map has a key for the second time; the parser itself would show the place before it. */
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
const quoteBraces = 'put quotes around a value that begins with { and is no map, such as "{{ name }}"'

/** The name is not told: it may be a password that somebody forgot to quote. */
const noAlias = 'an anchor (&name) stands before its alias (*name); quote a text that begins with *'

/** Resolves aliases and keeps what is written; then refuses what could not be read as it is meant. */
const prepare = (
  file: string,
  placeAt: Source['placeAt'],
  document: Document,
  json: boolean,
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
          } else node.value = valueOf(node, placeOf(node), { json, unsafe: [...path, node].some(isUnsafe) })
        }
        return
      }
      const target = anchors.get(node.source) ?? refuse('an alias of nothing', node, noAlias)
      if (path.includes(target)) refuse('an alias stands inside of what it names', node, noAlias)
      targets.set(node, target)
    },
  })
  visit(document, {
    Map: (_, map) => {
      if (map.items.some(({ key }) => isMap(key) || isSeq(key)))
        refuse('a key must be plain text', map, quoteBraces)
      const twice = secondKey(map)
      if (twice !== undefined) {
        const hint = twice.value === '<<' ? 'several merges go into one list: <<: [*a, *b]' : undefined
        refuse('this key stands here twice', twice, hint)
      }
      for (const pair of map.items.filter(isMerge)) {
        const wrong = mergedBy(pair, targets).indexOf(undefined)
        if (wrong < 0) continue
        const node = isSeq(pair.value) ? pair.value.items[wrong] : pair.value
        refuse('a merge key takes maps', asNode(node) ?? asNode(pair.key), 'name a map: <<: *defaults')
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

/**
 * Reads YAML text into a document.
 *
 * @param hidden whether the text was encrypted: then no error shows any of it.
 * @param json whether its numbers are those of JSON, which are no text.
 * @throws `inventory-invalid` at the place of a syntax error, a key that stands twice, an unknown tag, or an alias of
 * nothing.
 */
export const readDocument = (file: string, text: string, hidden = false, json = isJson(text)): Source => {
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
    // the parser's words may quote the text
    const message = hidden ? `what is in it is no YAML (${error.code})` : error.message
    const place = placeAt(error.pos[0])
    throw invalid(message, place, /[:[,-]\s*\{[{%#]/.test(place.excerpt ?? '') ? quoteBraces : undefined)
  }
  return { placeAt, hidden, document, ...prepare(file, placeAt, document, json) }
}
