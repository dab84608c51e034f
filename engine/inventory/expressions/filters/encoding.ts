/** Filters that encode: base64, checksums, JSON, YAML. */
import { createHash, getHashes } from 'node:crypto'
import { nearest } from '../../nearest.ts'
import { readYaml } from '../../yaml/read.ts'
import { Fault } from '../fault.ts'
import { flagArgument, numberArgument, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { mostNested, numText } from '../python-text.ts'
import { Dict, List, Moment, Num } from '../values.ts'
import type { Value } from '../values.ts'
import { fromPlain } from '../plain.ts'

const hashed =
  (usual: string): Filter =>
  (value, args, { machine }) => {
    const wanted = textArgument(machine, args, 0, 'hashtype') ?? usual
    const known = getHashes()
    if (!known.includes(wanted)) {
      const guess = nearest(wanted, known)
      throw new Fault(`there is no hash ${wanted}`, { word: wanted, hint: guess && `did you mean ${guess}?` })
    }
    return createHash(wanted).update(machine.text(value)).digest('hex')
  }

/** How JSON is written. */
interface JsonStyle {
  readonly indent: number
  readonly sort: boolean
  readonly ascii: boolean
}

const jsonText = (text: string, ascii: boolean): string => {
  const quoted = JSON.stringify(text)
  if (!ascii) return quoted
  return quoted.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A value as Python writes it in JSON. */
const json = (machine: Machine, value: Value, style: JsonStyle, depth = 0): string => {
  if (depth > mostNested)
    throw new Fault(`a value has more than ${mostNested} levels: does it contain itself?`)
  const found = machine.reveal(value)
  machine.step()
  if (found === null || typeof found === 'boolean') return String(found)
  if (typeof found === 'string') return jsonText(found, style.ascii)
  if (found instanceof Num) return numText(found).replace(/^nan$/, 'NaN').replace('inf', 'Infinity')
  if (found instanceof Moment) return jsonText(found.scalar.text, style.ascii)
  const inner = (one: Value): string => json(machine, one, style, depth + 1)
  const pad = '\n' + ' '.repeat(style.indent * (depth + 1))
  const around = ([open, close]: readonly [string, string], parts: readonly string[]): string => {
    if (parts.length === 0) return open + close
    if (style.indent === 0) return open + parts.join(', ') + close
    return `${open}${pad}${parts.join(`,${pad}`)}\n${' '.repeat(style.indent * depth)}${close}`
  }
  if (found instanceof List) return around(['[', ']'], found.values().map(inner))
  if (found instanceof Dict) {
    const keys = [...found.entries.keys()]
    return around(
      ['{', '}'],
      (style.sort ? keys.toSorted() : keys).map(
        (key) => `${jsonText(key, style.ascii)}: ${inner(found.get(key) ?? null)}`,
      ),
    )
  }
  throw new Fault('this value cannot be written as JSON')
}

const toJson =
  (nice: boolean): Filter =>
  (value, args, { machine }) =>
    machine.bounded(
      json(machine, value, {
        indent: Math.min(16, numberArgument(machine, args, Infinity, 'indent') ?? (nice ? 4 : 0)),
        sort: flagArgument(args, Infinity, 'sort_keys', nice),
        ascii: flagArgument(args, Infinity, 'ensure_ascii', true),
      }),
    )

const fromJson: Filter = (value, _, { machine }) => {
  const text = machine.text(value)
  try {
    JSON.parse(text)
  } catch {
    throw new Fault('the text is not JSON', { word: 'from_json' })
  }
  // as YAML, numbers stay as they are written
  return fromPlain(readYaml('from_json', text, { hidden: true, json: true }).written)
}

const fromYaml: Filter = (value, _, { machine }) => {
  try {
    return fromPlain(readYaml('from_yaml', machine.text(value), { hidden: true }).written)
  } catch {
    throw new Fault('the text is not YAML', { word: 'from_yaml' })
  }
}

const notYaml: Filter = () => {
  throw new Fault('values are not written as YAML in an inventory', {
    word: 'to_yaml',
    hint: 'use to_json, which is YAML too',
  })
}

export const encodingFilters: Filters = {
  b64encode: (value, _, { machine }) => machine.bounded(Buffer.from(machine.text(value)).toString('base64')),
  b64decode: (value, _, { machine }) => Buffer.from(machine.text(value), 'base64').toString(),
  hash: hashed('sha1'),
  checksum: hashed('sha1'),
  sha1: hashed('sha1'),
  md5: hashed('md5'),
  to_json: toJson(false),
  tojson: toJson(false),
  to_nice_json: toJson(true),
  from_json: fromJson,
  from_yaml: fromYaml,
  to_yaml: notYaml,
  to_nice_yaml: notYaml,
}
