/** Values as Python prints them. Pure. */
import { Fault } from './fault.ts'
import { Callable, Dict, List, Moment, Namespace, Num, Omit } from './values.ts'
import type { Hidden, Undefined, Value } from './values.ts'

/** Lists and maps can contain each other this deep. */
export const mostNested = 50

/** A float as Python prints it. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', power = ''] = value.toExponential().split('e')
    const sign = power.startsWith('-') ? '-' : '+'
    return `${digits}e${sign}${power.replace(/^[-+]/, '').padStart(2, '0')}`
  }
  const text = Object.is(value, -0) ? '-0' : String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** A number as Python prints it. */
export const numText = ({ value, float }: Num): string => (float ? floatText(Number(value)) : String(value))

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** A text in quotes, as Python prints it in a list. */
const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are escaped
    /[\\\n\r\t\u0000-\u001f\u007f]/g,
    (letter) => escapes[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `${quote}${quote === "'" ? inner.replaceAll("'", "\\'") : inner}${quote}`
}

/** Gives a value that exists, without its mark of a secret. */
export type Reveal = (value: Value) => Exclude<Value, Hidden | Undefined>

/** A value as it is in a list or map. */
export const pythonRepr = (value: Value, reveal: Reveal, depth = 0): string => {
  if (depth > mostNested)
    throw new Fault(`a value has more than ${mostNested} levels: does it contain itself?`)
  const plain = reveal(value)
  if (typeof plain === 'string') return quoted(plain)
  if (plain === null) return 'None'
  if (typeof plain === 'boolean') return plain ? 'True' : 'False'
  if (plain instanceof Num) return numText(plain)
  if (plain instanceof Moment) return plain.scalar.text
  if (plain instanceof List)
    return `[${plain
      .values()
      .map((item) => pythonRepr(item, reveal, depth + 1))
      .join(', ')}]`
  if (plain instanceof Dict)
    return `{${[...plain.entries.keys()]
      .map((key) => `${quoted(key)}: ${pythonRepr(plain.get(key) ?? null, reveal, depth + 1)}`)
      .join(', ')}}`
  if (plain instanceof Callable)
    throw new Fault(`${plain.name} is a function: call it with ( )`, { word: plain.name })
  if (plain instanceof Namespace) throw new Fault('a namespace is not a value')
  if (plain instanceof Omit) throw new Fault('omit can only be the value of a variable, or of a part of one')
  return plain satisfies never
}

/** A value as text. */
export const pythonText = (value: Value, reveal: Reveal): string => {
  const plain = reveal(value)
  return typeof plain === 'string' ? plain : pythonRepr(plain, reveal)
}
