/**
 * The partials of a template: those that it defines itself, `{{#*inline "name"}} … {{/inline}}`, and the files beside it. Pure.
 */
import { nearest } from '../../../engine/index.ts'
import type { Block, Refuse } from './tree.ts'
import { isBlock } from './tree.ts'

type Node = hbs.AST.Node

/** The source text of a node, if it has one. */
const originalOf = (node: Node | undefined): string =>
  node !== undefined && 'original' in node && typeof node.original === 'string' ? node.original : ''

const isDecorator = (node: Node): node is hbs.AST.Decorator => node.type === 'Decorator'

/** The name that a block defines. Refuses every decorator except `inline`. */
const definedBy = ({ path, params, loc }: Block, refuse: Refuse): string => {
  const [name] = params
  if (originalOf(path) !== 'inline')
    refuse(
      `names a decorator that does not exist: ${originalOf(path)}`,
      loc,
      'write {{#*inline "name"}} … {{/inline}}',
    )
  if (name?.type !== 'StringLiteral' || params.length !== 1)
    refuse('defines a partial without a name in quotes', loc, 'write {{#*inline "name"}} … {{/inline}}')
  return originalOf(name)
}

/** How often each name is defined in a part of a template. */
const definitions = (
  program: hbs.AST.Program | undefined,
  refuse: Refuse,
  found: string[] = [],
): string[] => {
  for (const node of program?.body ?? []) {
    if (isDecorator(node))
      refuse(
        `names a decorator that does not exist: ${originalOf(node.path)}`,
        node.loc,
        'write {{#*inline "name"}} … {{/inline}}',
      )
    if (!isBlock(node)) continue
    if (node.type === 'DecoratorBlock') found.push(definedBy(node, refuse))
    definitions(node.program, refuse, found)
    definitions(node.inverse, refuse, found)
  }
  return found
}

/** The name of the block that is passed to a partial. */
export const ownBlock = '@partial-block'

/**
 * Refuses calls of partials that the template does not define: Handlebars would write the block of such a call instead. A
 * partial that is defined, but not at the place of the call, is detected only when it is called.
 *
 * @param refuse called immediately for decorators other than `inline`.
 * @param files names of the files beside it.
 */
export const partialsOf = (template: hbs.AST.Program, refuse: Refuse, files: readonly string[] = []) => {
  const all = definitions(template, refuse)
  /**
   * @param name the name of the called partial.
   * @param block the block that is passed to it. Partials defined in the block are not known outside of it.
   */
  return (name: string, loc: hbs.AST.SourceLocation, block: hbs.AST.Program | undefined): void => {
    if (files.includes(name)) return
    const inside = definitions(block, refuse)
    const outside = all.filter((one) => one === name).length - inside.filter((one) => one === name).length
    if (outside > 0) return
    const guess = nearest(
      name,
      all.filter((one) => one !== name),
    )
    if (/[/\\]/.test(name))
      refuse(
        `names a partial in a folder: ${name}`,
        loc,
        `a partial is beside the template: move it there, and write {{> ${name.replace(/^.*[/\\]/, '')}}}`,
      )
    refuse(
      `names a partial that the template does not define: ${name}`,
      loc,
      guess === undefined
        ? `write ${name}.hbs beside the template, or define it: {{#*inline "${name}"}} … {{/inline}}`
        : `did you mean ${guess}?`,
    )
  }
}
