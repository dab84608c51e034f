/** Values as YAML 1.1, in the layout of PyYAML, which Ansible writes. */
import { Fault } from './fault.ts'
import type { Machine } from './machine.ts'
import { floatText, mostNested } from './python-text.ts'
import { compareValues } from './operators.ts'
import { readingsOf } from '../yaml/readings.ts'
import { Dict, List, Moment, Num } from './values.ts'
import type { Value } from './values.ts'
import { yamlScalar } from './yaml-scalar.ts'

/** How YAML is written. */
export interface YamlStyle {
  readonly indent: number
  readonly width: number
  readonly sort: boolean
  /** Whether lists and maps are in brackets: undefined for those without other lists and maps in them. */
  readonly flow: boolean | undefined
  readonly start: boolean
  readonly end: boolean
}

/** A key is at most this long. */
const longestKey = 127

/** A number as PyYAML writes it: a float always has a dot, so that YAML 1.1 reads a float. */
const numberText = (found: Num): string => {
  if (!found.float) return String(found.value)
  const text = floatText(Number(found.value))
  if (text === 'nan' || text.endsWith('inf')) return text.replace(/(nan|inf)$/, '.$1')
  return text.includes('.') ? text : text.replace('e', '.0e')
}

/** Writes one value. */
class YamlWriter {
  readonly #machine: Machine
  readonly #style: YamlStyle
  #out = ''
  #column = 0

  constructor(machine: Machine, style: YamlStyle) {
    this.#machine = machine
    this.#style = style
  }

  document(value: Value): string {
    if (this.#style.start) this.#add('---')
    const found = this.#machine.reveal(value)
    if (this.#style.start && this.#isBlock(found)) this.#line(0)
    else if (this.#style.start) this.#add(' ')
    this.#value(found, { indent: 0, inFlow: false, level: 0 })
    this.#add('\n')
    return this.#style.end ? `${this.#out}...\n` : this.#out
  }

  #add(text: string): void {
    this.#machine.step()
    this.#out += text
    const at = text.lastIndexOf('\n')
    this.#column = (at < 0 ? this.#column : 0) + Array.from(text.slice(at + 1)).length
  }

  /** Begins a line. */
  #line(indent: number): void {
    this.#add(`\n${' '.repeat(indent)}`)
  }

  #itemsOf(found: List | Dict): Value[] {
    return found instanceof List
      ? found.values()
      : [...found.entries.keys()].map((key) => found.get(key) ?? null)
  }

  /** Whether a list or map is written over lines of its own. */
  #isBlock(found: Value): found is List | Dict {
    if (!(found instanceof List || found instanceof Dict)) return false
    const items = this.#itemsOf(found)
    if (items.length === 0 || this.#style.flow === true) return false
    return (
      this.#style.flow === false ||
      items.some((item) => {
        const inner = this.#machine.reveal(item)
        return inner instanceof List || inner instanceof Dict
      })
    )
  }

  #keysOf(map: Dict): readonly string[] {
    const keys = [...map.entries.keys()]
    return this.#style.sort ? keys.toSorted(compareValues) : keys
  }

  #value(
    found: Value,
    place: { readonly indent: number; readonly inFlow: boolean; readonly level: number },
  ): void {
    if (place.level > mostNested)
      throw new Fault(`a value has more than ${mostNested} levels: does it contain itself?`)
    if (!place.inFlow && this.#isBlock(found)) {
      if (found instanceof List) this.#blockList(found, place.indent, place.level)
      else this.#blockMap(found, place.indent, place.level)
    } else if (found instanceof List || found instanceof Dict) this.#flow(found, place)
    else this.#scalar(found, { ...place, isKey: false })
  }

  #blockList(list: List, indent: number, level: number): void {
    for (const [index, item] of list.values().entries()) {
      if (index > 0) this.#line(indent)
      const found = this.#machine.reveal(item)
      this.#add(this.#isBlock(found) ? '-'.padEnd(this.#style.indent) : '- ')
      this.#value(found, { indent: this.#below(found, indent), inFlow: false, level: level + 1 })
    }
  }

  #blockMap(map: Dict, indent: number, level: number): void {
    for (const [index, key] of this.#keysOf(map).entries()) {
      if (index > 0) this.#line(indent)
      this.#key(key, { indent, inFlow: false })
      const found = this.#machine.reveal(map.get(key) ?? null)
      // the items of a list are below its key
      const inner = this.#isBlock(found) && found instanceof List ? indent : indent + this.#style.indent
      if (this.#isBlock(found)) this.#line(inner)
      else this.#add(' ')
      const at = this.#isBlock(found) ? inner : this.#below(found, indent)
      this.#value(found, { indent: at, inFlow: false, level: level + 1 })
    }
  }

  /** The indentation of a value in a list or map with an indentation; a scalar adds its own. */
  #below(found: Value, indent: number): number {
    return found instanceof List || found instanceof Dict ? indent + this.#style.indent : indent
  }

  #key(key: string, place: { readonly indent: number; readonly inFlow: boolean }): void {
    if (key.length > longestKey || /[\n\u0085\u2028\u2029]/.test(key))
      throw new Fault(`a key of YAML has at most ${longestKey} characters, in one line`, { word: 'to_yaml' })
    // maps here have keys of text: whether 80 was a number is not known
    if (typeof readingsOf(key).value !== 'string' && key !== '')
      throw new Fault(`the key ${key} can be text or not, which YAML distinguishes`, {
        word: 'to_yaml',
        hint: 'use to_json, whose keys are text',
      })
    this.#scalar(key, { ...place, isKey: true })
    this.#add(':')
  }

  /** In brackets; what comes after the width begins a line. */
  #flow(
    found: List | Dict,
    { indent, level, inFlow }: { readonly indent: number; readonly inFlow: boolean; readonly level: number },
  ): void {
    const inner = inFlow ? indent + this.#style.indent : Math.max(indent, this.#style.indent)
    const between = (index: number): void => {
      if (index > 0) this.#add(',')
      if (this.#column > this.#style.width) this.#line(inner)
      else if (index > 0) this.#add(' ')
    }
    const place = { indent: inner, inFlow: true, level: level + 1 }
    this.#add(found instanceof List ? '[' : '{')
    if (found instanceof List)
      for (const [index, item] of found.values().entries()) {
        between(index)
        this.#value(this.#machine.reveal(item), place)
      }
    else
      for (const [index, key] of this.#keysOf(found).entries()) {
        between(index)
        this.#key(key, place)
        this.#add(' ')
        this.#value(this.#machine.reveal(found.get(key) ?? null), place)
      }
    this.#add(found instanceof List ? ']' : '}')
  }

  #scalar(
    found: Value,
    { indent, inFlow, isKey }: { readonly indent: number; readonly inFlow: boolean; readonly isKey: boolean },
  ): void {
    if (found === null || typeof found === 'boolean') return this.#add(String(found))
    if (found instanceof Num) return this.#add(numberText(found))
    if (found instanceof Moment && /^\d{4}-\d\d-\d\d$/.test(found.scalar.text))
      return this.#add(found.scalar.text)
    if (typeof found !== 'string')
      throw new Fault('this value cannot be written as YAML', { word: 'to_yaml' })
    const { width } = this.#style
    const next = indent + this.#style.indent
    return this.#add(yamlScalar(found, { column: this.#column, indent: next, width, inFlow, isKey }))
  }
}

/** A value as YAML. */
export const yamlOf = (machine: Machine, value: Value, style: YamlStyle): string =>
  machine.bounded(new YamlWriter(machine, style).document(value))
