/**
 * Rewrites a Handlebars template so that one helper reads every variable and another one writes every value. Handlebars
 * itself ignores missing variables in `#if`, `#each` and parameters of helpers, and writes null as nothing. Pure.
 */

import { helperSpecs, ownHelper } from './helper-specs.ts'
import type { HelperSpec } from './helper-specs.ts'
import { ownBlock, partialsOf } from './partials.ts'
import { call, isBlock, noHash, number, path, placed, text } from './tree.ts'
import type { Block, Refuse } from './tree.ts'

type Node = hbs.AST.Node
type Path = hbs.AST.PathExpression
type Expression = hbs.AST.Expression
type Loc = hbs.AST.SourceLocation

/** The names of our helpers, including that of sections, `{{#name}} … {{/name}}`. No variable can have such a name. */
export const helperNames = {
  read: '*read',
  write: '*write',
  section: '*section',
  list: '*list',
  data: '*data',
  around: '*around',
  partial: '*partial',
  optional: '*optional',
  value: '*value',
} as const

/** The names that can follow an `@`. */
const dataNames = ['root', 'index', 'key', 'first', 'last', 'partial-block']

const isPath = (node: Node): node is Path => node.type === 'PathExpression'
const isMustache = (node: Node): node is hbs.AST.MustacheStatement => node.type === 'MustacheStatement'
const isPartial = (node: Node): node is hbs.AST.PartialStatement => node.type === 'PartialStatement'
const isText = (node: Node): boolean => node.type === 'StringLiteral'
/** A call of a helper, with its values. */
type Call = Pick<hbs.AST.SubExpression, 'path' | 'params' | 'loc'>
const isCall = (node: Node): node is hbs.AST.SubExpression => node.type === 'SubExpression'
/** `(lookup map key)`: a variable whose name is a value. */
const isLookup = ({ path: target }: Pick<Call, 'path'>): boolean => originalOf(target) === 'lookup'

/** The source text of an expression, if it has one. */
const originalOf = (node: Node): string => {
  if ('original' in node && typeof node.original === 'string') return node.original
  return isCall(node) ? originalOf(node.path) : 'value'
}

/** The text between the braces of a call: its name and values. */
const textOf = (node: Node): string => {
  if (isText(node)) return JSON.stringify(originalOf(node))
  if (node.type === 'NumberLiteral' && 'value' in node) return String(node.value)
  return isCall(node) ? `(${callText(node)})` : originalOf(node)
}
const callText = ({ path: target, params }: Pick<Call, 'path' | 'params'>): string =>
  [originalOf(target), ...params.map(textOf)].join(' ')

