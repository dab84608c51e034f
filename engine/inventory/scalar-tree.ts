/** Maps the scalars in nested values. */
import { isSecret } from '../secret.ts'
import { Scalar } from './scalar.ts'
import { isSealed } from './secrets/sealed.ts'

/** Replaces each scalar in a tree. */
export const mapScalars = (tree: unknown, change: (scalar: Scalar) => unknown): unknown => {
  if (tree instanceof Scalar) return change(tree)
  if (Array.isArray(tree)) return tree.map((item) => mapScalars(item, change))
  if (typeof tree !== 'object' || tree === null || isSealed(tree) || isSecret(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapScalars(item, change)]))
}

/** A tree with each scalar as written in the source. */
export const textsOf = (tree: unknown): unknown => mapScalars(tree, ({ text }) => text)
