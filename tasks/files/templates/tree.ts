/** Nodes of a Handlebars template, as the rewriting in `strict-template.ts` uses them. */

type Path = hbs.AST.PathExpression
type Loc = hbs.AST.SourceLocation

/** Throws an error at a place in the template. */
export type Refuse = (message: string, loc: hbs.AST.SourceLocation, hint?: string) => never

/** A node with nested statements, of any kind. Not all of its properties always exist, whatever the types say. */
export interface Block extends hbs.AST.Statement {
  path?: hbs.AST.PathExpression
  /** The name of the partial that a call with a block calls. */
  name?: hbs.AST.PathExpression | hbs.AST.SubExpression
  params: hbs.AST.Expression[]
  hash?: hbs.AST.Hash
  program?: hbs.AST.Program
  inverse?: hbs.AST.Program
}

/** Whether a node has nested statements. */
export const isBlock = (node: hbs.AST.Node): node is Block =>
  node.type === 'BlockStatement' || node.type === 'DecoratorBlock' || node.type === 'PartialBlockStatement'

/** A string literal. */
export const text = (value: string, loc: Loc): hbs.AST.StringLiteral => ({
  type: 'StringLiteral',
  value,
  original: value,
  loc,
})
/** A number literal. */
export const number = (value: number, loc: Loc): hbs.AST.NumberLiteral => ({
  type: 'NumberLiteral',
  value,
  original: value,
  loc,
})
/** A variable. */
export const path = (parts: readonly string[], loc: Loc, more: Partial<Path> = {}): Path => ({
  type: 'PathExpression',
  data: false,
  depth: 0,
  parts: [...parts],
  original: parts.join('.'),
  loc,
  ...more,
})
/** An empty list of named values. */
export const noHash = (loc: Loc): hbs.AST.Hash => ({ type: 'Hash', pairs: [], loc })
/** A call of a helper within an expression. */
export const call = (name: string, params: hbs.AST.Expression[], loc: Loc): hbs.AST.SubExpression => ({
  type: 'SubExpression',
  path: path([name], loc),
  params,
  hash: noHash(loc),
  loc,
})

/** The place of an expression, as parameters of a helper: its text, line, column and file. */
export const placed = (original: string, { start }: Loc, loc: Loc): hbs.AST.Expression[] => [
  text(original, loc),
  number(start.line, loc),
  number(start.column + 1, loc),
  text(loc.source ?? '', loc),
]
