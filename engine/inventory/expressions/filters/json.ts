/** Filters that write JSON, as Python does. */
import { Fault } from '../fault.ts'
import { flagArgument, listOf, numberArgument } from '../library.ts'
import type { Filter } from '../library.ts'
import type { Machine } from '../machine.ts'
import { mostNested, numText } from '../python-text.ts'
import { Dict, List, Moment, Num } from '../values.ts'
import type { Args, Value } from '../values.ts'

/** How JSON is written. */
interface JsonStyle {
  readonly indent: number
  readonly sort: boolean
  readonly ascii: boolean
  /** Between items, and after a key. */
  readonly separators: readonly [string, string]
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
    const [between] = style.separators
    if (style.indent === 0) return open + parts.join(between) + close
    return `${open}${pad}${parts.join(`${between}${pad}`)}\n${' '.repeat(style.indent * depth)}${close}`
  }
  if (found instanceof List) return around(['[', ']'], found.values().map(inner))
  if (found instanceof Dict) {
    const keys = [...found.entries.keys()]
    return around(
      ['{', '}'],
      (style.sort ? keys.toSorted() : keys).map(
        (key) => `${jsonText(key, style.ascii)}${style.separators[1]}${inner(found.get(key) ?? null)}`,
      ),
    )
  }
  throw new Fault('this value cannot be written as JSON')
}

/** The separators among the arguments; by default, a line end follows an item in place of a blank. */
const separatorsIn = (machine: Machine, args: Args, indent: number): readonly [string, string] => {
  const given = args.named('separators')
  if (given === undefined || given === null) return [indent > 0 ? ',' : ', ', ': ']
  const [between, after, ...more] = listOf(machine, given, 'separators').map((one) => machine.text(one))
  if (between !== undefined && after !== undefined && more.length === 0) return [between, after]
  throw new Fault("separators are two texts: (',', ':')", { word: 'separators' })
}

/** A filter that writes JSON, with what is usual. */
export const toJson =
  (usual: Pick<JsonStyle, 'indent' | 'sort'>): Filter =>
  (value, args, { machine }) => {
    const indent = Math.min(16, numberArgument(machine, args, 0, 'indent') ?? usual.indent)
    return machine.bounded(
      json(machine, value, {
        indent,
        sort: flagArgument(args, 1, 'sort_keys', usual.sort),
        ascii: flagArgument(args, Infinity, 'ensure_ascii', true),
        separators: separatorsIn(machine, args, indent),
      }),
    )
  }

/** `tojson` of Jinja: its keys are sorted, and its text can be a part of HTML. */
export const htmlJson: Filter = (value, args, library) => {
  const found = toJson({ indent: 0, sort: true })(value, args, library)
  const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return typeof found === 'string' ? found.replaceAll(/[<>&']/g, escaped) : found
}
