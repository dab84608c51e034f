/**
 * Rewrites a Handlebars template so that a helper reads every variable, and another one writes every value: Handlebars
 * itself makes nothing of a variable that is missing in `#if`, `#each` and parameters of helpers, and of null. Pure.
 */

type Node = hbs.AST.Node
type Path = hbs.AST.PathExpression
type Loc = hbs.AST.SourceLocation

/** The names of the helpers, that of `{{#name}} … {{/name}}` too. No variable has such a name. */
export const helperNames = { read: '*read', write: '*write', section: '*section', list: '*list' } as const

/** Handlebars' own helpers that templates have, and how each is called. `log` is not one: it prints here, secrets too. */
const helpers: ReadonlyMap<string, 'block' | 'inline'> = new Map([
  ['if', 'block'],
  ['unless', 'block'],
  ['each', 'block'],
  ['with', 'block'],
  ['lookup', 'inline'],
])

/** What follows an `@`. */
const dataNames = ['root', 'index', 'key', 'first', 'last', 'partial-block']

/** An error at a place of the template. */
export type Refuse = (message: string, loc: hbs.AST.SourceLocation, hint?: string) => never

const isPath = (node: Node): node is Path => node.type === 'PathExpression'
const isMustache = (node: Node): node is hbs.AST.MustacheStatement => node.type === 'MustacheStatement'
/** What holds other statements, of any kind: not all of it is always there, whatever the types say. */
interface Block extends hbs.AST.Statement {
  path?: Path
  params: hbs.AST.Expression[]
  hash?: hbs.AST.Hash
  program?: hbs.AST.Program
  inverse?: hbs.AST.Program
}

const isBlock = (node: Node): node is Block =>
  node.type === 'BlockStatement' || node.type === 'DecoratorBlock' || node.type === 'PartialBlockStatement'
const isPartial = (node: Node): node is hbs.AST.PartialStatement => node.type === 'PartialStatement'
const isText = (node: Node): boolean => node.type === 'StringLiteral'
/** What is called, and with which values. */
type Call = Pick<hbs.AST.SubExpression, 'path' | 'params' | 'loc'>
const isCall = (node: Node): node is hbs.AST.SubExpression => node.type === 'SubExpression'

const text = (value: string, loc: Loc): hbs.AST.StringLiteral => ({
  type: 'StringLiteral',
  value,
  original: value,
  loc,
})
const number = (value: number, loc: Loc): hbs.AST.NumberLiteral => ({
  type: 'NumberLiteral',
  value,
  original: value,
  loc,
})
const path = (parts: readonly string[], loc: Loc, more: Partial<Path> = {}): Path => ({
  type: 'PathExpression',
  data: false,
  depth: 0,
  parts: [...parts],
  original: parts.join('.'),
  loc,
  ...more,
})
const noHash = (loc: Loc): hbs.AST.Hash => ({ type: 'Hash', pairs: [], loc })
const call = (name: string, params: hbs.AST.Expression[], loc: Loc): hbs.AST.SubExpression => ({
  type: 'SubExpression',
  path: path([name], loc),
  params,
  hash: noHash(loc),
  loc,
})

/** Where an expression stands, as parameters of a helper: its text, line and column. */
const placed = (original: string, { start }: Loc, loc: Loc): hbs.AST.Expression[] => [
  text(original, loc),
  number(start.line, loc),
  number(start.column + 1, loc),
]

/** The text of an expression, as far as it is known. */
const originalOf = (node: Node): string => {
  if ('original' in node && typeof node.original === 'string') return node.original
  return isCall(node) ? originalOf(node.path) : 'value'
}

