/** Values of inventories as values of expressions. */
import { isSecret } from '../../secret.ts'
import { Scalar } from '../scalar.ts'
import { isSealed } from '../secrets/sealed.ts'
import type { Sealed } from '../secrets/sealed.ts'
import { Dict, Hidden, Lazy, List, Moment, Num } from './values.ts'
import type { Value } from './values.ts'

/** How the parts of a value are read that are more than plain data. */
export interface PartReader {
  /** The value of a text with expressions. */
  readonly template: (scalar: Scalar, path: string) => Value
  /** The value of what is sealed. */
  readonly sealed: (value: Sealed, path: string) => Value
  /** Changes a text or number; `key` is the nearest key. */
  readonly leaf: (value: string | Num, path: string) => Value
}

/** Whether a number is a float of Python: 1.0 is one, as written. */
const isFloat = (value: number, text: string): boolean =>
  !Number.isInteger(value) || (/[.]|^[-+]?\d[\d_]*[eE]/.test(text) && !/^[-+]?0x/i.test(text))

const ofScalar = (scalar: Scalar, path: string, reader: PartReader | undefined): Value | Lazy => {
  const { value, text } = scalar
  const leaf = (found: string | Num): Value => reader?.leaf(found, path) ?? found
  if (scalar.template && reader !== undefined) return new Lazy(() => reader.template(scalar, path))
  if (typeof value === 'number') return leaf(new Num(value, isFloat(value, text), text))
  if (typeof value === 'bigint') return leaf(new Num(value, false, text))
  if (value instanceof Date) return new Moment(scalar)
  return typeof value === 'string' ? leaf(value) : value
}

/**
 * A value of an inventory. Its parts are read when they are used.
 *
 * @param reader without it, texts with expressions are texts, and nothing is sealed.
 */
export const itemOf = (tree: unknown, path: string, reader: PartReader | undefined): Value | Lazy => {
  const leaf = (found: string | Num): Value => reader?.leaf(found, path) ?? found
  if (tree instanceof Scalar) return ofScalar(tree, path, reader)
  if (typeof tree === 'string') return leaf(tree)
  if (typeof tree === 'boolean') return tree
  if (typeof tree === 'number') return leaf(new Num(tree, !Number.isInteger(tree)))
  if (typeof tree === 'bigint') return leaf(new Num(tree))
  if (isSecret(tree)) return new Hidden(tree.reveal(), 'secret')
  if (isSealed(tree)) return reader === undefined ? null : new Lazy(() => reader.sealed(tree, path))
  if (Array.isArray(tree))
    return new Lazy(
      () => new List(tree.map((item: unknown, index) => itemOf(item, `${path}.${index}`, reader))),
    )
  if (typeof tree !== 'object' || tree === null) return null
  return new Lazy(
    () =>
      new Dict(
        new Map(Object.entries(tree).map(([key, item]) => [key, itemOf(item, `${path}.${key}`, reader)])),
      ),
  )
}

/** A value without expressions. */
export const fromPlain = (tree: unknown): Value => {
  const item = itemOf(tree, '', undefined)
  return item instanceof Lazy ? item.force() : item
}
