/** Options of the command line: their names, their help, and how their text becomes a typed value. */
import { isDecimal } from '../dsl/decimal.ts'
import { CoxswainError } from '../errors.ts'
import { shownWord } from '../secret.ts'
import { nearest } from '../inventory/nearest.ts'

/** What a shell completes for an option or argument; a list has the words themselves. */
export type Completion =
  | 'file'
  | 'folder'
  | 'playbook'
  | 'playbook or name'
  | 'task'
  | 'target'
  | 'parameters'
  | 'help'
  | 'run'
  | 'hosts'
  | 'tags'
  | 'variables'
  | 'outputs'
  | 'nothing'
  | readonly string[]

/** The settings of a project that say the same as an option. */
export type SettingName =
  | 'inventories'
  | 'forks'
  | 'hostKeyChecking'
  | 'outputs'
  | 'ageKeyFiles'
  | 'vaultPasswordFiles'
  | 'vaultIds'
  | 'recipients'

/** The setting of a project that counts where an option is not given. */
export interface OptionSetting {
  readonly name: SettingName
  /** Variables of the environment that say the same, and count before it. */
  readonly env: readonly string[]
}

/** An option. Commands that share an option use the same object. */
export interface OptionSpec<Value> {
  /** As help shows it: `-i, --inventory <file>`. */
  readonly flags: string
  readonly description: string
  /** How to complete its text; a file by default. */
  readonly completion?: Completion
  /** The setting that counts where it is not given. */
  readonly setting?: OptionSetting
  /**
   * The value of the option.
   *
   * @param given its texts in the order of the command line; undefined for an option without text.
   * @throws `usage` for invalid text.
   */
  readonly read: (given: readonly (string | undefined)[]) => Value
}

/** Options by the names of their values. */
export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>

/** The values of options. */
export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never
}

/** Returns the texts of an option; none if the option is not on the command line. */
export type Given = (option: OptionSpec<unknown>) => readonly (string | undefined)[]

/**
 * Reads the values of options.
 *
 * @param given by default no option is on the command line.
 * @throws `usage` for invalid text of an option.
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

/** True if given; `--no-…` is false if given. */
export const flag = (flags: string, description: string): OptionSpec<boolean> => {
  const negated = longName(flags).startsWith('--no-')
  return { flags, description, read: (given) => given.length > 0 !== negated }
}

/** True if given, else undefined: another source can set it. */
export const flagIfGiven = (flags: string, description: string): OptionSpec<true | undefined> => ({
  flags,
  description,
  read: (given) => (given.length > 0 ? true : undefined),
})

/** The number of times that the option is given. */
export const counter = (flags: string, description: string): OptionSpec<number> => ({
  flags,
  description,
  read: (given) => given.length,
})

/** A text; the last one wins. */
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

/** Comma-separated words of an option that can be given several times. */
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

/** A text, or true if given without text. */
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

/** The valid numbers of an option. */
interface NumberRange {
  readonly integer?: boolean
  /** The lowest valid number. */
  readonly from?: number
  /** Valid numbers are greater than this. */
  readonly above?: number
}

const describeRange = ({ integer, from, above }: NumberRange): string => {
  const noun = integer === true ? 'an integer' : 'a number'
  if (from !== undefined) return `${noun} from ${from}`
  return above === undefined ? noun : `${noun} greater than ${above}`
}

/** Parses a decimal number. */
const parseNumber = (flags: string, range: NumberRange, typed: string): number => {
  const { integer = false, from = -Infinity, above = -Infinity } = range
  const value = isDecimal(typed) ? Number(typed) : NaN
  if (value >= from && value > above && (!integer || Number.isSafeInteger(value))) return value
  throw refused(flags, `${shownWord(typed)} is not ${describeRange(range)}`)
}

/** A number, or undefined if the option is not given. */
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
    return last === undefined ? undefined : parseNumber(flags, range, last)
  },
})

/** The same option; where it is not given, a setting of the project counts. */
export const orSetting = <Value>(
  option: OptionSpec<Value>,
  name: SettingName,
  env: readonly string[] = [],
): OptionSpec<Value> => ({ ...option, setting: { name, env } })

/** The same option with a default value. */
export const withDefault = <Value>(
  option: OptionSpec<Value | undefined>,
  value: Value,
): OptionSpec<Value> => ({ ...option, read: (given) => option.read(given) ?? value })

/**
 * Seconds to wait: 0 if not given, infinite if given without a number.
 */
export const waitSeconds = (flags: string, description: string): OptionSpec<number> => ({
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
      `give seconds, or put ${longName(flags)} without a value after the playbook`,
    )
  },
})
