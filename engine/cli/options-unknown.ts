/** The error of an option that does not exist. Pure. */
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { hiddenWord, shownWord } from '../secret.ts'
import type { Grammar } from './options-grammar.ts'

const longNames = ({ options, commands }: Grammar): string[] => [
  ...options.flatMap(({ names }) => names.filter((name) => name.startsWith('--'))),
  ...commands.flatMap(longNames),
]

/**
 * The error for what the parser of the command line says of an option; undefined where it says something else. What stands
 * after the name, `--name=value` or `-nvalue`, may be a secret and is not shown.
 */
export const unknownOption = (said: string, grammar: Grammar, cause: unknown): CoxswainError | undefined => {
  const [, flag] = /^unknown option '(.*)'(?:\n\(Did you mean .*\))?$/s.exec(said) ?? []
  if (flag === undefined) return undefined
  const short = /^-[^-]/u.test(flag)
  const name = short ? flag.slice(0, 2) : (flag.split('=')[0] ?? '')
  const shown = shownWord(name) === hiddenWord ? hiddenWord : `'${name}'`
  const guess = short ? undefined : nearest(name, new Set(longNames(grammar)))
  return new CoxswainError('usage', `unknown option ${shown}`, {
    cause,
    ...(guess !== undefined && { hint: `did you mean ${guess}?` }),
  })
}
