/** The home of handlebars. */
import Handlebars from 'handlebars'
import { CoxswainError, isSecret, nearest } from '../../../engine/index.ts'
import { helperNames, strictTemplate } from './strict-template.ts'
import { ownBlock } from './partials.ts'

/** A rendered template. */
export interface Rendered {
  readonly text: string
  /** Whether a secret was put into it. */
  readonly secret: boolean
}

/** Where in a template something stands. */
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

/** A part of a value, when it has it itself: what objects inherit is none of a template's business. */
const partOf = (value: unknown, key: string): { readonly part: unknown } | undefined => {
  if (typeof value === 'string') return key === 'length' ? { part: value.length } : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return value.has(key) ? { part: value.get(key) } : undefined
  return Object.hasOwn(value, key) ? { part: Reflect.get(value, key) } : undefined
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/** What is wrong with a value that is to be written into a file; undefined when it has a text. */
const noText = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return `is ${value}`
  if (Array.isArray(value)) return value.map(noText).find((wrong) => wrong !== undefined)
  if (typeof value === 'function') return 'is a function'
  if (typeof value === 'number' && Number.isNaN(value)) return 'is not a number (NaN)'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is not a finite number'
  if (typeof value === 'symbol') return 'is a symbol'
  if (value instanceof Date) return 'is a date, which has no fixed text: give its text'
  const isMap = typeof value === 'object' && Reflect.get(value, 'toString') === Object.prototype.toString
  return isMap ? 'is a map, which has no text: name one of its values' : undefined
}

/** What `{{#each}}` cannot go through; undefined for lists, maps, and for nothing, which is as good as an empty list. */
const noList = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return undefined
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}

/**
 * A template with values put in. A variable that is not given is an error wherever it is read, also in `#if`, `#each`,
 * `#with` and parameters of helpers; so is null or undefined where it would be written. What may be absent is given as
 * undefined and tested with `#if`. Secrets are revealed. Nothing is escaped: these are configuration files, not web pages.
 *
 * @throws `template-invalid` naming the variable, line and column.
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
  // an instance of its own: helpers that somebody registers elsewhere do not reach it
  const engine = Handlebars.create()
  engine.registerHelper(helperNames.read, (...given: unknown[]) => {
    const [original, line, column, base, ...keys] = given.slice(0, -1)
    return keys.map(String).reduce<unknown>((value, key) => {
      const found = partOf(value, key)
      if (found !== undefined) return revealed(found.part)
      const guess = nearest(key, keysOf(value))
      throw invalid(
        { name: file, template, line: Number(line), column: Number(column) },
        `names a variable that is not given: ${String(original)}`,
        guess === undefined ? undefined : `did you mean ${guess}?`,
      )
    }, base)
  })
  engine.registerHelper(helperNames.write, (...given: unknown[]) => {
    const [original, line, column, value] = given
    const written = plainly(value)
    const wrong = noText(written)
    // a text, since Handlebars adds numbers that stand side by side
    if (wrong === undefined) return String(written)
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `cannot write ${String(original)}: it ${wrong}`,
      `give it a value, or write it inside of {{#if ${String(original)}}} … {{/if}}`,
    )
  })
  engine.registerHelper(helperNames.list, (...given: unknown[]) => {
    const [original, line, column, value] = given
    const wrong = noList(value)
    if (wrong === undefined) return value
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `cannot go through ${String(original)} with each: it is ${wrong}`,
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
      `names a variable that does not exist here: ${String(original)}`,
      '@index, @key, @first and @last exist inside of {{#each}}; ../ is one each further out',
    )
  })
  engine.registerHelper(helperNames.around, (...given: unknown[]) => {
    const [original, line, column, value] = given
    if (value !== undefined) return value
    throw invalid(
      { name: file, template, line: Number(line), column: Number(column) },
      `names what is around it, and nothing is: ${String(original)}`,
      'each ../ is one {{#each}} or {{#with}} further out',
    )
  })
  /** The last partial that was called, and where. */
  let called: (Spot & { readonly partial: string }) | undefined
  engine.registerHelper(helperNames.partial, (...given: unknown[]) => {
    const [original, line, column] = given
    called = { name: file, template, line: Number(line), column: Number(column), partial: String(original) }
    // Handlebars looks for this one only where it finds its name in the template
    return original === ownBlock
      ? partOf(partOf(given.at(-1), 'data')?.part, 'partial-block')?.part
      : original
  })
  // what Handlebars does with a section, which it keeps to itself
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
          ? 'call the partial with a block: {{#> name}} … {{/name}}, or ask for it: {{#if @partial-block}}'
          : 'a partial is known in the block that defines it, and in those inside of it',
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

/** What the parser of Handlebars met where it did not expect it. */
const unexpected: Readonly<Record<string, string>> = {
  EOF: 'the template ends, and a block or {{ is not closed',
  INVALID: 'there is a character that cannot be in {{ }}',
}

/** A parse error of Handlebars in words: it lists the names of its grammar. Undefined for other errors. */
const parseFault = (message: string): string | undefined => {
  const [, token] = /^Parse error on line \d+:[^]*\bgot '(\w+)'/.exec(message) ?? []
  return token === undefined ? undefined : (unexpected[token] ?? `${token} is not expected here`)
}

/**
 * The text of a template with values put in, as {@link render} does.
 *
 * @throws `template-invalid` naming the variable, line and column.
 * @example
 * renderTemplate('listen {{port}}', { port: 80 }, 'nginx.conf.hbs')
 */
export const renderTemplate = (
  template: string,
  values: Readonly<Record<string, unknown>>,
  name: string,
): string => render(template, values, name).text
