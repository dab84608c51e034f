/** The syntax of expressions, as data. */
import type { Value } from './values.ts'

/** An argument of a call; a named one has a name. */
export interface Argument {
  readonly name: string | undefined
  readonly value: Expression
  /** With `*` the items of a list are arguments, with `**` the entries of a map. */
  readonly spread?: 'list' | 'map' | undefined
}

/** An expression. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  /** A text in the arguments of a lookup that has expressions of its own. */
  | { readonly kind: 'embedded'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly tuple: boolean }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | {
      readonly kind: 'member'
      readonly object: Expression
      readonly key: Expression
      readonly dotted: boolean
    }
  | {
      readonly kind: 'slice'
      readonly object: Expression
      /** Start, end and step. */
      readonly bounds: readonly (Expression | undefined)[]
    }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  | {
      readonly kind: 'filter'
      readonly operand: Expression
      readonly name: string
      readonly args: readonly Argument[]
    }
  | {
      readonly kind: 'test'
      readonly operand: Expression
      readonly name: string
      readonly args: readonly Argument[]
      readonly negated: boolean
    }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-' | '+'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare'
      readonly first: Expression
      readonly rest: readonly { readonly operator: string; readonly operand: Expression }[]
    }
  | {
      readonly kind: 'choice'
      readonly test: Expression
      readonly value: Expression
      readonly otherwise: Expression | undefined
    }

/** A parameter of a macro, and its value without an argument. */
export interface Parameter {
  readonly name: string
  readonly usual: Expression | undefined
}

/** What a name in `for` or `set` is: one name, several for the items of a list, or a name of a namespace. */
export type Target =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'entry'; readonly name: string; readonly key: string }

/** A part of a template. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Node[] }[]
      readonly otherwise: readonly Node[]
    }
  | {
      readonly kind: 'for'
      readonly names: readonly string[]
      readonly items: Expression
      readonly condition: Expression | undefined
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }
  | {
      readonly kind: 'with'
      readonly values: readonly { readonly name: string; readonly value: Expression }[]
      readonly body: readonly Node[]
    }
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly Parameter[]
      readonly body: readonly Node[]
    }
  | {
      readonly kind: 'set'
      readonly target: Target
      readonly value: Expression | readonly Node[]
    }

/** A parsed text. */
export interface Template {
  readonly nodes: readonly Node[]
  /** Whether the text ends with a line end, which a text as its value keeps. */
  readonly endsLine: boolean
}
