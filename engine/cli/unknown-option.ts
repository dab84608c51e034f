/** The error of an option that does not exist. Pure. */
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { hiddenWord, shownWord } from '../secret.ts'
import { namesOf } from './define-command.ts'
import type { Command } from './define-command.ts'
import type { OptionSpec } from './define-option.ts'

const longNames = ({ options, commands = [] }: Command): string[] => [
  ...Object.values(options)
    .flatMap(namesOf)
    .filter((name) => name.startsWith('--')),
  '--help',
  ...commands.flatMap(longNames),
]

/** The long names of options that take no value in any command. */
const flagNames = (program: Command): ReadonlySet<string> => {
  const specs = (command: Command): OptionSpec<unknown>[] => [
    ...Object.values(command.options),
    ...(command.commands ?? []).flatMap(specs),
  ]
  const all = specs(program)
  const withValue = new Set(all.filter(({ flags }) => /[<[]/.test(flags)).flatMap(namesOf))
  return new Set(all.flatMap(namesOf).filter((name) => !withValue.has(name)))
}

/**
 * The error for the parser's message about an unknown option; undefined for any other message. The text after the name of
 * the option, as in `--name=value` or `-nvalue`, can be a secret and is not shown.
 */
export const unknownOption = (
  said: string,
  program: Command,
  { cause, hint }: { readonly cause: unknown; readonly hint: string },
): CoxswainError | undefined => {
  const [, flag] = /^unknown option '(.*)'(?:\n\(Did you mean .*\))?$/s.exec(said) ?? []
  if (flag === undefined) return undefined
  const short = /^-[^-]/u.test(flag)
  const name = short ? flag.slice(0, 2) : (flag.split('=')[0] ?? '')
  const shown = shownWord(name) === hiddenWord ? hiddenWord : `'${name}'`
  const known = new Set(longNames(program))
  if (!short && flag.includes('=') && flagNames(program).has(name))
    return new CoxswainError('usage', `${shown} takes no value`, { cause, hint: `write ${name} alone` })
  // an option of another command
  if (known.has(name))
    return new CoxswainError('usage', `this command has no option ${shown}`, {
      cause,
      hint: name === '--age-key-file' ? 'the option of `run secret` is --identity FILE' : hint,
    })
  const guess = short ? undefined : nearest(name, known)
  return new CoxswainError('usage', `unknown option ${shown}`, {
    cause,
    hint: guess === undefined ? hint : `did you mean ${guess}?`,
  })
}
