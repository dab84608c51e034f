/** Options of the command line as values: how they are written, what they mean, and how their text becomes a typed value. */
import { isDecimal } from '../dsl/decimal.ts'
import { CoxswainError } from '../errors.ts'
import { shownWord } from '../secret.ts'
import { nearest } from '../inventory/nearest.ts'

/** What a shell can offer where the text of an option or argument is typed; a list holds the texts themselves. */
export type Completion =
  | 'file'
  | 'folder'
  | 'playbook'
  | 'task'
  | 'target'
  | 'parameters'
  | 'help'
  | 'run'
  | 'hosts'
  | 'tags'
  | 'outputs'
  | 'nothing'
  | readonly string[]

/** An option: commands that share it share this value. */
export interface OptionSpec<Value> {
  /** As help shows it: `-i, --inventory <file>`. */
  readonly flags: string
  readonly description: string
  /** What its text can be; a file by default. */
  readonly completion?: Completion
  /**
   * The value of the option.
   *
   * @param given its texts in the order of the command line; undefined for one that was given without text.
   * @throws `usage` for text that it does not take.
   */
  readonly read: (given: readonly (string | undefined)[]) => Value
}

/** Options by the names of their values. */
export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>

/** The values of options. */
export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never
}

/** What the command line gives for an option; nothing where it does not name the option. */
export type Given = (option: OptionSpec<unknown>) => readonly (string | undefined)[]

/**
 * Reads the values of options.
 *
 * @param given nothing by default, which gives each option's value when it is not on the command line.
 * @throws `usage` for text that an option does not take.
 */
export function valuesOf<Specs extends OptionSpecs>(specs: Specs, given?: Given): ValuesOf<Specs>
export function valuesOf(specs: OptionSpecs, given: Given = () => []): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(specs).map(([name, option]) => [name, option.read(given(option))]))
}

/** `--become` of `-b, --become <how>`. */
const longName = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? flags

const refused = (flags: string, needed: string, hint?: string): CoxswainError =>
  new CoxswainError('usage', `${longName(flags)}: ${needed}`, { hint })

const textsOf = (given: readonly (string | undefined)[]): string[] =>
  given.filter((text) => text !== undefined)

/** True where it is given; `--no-…` is false where it is given. */
export const flag = (flags: string, description: string): OptionSpec<boolean> => {
  const negated = longName(flags).startsWith('--no-')
  return { flags, description, read: (given) => given.length > 0 !== negated }
}

/** True where it is given, undefined elsewhere: what is not said here can be said in another place. */
export const flagIfGiven = (flags: string, description: string): OptionSpec<true | undefined> => ({
  flags,
  description,
  read: (given) => (given.length > 0 ? true : undefined),
})

/** How often it is given. */
export const counter = (flags: string, description: string): OptionSpec<number> => ({
  flags,
  description,
  read: (given) => given.length,
})

/** A text; the last one counts. */
export const text = (
  flags: string,
  description: string,
  completion: Completion = 'file',
): OptionSpec<string | undefined> => ({
  flags,
  description,
  completion,
  read: (given) => textsOf(given).at(-1),
})

/** Texts of an option that can be given several times. */
export const texts = (
  flags: string,
  description: string,
  completion: Completion = 'file',
): OptionSpec<readonly string[]> => ({ flags, description, completion, read: textsOf })

/** Words with commas between them, of an option that can be given several times. */
export const commaSeparated = (
  flags: string,
  description: string,
  completion: Completion,
): OptionSpec<readonly string[]> => ({
  flags,
  description,
  completion,
  read: (given) =>
    textsOf(given).flatMap((list) =>
      list.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()])),
    ),
})

/** A text, or true where it is given without one. */
export const optionalText = (
  flags: string,
  description: string,
  completion: Completion = 'nothing',
): OptionSpec<string | true | undefined> => ({
  flags,
  description,
  completion,
  read: (given) => (given.length === 0 ? undefined : (given.at(-1) ?? true)),
})

/** One of a few words. */
export const choice = <const Word extends string>(
  flags: string,
  description: string,
  words: readonly Word[],
): OptionSpec<Word | undefined> => ({
  flags,
  description,
  completion: words,
  read: (given) => {
    const last = textsOf(given).at(-1)
    const word = words.find((one) => one === last)
    if (last === undefined || word !== undefined) return word
    const guess = nearest(last, words)
    throw refused(
      flags,
      `${shownWord(last)} is not one of ${words.join(', ')}`,
      guess === undefined ? undefined : `did you mean ${guess}?`,
    )
  },
})

/** Which numbers an option takes. */
interface NumberRange {
  readonly whole?: boolean
  /** From this number on. */
  readonly from?: number
  /** Greater than this number. */
  readonly above?: number
}

const describeRange = ({ whole, from, above }: NumberRange): string => {
  const noun = whole === true ? 'a whole number' : 'a number'
  if (from !== undefined) return `${noun} from ${from}`
  return above === undefined ? noun : `${noun} greater than ${above}`
}

/** A number that is written in decimal digits. */
const numberOf = (flags: string, range: NumberRange, typed: string): number => {
  const { whole = false, from = -Infinity, above = -Infinity } = range
  const value = isDecimal(typed) ? Number(typed) : NaN
  if (value >= from && value > above && (!whole || Number.isSafeInteger(value))) return value
  throw refused(flags, `${shownWord(typed)} is not ${describeRange(range)}`)
}

/** A number, or undefined where the option is not given. */
export const number = (
  flags: string,
  description: string,
  range: NumberRange = {},
): OptionSpec<number | undefined> => ({
  flags,
  description,
  completion: 'nothing',
  read: (given) => {
    const last = textsOf(given).at(-1)
    return last === undefined ? undefined : numberOf(flags, range, last)
  },
})

/** The same option with a value for when it is not given. */
export const withDefault = <Value>(
  option: OptionSpec<Value | undefined>,
  value: Value,
): OptionSpec<Value> => ({ ...option, read: (given) => option.read(given) ?? value })

/**
 * Seconds to wait: none where it is not given, without end where it is given without a number.
 */
export const waiting = (flags: string, description: string): OptionSpec<number> => ({
  flags,
  description,
  completion: 'nothing',
  read: (given) => {
    if (given.length === 0) return 0
    const last = given.at(-1)
    if (last === undefined) return Infinity
    if (isDecimal(last) && Number(last) >= 0) return Number(last)
    throw refused(
      flags,
      `${shownWord(last)} is not a number of seconds`,
      `give seconds, or write ${longName(flags)} alone after the playbook`,
    )
  },
})
