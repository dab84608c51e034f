/** Looks up members of values: keys, positions, and the methods that text, lists and maps have. Never those of JavaScript. */
import { nearest } from '../nearest.ts'
import { bare } from './library.ts'
import type { Machine } from './machine.ts'
import { listChanges, mapChanges } from './changing-methods.ts'
import { listMethods, mapMethods } from './container-methods.ts'
import { textMethods } from './methods.ts'
import type { Method } from './methods.ts'
import { kindOf } from './operators.ts'
import { checkArguments } from './signature.ts'
import { partOfMoment } from './times.ts'
import { Callable, Dict, Hidden, List, Moment, Namespace, Num, Undefined, force } from './values.ts'
import type { Value } from './values.ts'

/** The text of a key; undefined for what cannot be one. */
const keyText = (key: Value): string | undefined => {
  const found = bare(key)
  if (typeof found === 'string') return found
  if (found instanceof Num) return String(found.value)
  if (typeof found === 'boolean') return found ? 'True' : 'False'
  return found === null ? 'None' : undefined
}

const positionIn = (length: number, key: Value): number | undefined => {
  if (!(key instanceof Num) || key.float) return undefined
  const at = Number(key.value)
  const from = at < 0 ? length + at : at
  return from >= 0 && from < length ? from : undefined
}

/** A value in words, and the nearest of the keys that exist. */
const missing = (label: string, key: Value, keys: Iterable<string>): Undefined => {
  if (key instanceof Hidden) return new Undefined(`${label} does not have the key, which is a secret`)
  const word = keyText(key) ?? ''
  const guess = nearest(word, keys)
  return new Undefined(`${label} has no ${word}`, {
    word,
    hint: guess === undefined ? undefined : `did you mean ${guess}?`,
  })
}

/** A method by its name. */
const methodIn = <Of>(methods: Readonly<Record<string, Method<Of>>>, key: Value): Method<Of> | undefined =>
  typeof key === 'string' && Object.hasOwn(methods, key) ? methods[key] : undefined

/** A method of a value, to be called. */
const methodOf = <Of>(method: Method<Of>, value: () => Of, key: Value, machine: Machine): Callable => {
  const name = keyText(key) ?? ''
  return new Callable(name, (args) => {
    checkArguments(name, method, args)
    return method(value(), args, machine)
  })
}

/**
 * The member of a value.
 *
 * @param dotted whether it is written with a dot: then a method comes first.
 * @param label the value as it is written, for errors.
 */
export const memberOf = (
  machine: Machine,
  object: Value,
  key: Value,
  dotted: boolean,
  label: string,
): Value => {
  if (object instanceof Undefined) return object.strict()
  if (key instanceof Undefined) return key.strict()
  // what a secret chooses tells of it
  if (key instanceof Hidden) machine.reveal(key)
  if (object instanceof Dict) {
    const found = keyText(key)
    const make = methodIn(dotted ? { ...mapMethods, ...mapChanges } : mapMethods, key)
    if (dotted && make !== undefined) return methodOf(make, () => object, key, machine)
    const entry = found === undefined ? undefined : object.entries.get(found)
    if (entry !== undefined) return force(entry)
    if (make !== undefined) return methodOf(make, () => object, key, machine)
    return found !== undefined && object.missing !== undefined
      ? object.missing(found)
      : missing(label, key, object.entries.keys())
  }
  if (object instanceof List) {
    const at = positionIn(object.items.length, key)
    const item = at === undefined ? undefined : object.items[at]
    if (item !== undefined) return force(item)
    const make = methodIn(dotted ? { ...listMethods, ...listChanges } : listMethods, key)
    if (make !== undefined) return methodOf(make, () => object, key, machine)
    return missing(`${label} (${object.items.length} items)`, key, [])
  }
  if (object instanceof Namespace) {
    const found = keyText(key)
    return (
      (found === undefined ? undefined : object.entries.get(found)) ??
      missing(label, key, object.entries.keys())
    )
  }
  if (object instanceof Moment) {
    const part = typeof key === 'string' ? partOfMoment(object, key) : undefined
    if (part !== undefined) return part
  }
  const text = object instanceof Hidden ? object.value : object
  if (typeof text === 'string') {
    const make = methodIn(textMethods, key)
    if (make !== undefined) return methodOf(make, () => machine.text(object), key, machine)
    // characters, as in Python, and not units of UTF-16
    const letters = Array.from(text)
    const at = positionIn(letters.length, key)
    if (at !== undefined) return Array.from(machine.text(object))[at] ?? ''
  }
  return missing(`${label}, which is ${kindOf(object)},`, key, [])
}
