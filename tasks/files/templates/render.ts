/** Renders Handlebars templates. The only file that loads handlebars. */
import { createRequire } from 'node:module'
import type Handlebars from 'handlebars'
import { CoxswainError, isSecret, nearest } from '../../../engine/index.ts'
import { openTag } from './not-closed.ts'
import { helperNames, strictTemplate } from './strict-template.ts'
import { ownBlock } from './partials.ts'

/** Loads Handlebars when a template is rendered: few playbooks need it, and it takes a tenth of the start. */
const loadHandlebars = (): typeof Handlebars => createRequire(import.meta.url)('handlebars')

/** A rendered template. */
export interface Rendered {
  readonly text: string
  /** Whether a secret was put into it. */
  readonly secret: boolean
}

/** A place in a template. */
interface Spot {
  readonly name: string
  readonly template: string
  readonly line: number
  readonly column: number
}

const invalid = ({ name, template, line, column }: Spot, message: string, hint?: string): CoxswainError =>
  new CoxswainError('template-invalid', `${name} ${message}`, {
    hint,
    place: { file: name, line, column, excerpt: template.split('\n')[line - 1] ?? '' },
  })

/** An own property of a value. Inherited properties are not available to templates. */
const partOf = (value: unknown, key: string): { readonly part: unknown } | undefined => {
  if (typeof value === 'string') return key === 'length' ? { part: value.length } : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return value.has(key) ? { part: value.get(key) } : undefined
  return Object.hasOwn(value, key) ? { part: Reflect.get(value, key) } : undefined
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/** Why a value cannot be written into a file; undefined if it can be written as text. */
const noText = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return `is ${value}`
  if (Array.isArray(value)) return value.map(noText).find((wrong) => wrong !== undefined)
  if (typeof value === 'function') return 'is a function'
  if (typeof value === 'number' && Number.isNaN(value)) return 'is not a number (NaN)'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is not a finite number'
  if (typeof value === 'symbol') return 'is a symbol'
  if (value instanceof Date) return 'is a date, which does not have a fixed text form: set its text'
  const isMap = typeof value === 'object' && Reflect.get(value, 'toString') === Object.prototype.toString
  return isMap ? 'is a map, which does not have a text form: use one of its values' : undefined
}

/**
 * Why `{{#each}}` cannot iterate over a value; undefined for lists, maps, null and undefined, which count as empty lists.
 */
const noList = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return undefined
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}

/**
 * Renders a template with values. A variable without a value is an error wherever it is read, also in `#if`, `#each`,
 * `#with` and parameters of helpers; null or undefined is an error where it would be written. To make a variable optional,
 * set it to undefined and test it with `#if`. Secrets are revealed. Nothing is escaped: these are configuration files, not
 * web pages.
 *
 * @throws `template-invalid` with the variable, line and column.
 */
