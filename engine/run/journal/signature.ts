/** Signatures, which tell whether a task is the same as in an earlier run. Pure. */
import { isSecret } from '../../secret.ts'

/** Keyed hashes of the parts of a task: a later run can say what has changed, and the values cannot be guessed. */
export interface Signature {
  /** The code of its check, apply and condition, and the files that it is written in. */
  readonly definition: string
  /** Its parameters and title, and the content of local files that it sends. */
  readonly parameters: string
  /** Its host, user, environment and working directory. */
  readonly settings: string
  /** The variables of its host. */
  readonly variables: string
  /** All that its functions can close over, if it has functions of an author; otherwise empty. */
  readonly program: string
  /** What its functions can read that cannot be recorded; the task then counts as changed. Not saved. */
  readonly unsure?: string
}

const reasons: Readonly<Record<Exclude<keyof Signature, 'unsure'>, string>> = {
  definition: 'its definition has changed',
  parameters: 'its parameters have changed',
  settings: 'its settings (on, become, env, cwd) have changed',
  variables: 'variables of the host have changed',
  program: 'code or variables that its functions can use have changed',
}

/**
 * Why a task is not the same as before; undefined if it is.
 *
 * @param before undefined if it was not recorded.
 */
export const whyChanged = (before: Signature | undefined, now: Signature | undefined): string | undefined => {
  if (before === undefined || now === undefined) return 'its earlier definition was not recorded'
  if (before.parameters !== now.parameters) return reasons.parameters
  if (before.definition !== now.definition) return reasons.definition
  if (before.settings !== now.settings) return reasons.settings
  if (before.variables !== now.variables) return reasons.variables
  if (before.program !== now.program) return reasons.program
  return now.unsure === undefined
    ? undefined
    : `its functions can read values that are not recorded: ${now.unsure}`
}

/** Prototypes of values that {@link canonical} prints completely. */
const printed: ReadonlySet<unknown> = new Set([
  null,
  Object.prototype,
  Array.prototype,
  Date.prototype,
  RegExp.prototype,
  URL.prototype,
  Map.prototype,
  Set.prototype,
])

/**
 * Whether a value contains something that {@link canonical} cannot print completely: a function, which can close over
 * anything, or an object of a class, which can have private fields.
 */
export const isOpaque = (value: unknown, above: ReadonlySet<object> = new Set()): boolean => {
  if (typeof value === 'function' || typeof value === 'symbol') return true
  if (typeof value !== 'object' || value === null || above.has(value)) return false
  if (isSecret(value) || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return false
  if (!printed.has(Object.getPrototypeOf(value)) || Object.getOwnPropertySymbols(value).length > 0)
    return true
  const inside = new Set(above).add(value)
  if (value instanceof Map || value instanceof Set)
    return [...value].some((part: unknown) => isOpaque(part, inside))
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (property) => !('value' in property) || isOpaque(property.value, inside),
  )
}

const quoted = (text: string): string => JSON.stringify(text)

const bytesOf = (value: ArrayBuffer | ArrayBufferView): string => {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value)
  return bytes.toString('base64')
}

const propertiesOf = (value: object): [string, unknown][] =>
  Object.keys(value)
    .toSorted()
    .map((key) => [key, Reflect.get(value, key)])

/**
 * A value as text: equal texts for equal values, different texts for different values of any type. It contains
 * secrets, so it must not be saved; hash it with a key. For a function it has the source, but not what the function
 * closes over.
 */
export const canonical = (value: unknown, above: readonly object[] = []): string => {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'symbol':
      return `symbol ${quoted(value.description ?? '')}`
    case 'function':
      return `function ${quoted(String(value))}`
    case 'object':
      break
    default:
      return String(value)
  }
  if (value === null) return 'null'
  // a cycle: the distance tells which of the outer values it is
  if (above.includes(value)) return `up ${above.length - above.indexOf(value)}`
  const inside = [...above, value]
  const one = (part: unknown): string => canonical(part, inside)
  const list = (parts: Iterable<unknown>): string => `[${[...parts].map(one).join(',')}]`
  if (isSecret(value)) return `secret ${quoted(value.reveal())}`
  if (Array.isArray(value)) return list(value)
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof RegExp) return `pattern ${quoted(String(value))}`
  if (value instanceof URL) return `url ${quoted(value.href)}`
  if (value instanceof Map) return `map ${list([...value].map((entry: readonly unknown[]) => [...entry]))}`
  if (value instanceof Set) return `set ${list(value)}`
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return `${value.constructor.name} ${bytesOf(value)}`
  const properties = propertiesOf(value).map(([key, part]) => `${quoted(key)}:${one(part)}`)
  const { constructor } = value
  const kind = typeof constructor === 'function' && constructor !== Object ? `${constructor.name} ` : ''
  return `${kind}{${properties.join(',')}}`
}