/** Rewrites the parts of a template, which are inside of blocks that name their parameters. */
const rewriter = (refuse: Refuse) => {
  const read = (node: Path, names: ReadonlySet<string>): hbs.AST.Expression => {
    const { data, depth, parts, original, loc } = node
    const [head = '', ...rest] = parts
    if (data && !dataNames.includes(head))
      refuse(
        `names a variable that does not exist: ${original}`,
        loc,
        `there are ${dataNames.map((one) => `@${one}`).join(', ')}`,
      )
    const own = data || (depth === 0 && names.has(head) && !/^(\.\/|this[./])/.test(original))
    const keys = own ? rest : parts
    if (keys.length === 0) return node
    const base = own
      ? path([head], loc, { data, original: head })
      : path([], loc, { depth, original: 'this' })
    const words = keys.map((key) => text(key, loc))
    return call(helperNames.read, [...placed(original, loc, loc), base, ...words], loc)
  }
  const expression = (node: hbs.AST.Expression, names: ReadonlySet<string>): hbs.AST.Expression => {
    if (isPath(node)) return read(node, names)
    if (!isCall(node)) return node
    checkCall(node, false)
    return { ...node, ...args(node, names) }
  }
  /** Refuses what is called and is no helper, or is called in another way than it is made for. */
  const checkCall = (node: Call, inBlock: boolean): void => {
    const { path: target, params, loc } = node
    const name = originalOf(target)
    const kind = helpers.get(name)
    if (kind === undefined)
      refuse(`calls ${name}, which is not a helper`, loc, `helpers are ${[...helpers.keys()].join(', ')}`)
    if (kind === 'block' && !inBlock)
      refuse(`calls ${name} without a block`, loc, `write {{#${name} …}} … {{/${name}}}`)
    if (kind === 'inline' && inBlock) refuse(`calls ${name} as a block`, loc, `write {{${name} …}}`)
    const [needed, what] = kind === 'inline' ? [2, 'a list or map, and a key'] : [1, 'one value']
    if (params.length !== needed)
      refuse(`calls ${name} with ${params.length} values`, loc, `it takes ${what}`)
  }
  const args = (
    { params, hash }: { params: hbs.AST.Expression[]; hash?: hbs.AST.Hash },
    names: ReadonlySet<string>,
  ) => ({
    params: params.map((one) => expression(one, names)),
    ...(hash && {
      hash: { ...hash, pairs: hash.pairs.map((pair) => ({ ...pair, value: expression(pair.value, names) })) },
    }),
  })
  const calls = ({ params, hash }: { params: hbs.AST.Expression[]; hash?: hbs.AST.Hash }): boolean =>
    params.length > 0 || hash !== undefined
  const mustache = (
    node: hbs.AST.MustacheStatement,
    names: ReadonlySet<string>,
  ): hbs.AST.MustacheStatement => {
    const { loc } = node
    const target: Node = node.path
    if (!isPath(target) && !isText(target))
      refuse('writes a literal, which is not a variable', loc, 'write it without the braces')
    const named = isPath(target) ? target : path([originalOf(target)], loc)
    if (calls(node)) checkCall({ ...node, path: named }, false)
    const value = calls(node)
      ? { ...call('', [], loc), path: named, ...args(node, names) }
      : read(named, names)
    const params = [...placed(originalOf(target), loc, loc), value]
    return { ...node, path: path([helperNames.write], loc), params, hash: noHash(loc) }
  }
  const block = (node: Block, names: ReadonlySet<string>): Block => {
    const inner = {
      ...node,
      ...(node.program && { program: program(node.program, names) }),
      ...(node.inverse && { inverse: program(node.inverse, names) }),
    }
    const { path: target, params, loc } = node
    if (node.type !== 'BlockStatement' || target === undefined) return { ...inner, ...args(node, names) }
    if (!isPath(target) && !isText(target)) refuse('opens a block of a literal', loc, 'name a variable')
    if (calls(node) || helpers.get(originalOf(target)) === 'block') {
      checkCall({ path: target, params, loc }, true)
      const called = args(node, names)
      const [first, ...rest] = called.params
      if (first === undefined || target.original !== 'each') return { ...inner, ...called }
      const original = params[0] === undefined ? '' : originalOf(params[0])
      return {
        ...inner,
        ...called,
        params: [call(helperNames.list, [...placed(original, loc, loc), first], loc), ...rest],
      }
    }
    // a section: {{#name}} … {{/name}}
    return {
      ...inner,
      path: path([helperNames.section], loc),
      params: [read(target, names)],
      hash: noHash(loc),
    }
  }
  const statement = (node: hbs.AST.Statement, names: ReadonlySet<string>): hbs.AST.Statement => {
    if (isMustache(node)) return mustache(node, names)
    if (isBlock(node)) return block(node, names)
    if (!isPartial(node)) return node
    if (isCall(node.name)) refuse('computes the name of a partial', node.loc, 'write its name: {{> name}}')
    return { ...node, ...args(node, names) }
  }
  const program = (node: hbs.AST.Program, names: ReadonlySet<string>): hbs.AST.Program => {
    const within = new Set([...names, ...(node.blockParams ?? [])])
    return { ...node, body: node.body.map((one) => statement(one, within)) }
  }
  return program
}

/**
 * The template with the helpers in all places where a variable is read or a value written.
 *
 * @param refuse is called for what calls no helper, or one in another way than it is made for.
 */
export const strictTemplate = (template: hbs.AST.Program, refuse: Refuse): hbs.AST.Program =>
  rewriter(refuse)(template, new Set())