export const render = (
  template: string,
  values: Readonly<Record<string, unknown>>,
  file: string,
): Rendered => {
  let secret = false
  const revealed = (value: unknown): unknown => {
    if (!isSecret(value)) return value
    secret = true
    return value.reveal()
  }
  const plainly = (value: unknown): unknown => (Array.isArray(value) ? value.map(plainly) : revealed(value))
  // a separate instance, so that helpers registered elsewhere have no effect
  const engine = loadHandlebars().create()
  engine.registerHelper(helperNames.read, (...given: unknown[]) => {
    const [original, line, column, base, ...keys] = given.slice(0, -1)
    return keys.map(String).reduce<unknown>((value, key) => {
      const found = partOf(value, key)
      if (found !== undefined) return revealed(found.part)
      const guess = nearest(key, keysOf(value))
      throw invalid(
        { name: file, template, line: Number(line), column: Number(column) },
        `uses a variable that is not set: ${String(original)}`,
        guess === undefined ? undefined : `did you mean ${guess}?`,
      )
    }, base)
  })
  engine.registerHelper(helperNames.write, (...given: unknown[]) => {
    const [original, line, column, value] = given
    const written = plainly(value)
    const wrong = noText(written)
    // a string, because Handlebars adds adjacent numbers
    if (wrong === undefined) return String(written)
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `cannot write ${String(original)}: it ${wrong}`,
      `set a value, or write it inside {{#if ${String(original)}}} … {{/if}}`,
    )
  })
  engine.registerHelper(helperNames.list, (...given: unknown[]) => {
    const [original, line, column, value] = given
    const wrong = noList(value)
    if (wrong === undefined) return value
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `cannot use ${String(original)} in {{#each}}: it is ${wrong}`,
      '{{#each}} takes a list or a map',
    )
  })
  engine.registerHelper(helperNames.data, (...given: unknown[]) => {
    const [original, line, column, name, depth] = given
    const frames = Array.from({ length: Number(depth) })
    const frame = frames.reduce((inner) => partOf(inner, '_parent')?.part, partOf(given.at(-1), 'data')?.part)
    const found = partOf(frame, String(name))
    if (found !== undefined) return found.part
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `uses a variable that does not exist here: ${String(original)}`,
      '@index, @key, @first and @last exist inside {{#each}}; ../ refers to the enclosing {{#each}}',
    )
  })
  engine.registerHelper(helperNames.around, (...given: unknown[]) => {
    const [original, line, column, value] = given
    if (value !== undefined) return value
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `refers to an enclosing block that does not exist: ${String(original)}`,
      'each ../ goes out of one {{#each}} or {{#with}}',
    )
  })
  /** The last partial that was called, and the place of the call. */
  let called: (Spot & { readonly partial: string }) | undefined
  engine.registerHelper(helperNames.partial, (...given: unknown[]) => {
    const [original, line, column] = given
    called = { name: file, template, line: Number(line), column: Number(column), partial: String(original) }
    // Handlebars looks for this helper only if its name is in the template
    return original === ownBlock
      ? partOf(partOf(given.at(-1), 'data')?.part, 'partial-block')?.part
      : original
  })
  // Handlebars' own implementation of sections, which it does not export
  const section = engine.helpers['blockHelperMissing']
  if (section !== undefined) engine.registerHelper(helperNames.section, section)
  try {
    const tree = strictTemplate(engine.parseWithoutProcessing(template), (message, { start }, hint) => {
      throw invalid({ name: file, template, line: start.line, column: start.column + 1 }, message, hint)
    })
    const text = engine.compile(tree, { noEscape: true, explicitPartialContext: true })(values)
    return { text, secret }
  } catch (cause) {
    if (cause instanceof CoxswainError) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    if (called !== undefined && /^The partial .* could not be found$/s.test(message))
      throw invalid(
        called,
        `calls the partial ${called.partial}, which is not defined here`,
        called.partial === ownBlock
          ? 'call the partial with a block: {{#> name}} … {{/name}}, or test for one: {{#if @partial-block}}'
          : 'a partial is known in the block that defines it, and in blocks inside that block',
      )
    const open = /\bgot 'EOF'/.test(message) ? openTag(template) : undefined
    if (open !== undefined)
      throw invalid(
        { name: file, template, line: open.line, column: open.column },
        `opens ${open.text} and does not close it`,
        `close it with ${open.end}`,
      )
    const [, line] = / - (\d+):\d+/.exec(message) ?? /on line (\d+)/.exec(message) ?? []
    throw new CoxswainError('template-invalid', `${file}: ${parseFault(message) ?? message}`, {
      cause,
      hint: 'fix the template at the line shown; {{ … }} takes a name, or a helper with its arguments',
      place: {
        file,
        ...(line !== undefined && {
          line: Number(line),
          excerpt: template.split('\n')[Number(line) - 1] ?? '',
        }),
      },
    })
  }
}

/** What the parser found where it expected something else, by the parser's token. */
const unexpected: Readonly<Record<string, string>> = {
  EOF: 'the template ends before a block or {{ is closed',
  INVALID: 'a character is not allowed in {{ }}',
}

/**
 * A parse error of Handlebars in plain words, because Handlebars lists the names of its grammar. Undefined for other
 * errors.
 */
const parseFault = (message: string): string | undefined => {
  const [, token] = /^Parse error on line \d+:[^]*\bgot '(\w+)'/.exec(message) ?? []
  return token === undefined ? undefined : (unexpected[token] ?? `${token} is not expected here`)
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
