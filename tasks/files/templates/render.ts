/** Renders Handlebars templates. The only file that loads handlebars. */
import { createRequire } from 'node:module'
import type Handlebars from 'handlebars'
import { CoxswainError } from '../../../engine/index.ts'
import { openTag } from './not-closed.ts'
import type { PartialFiles } from './partial-files.ts'
import { ownBlock } from './partials.ts'
import { registerStrictHelpers } from './strict-helpers.ts'
import type { Helper, Spot } from './strict-helpers.ts'
import { helperNames, strictTemplate } from './strict-template.ts'

/** Loads Handlebars when a template is rendered: few playbooks need it, and it takes a tenth of the start. */
const loadHandlebars = (): typeof Handlebars => createRequire(import.meta.url)('handlebars')

/** A rendered template. */
export interface Rendered {
  readonly text: string
  /** Whether a secret was put into it. */
  readonly secret: boolean
}

/** What a template can use beside its values. */
export interface RenderOptions {
  /** Helpers of the playbook, by name. */
  readonly helpers?: Readonly<Record<string, Helper>>
  /** The files of partials, by name. */
  readonly partials?: PartialFiles
}

/** How templates are compiled: nothing is escaped, and a partial has the variables that it is given. */
const compiling = { noEscape: true, explicitPartialContext: true } as const

/** The error of Handlebars for a text that is not a template. */
const syntaxError = (file: string, template: string, cause: unknown): CoxswainError => {
  const message = cause instanceof Error ? cause.message : String(cause)
  const lineOf = (line: number): string => template.split('\n')[line - 1] ?? ''
  const open = /\bgot 'EOF'/.test(message) ? openTag(template) : undefined
  if (open !== undefined)
    return new CoxswainError('template-invalid', `${file} opens ${open.text} and does not close it`, {
      hint: `close it with ${open.end}`,
      place: { file, line: open.line, column: open.column, excerpt: lineOf(open.line) },
    })
  const [, line] = / - (\d+):\d+/.exec(message) ?? /on line (\d+)/.exec(message) ?? []
  return new CoxswainError('template-invalid', `${file}: ${parseFault(message) ?? message}`, {
    cause,
    hint: 'fix the template at the line shown; {{ … }} takes a name, or a helper with its arguments',
    place: { file, ...(line !== undefined && { line: Number(line), excerpt: lineOf(Number(line)) }) },
  })
}

/**
 * Renders a template with values. A variable without a value is an error wherever it is read, also in `#if`, `#each`,
 * `#with` and parameters of helpers; null or undefined is an error where it would be written, null in `#each` too. To make a variable optional,
 * set it to undefined and test it with `#if`, or write `default`. Secrets are revealed. Nothing is escaped: these are configuration
 * files, not web pages.
 *
 * @throws `template-invalid` with the variable, line and column.
 */
export const render = (
  template: string,
  values: Readonly<Record<string, unknown>>,
  file: string,
  { helpers = {}, partials = new Map() }: RenderOptions = {},
): Rendered => {
  let secret = false
  const texts = new Map([
    [file, template],
    ...[...partials.values()].map((one) => [one.file, one.text] as const),
  ])
  const invalid = ({ file: at, line, column }: Spot, message: string, hint?: string): CoxswainError =>
    new CoxswainError('template-invalid', `${at} ${message}`, {
      hint,
      place: { file: at, line, column, excerpt: texts.get(at)?.split('\n')[line - 1] ?? '' },
    })
  /** The last partial that was called, and the place of the call. */
  let called: { readonly spot: Spot; readonly partial: string } | undefined
  // a separate instance, so that helpers registered elsewhere have no effect
  const engine = loadHandlebars().create()
  // Handlebars' own implementation of sections, which it does not export
  const section = engine.helpers['blockHelperMissing']
  if (section !== undefined) engine.registerHelper(helperNames.section, section)
  registerStrictHelpers((name, helper) => engine.registerHelper(name, helper), {
    own: helpers,
    invalid,
    onSecret: () => {
      secret = true
    },
    onPartial: (spot, partial) => {
      called = { spot, partial }
    },
  })
  const compiled = (text: string, at: string, isPartial: boolean): ReturnType<typeof engine.compile> => {
    let tree: hbs.AST.Program
    try {
      tree = engine.parseWithoutProcessing(text, { srcName: at })
    } catch (cause) {
      throw syntaxError(at, text, cause)
    }
    const refuse = (message: string, { start }: hbs.AST.SourceLocation, hint?: string): never => {
      throw invalid({ file: at, line: start.line, column: start.column + 1 }, message, hint)
    }
    const options = { files: [...partials.keys()], own: Object.keys(helpers), isPartial }
    return engine.compile(strictTemplate(tree, refuse, options), compiling)
  }
  for (const [name, one] of partials) engine.registerPartial(name, compiled(one.text, one.file, true))
  const main = compiled(template, file, false)
  try {
    return { text: main(values), secret }
  } catch (cause) {
    if (cause instanceof CoxswainError) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    if (called !== undefined && cause instanceof RangeError)
      throw invalid(called.spot, `calls the partial ${called.partial}, which calls itself without an end`)
    if (called !== undefined && /^The partial .* could not be found$/s.test(message))
      throw invalid(
        called.spot,
        `calls the partial ${called.partial}, which is not defined here`,
        called.partial === ownBlock
          ? 'call the partial with a block: {{#> name}} … {{/name}}, or test for one: {{#if @partial-block}}'
          : 'a partial is known in the block that defines it, and in blocks inside that block',
      )
    throw syntaxError(file, template, cause)
  }
}

/** What the parser found where it expected something else, by the parser's token. */
const unexpected: Readonly<Record<string, string>> = {
  EOF: 'the template ends before a block or {{ is closed',
  INVALID: 'a character is not allowed in {{ }}',
  NUMBER: 'a number is not expected here; the first item of a list is list.[0]',
  STRING: 'a text in quotes is not expected here',
  BOOLEAN: 'true or false is not expected here',
  ID: 'a name is not expected here',
  DATA: 'a name with @ is not expected here',
  SEP: 'a . or / is not expected here',
  EQUALS: '= is not expected here: named values follow the others, as in {{helper value name=1}}',
  CLOSE: '}} is not expected here: a name is missing before it, or a ( or {{{ is not closed',
  CLOSE_UNESCAPED: '}}} is not expected here: {{ is closed by }}',
  CLOSE_SEXPR: ') is not expected here',
  OPEN_ENDBLOCK: 'this block was not opened, or one in it is not closed',
  INVERSE: '{{else}} is not expected here: it belongs in a block',
  OPEN_INVERSE_CHAIN: '{{else}} is not expected here: it belongs in a block',
}

/**
 * A parse error of Handlebars in plain words, because Handlebars lists the names of its grammar. Undefined for other
 * errors.
 */
const parseFault = (message: string): string | undefined => {
  const [, opened, closed] = /^(.+) doesn't match (.+) - \d+:\d+$/.exec(message) ?? []
  if (opened !== undefined) return `{{/${closed}}} cannot close {{#${opened}}}`
  const [, token] = /^Parse error on line \d+:[^]*\bgot '(\w+)'/.exec(message) ?? []
  return token === undefined ? undefined : (unexpected[token] ?? 'what is here cannot be read')
}

/**
 * Renders a template with values, as {@link render} does.
 *
 * @throws `template-invalid` with the variable, line and column.
 * @example
 * renderTemplate('listen {{port}}', { port: 80 }, 'nginx.conf.hbs')
 */
export const renderTemplate = (
  template: string,
  values: Readonly<Record<string, unknown>>,
  name: string,
): string => render(template, values, name).text