/** Rewrites the parts of a template. Blocks can define names for their parameters. */
const rewriter = (
  refuse: Refuse,
  checkPartial: ReturnType<typeof partialsOf>,
  helpers: ReadonlyMap<string, HelperSpec>,
) => {
  /** Refuses `@partial-block` outside of a partial. */
  const checkInPartial = (names: ReadonlySet<string>, loc: Loc): void => {
    if (!names.has(ownBlock))
      refuse(
        `uses ${ownBlock} outside of a partial`,
        loc,
        'it is the block that is passed to a partial, and exists only inside {{#*inline "name"}} … {{/inline}}',
      )
  }
  const read = (node: Path, names: ReadonlySet<string>, reader: string = helperNames.read): Expression => {
    const { data, depth, parts, original, loc } = node
    const [head = '', ...rest] = parts
    if (data && !dataNames.includes(head))
      refuse(
        `uses a variable that does not exist: ${original}`,
        loc,
        `the names with an @ are ${dataNames.map((one) => `@${one}`).join(', ')}`,
      )
    const own = data || (depth === 0 && names.has(head) && !/^(\.\/|this[./])/.test(original))
    const keys = own ? rest : parts
    const spot = placed(original, loc, loc)
    if (data && head === 'partial-block') {
      checkInPartial(names, loc)
      return node
    }
    // the enclosing block and the data variable might not exist
    const dataOf = (): Expression =>
      call(helperNames.data, [...spot, text(head, loc), number(depth, loc)], loc)
    if (keys.length === 0) {
      if (data) return dataOf()
      return depth === 0 ? node : call(helperNames.around, [...spot, node], loc)
    }
    const named = (): Expression =>
      own ? path([head], loc, { original: head }) : path([], loc, { depth, original: 'this' })
    const base = data ? dataOf() : named()
    const words = keys.map((key) => text(key, loc))
    return call(reader, [...spot, base, ...words], loc)
  }
  /** A variable that is read as others are: `lookup` of Handlebars gives nothing for an entry that is not there. */
  const lookUp = (node: Call, names: ReadonlySet<string>, reader: string = helperNames.read): Expression =>
    call(reader, [...placed(callText(node), node.loc, node.loc), ...args(node, names).params], node.loc)
  /** A variable that might not be set; undefined for another expression. */
  const readOptional = (node: Expression | undefined, names: ReadonlySet<string>): Expression | undefined => {
    if (node === undefined) return undefined
    if (isPath(node)) return read(node, names, helperNames.optional)
    if (!isCall(node) || !isLookup(node)) return undefined
    checkCall(node, false)
    return lookUp(node, names, helperNames.optional)
  }
  /** A call of a helper with its values; one of ours by the helper that remembers its place. */
  const helperCall = (node: Call & { hash?: hbs.AST.Hash }, names: ReadonlySet<string>): Expression => {
    const { path: target, params, loc } = node
    const name = originalOf(target)
    const spec = helpers.get(name)
    if (isLookup(node)) return lookUp(node, names)
    if (spec?.kind !== 'value') {
      const made: hbs.AST.SubExpression = { ...call('', [], loc), path: target, ...args(node, names) }
      return made
    }
    const [first, ...others] = params
    const optional = spec.optional === true ? readOptional(first, names) : undefined
    const values =
      optional === undefined
        ? args(node, names).params
        : [optional, ...others.map((one) => expression(one, names))]
    return call(helperNames.value, [...placed(callText(node), loc, loc), text(name, loc), ...values], loc)
  }
  const expression = (node: Expression, names: ReadonlySet<string>): Expression => {
    if (isPath(node)) return read(node, names)
    if (!isCall(node)) return node
    checkCall(node, false)
    return helperCall(node, names)
  }
  /** Refuses calls of unknown helpers, and calls of helpers in the wrong form. */
  const checkCall = (node: Call, inBlock: boolean): void => {
    const { path: target, params, loc } = node
    const name = originalOf(target)
    const spec = helpers.get(name)
    if (spec === undefined)
      return refuse(
        `calls ${name}, which is not a helper`,
        loc,
        `helpers are ${[...helpers.keys()].join(', ')}`,
      )
    const { kind, least, most, takes } = spec
    if (kind === 'block' && !inBlock)
      refuse(`calls ${name} without a block`, loc, `write {{#${name} …}} … {{/${name}}}`)
    if (kind !== 'block' && inBlock) refuse(`calls ${name} as a block`, loc, `write {{${name} …}}`)
    if (params.length < least || params.length > most)
      refuse(`calls ${name} with ${params.length} values`, loc, `it takes ${takes}`)
  }
  const args = (
    { params, hash }: { params: Expression[]; hash?: hbs.AST.Hash },
    names: ReadonlySet<string>,
  ) => ({
    params: params.map((one) => expression(one, names)),
    ...(hash && {
      hash: { ...hash, pairs: hash.pairs.map((pair) => ({ ...pair, value: expression(pair.value, names) })) },
    }),
  })
  const calls = ({ params, hash }: { params: Expression[]; hash?: hbs.AST.Hash }): boolean =>
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
    const value = calls(node) ? helperCall({ ...node, path: named }, names) : read(named, names)
    const original = calls(node) ? callText({ path: named, params: node.params }) : originalOf(target)
    const params = [...placed(original, loc, loc), value]
    return { ...node, path: path([helperNames.write], loc), params, hash: noHash(loc) }
  }
  /** The call of a partial: its name, read by the helper that remembers the place of the call, and its values. */
  const partial = (
    node: Pick<Block, 'name' | 'program' | 'loc' | 'params' | 'hash'>,
    names: ReadonlySet<string>,
  ) => {
    const { name, program: own, loc } = node
    if (name === undefined || isCall(name))
      return refuse('computes the name of a partial', loc, 'write its name: {{> name}}')
    const { original } = name
    if (original === ownBlock) checkInPartial(names, loc)
    else checkPartial(original, loc, own)
    const { params, hash } = args(node, names)
    // without a context, a partial has only the variables that are passed by name
    const nothing: Expression = { type: 'UndefinedLiteral', loc }
    return {
      name: call(helperNames.partial, placed(original, loc, loc), loc),
      params: params.length === 0 ? [nothing] : params,
      ...(hash && { hash }),
    }
  }
  const block = (node: Block, names: ReadonlySet<string>): Block => {
    const body = node.type === 'DecoratorBlock' ? new Set([...names, ownBlock]) : names
    const inner = {
      ...node,
      ...(node.program && { program: program(node.program, body) }),
      ...(node.inverse && { inverse: program(node.inverse, names) }),
    }
    if (node.type === 'PartialBlockStatement') return { ...inner, ...partial(node, names) }
    const { path: target, params, loc } = node
    if (node.type !== 'BlockStatement' || target === undefined) return { ...inner, ...args(node, names) }
    if (!isPath(target) && !isText(target)) refuse('opens a block with a literal', loc, 'name a variable')
    if (calls(node) || helpers.get(originalOf(target))?.kind === 'block') {
      checkCall({ path: target, params, loc }, true)
      const called = args(node, names)
      const [first, ...rest] = called.params
      if (first === undefined || target.original !== 'each') return { ...inner, ...called }
      const original = params[0] === undefined ? '' : originalOf(params[0])
      // with {{else}}, it is written what is made of null
      const orElse = node.inverse === undefined || node.inverse === null ? [] : [number(1, loc)]
      return {
        ...inner,
        ...called,
        params: [call(helperNames.list, [...placed(original, loc, loc), first, ...orElse], loc), ...rest],
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
    return { ...node, ...partial(node, names) }
  }
  const program = (node: hbs.AST.Program, names: ReadonlySet<string>): hbs.AST.Program => {
    const within = new Set([...names, ...(node.blockParams ?? [])])
    return { ...node, body: node.body.map((one) => statement(one, within)) }
  }
  return program
}

/** What a template can use. */
export interface StrictOptions {
  /** Names of the files of partials beside it. */
  readonly files?: readonly string[]
  /** Names of the helpers of the playbook. */
  readonly own?: readonly string[]
  /** Whether it is a partial itself. */
  readonly isPartial?: boolean
}

/**
 * The template with a helper at every place where a variable is read or a value is written.
 *
 * @param refuse called for calls of unknown helpers, and of helpers in the wrong form.
 */
export const strictTemplate = (
  template: hbs.AST.Program,
  refuse: Refuse,
  { files = [], own = [], isPartial: inPartial = false }: StrictOptions = {},
): hbs.AST.Program => {
  const helpers = new Map([...helperSpecs, ...own.map((name) => [name, ownHelper] as const)])
  const rewrite = rewriter(refuse, partialsOf(template, refuse, files), helpers)
  return rewrite(template, new Set(inPartial ? [ownBlock] : []))
}
