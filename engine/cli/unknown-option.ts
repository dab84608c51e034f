/** The error of an option that does not exist. Pure. */
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { hiddenWord, shownWord } from '../secret.ts'
import { namesOf } from './define-command.ts'
import type { Command } from './define-command.ts'

const longNames = ({ options, commands = [] }: Command): string[] => [
  ...Object.values(options)
    .flatMap(namesOf)
    .filter((name) => name.startsWith('--')),
  '--help',
  ...commands.flatMap(longNames),
]

/**
 * The error for what the parser of the command line says of an option; undefined where it says something else. What stands
 * after the name, `--name=value` or `-nvalue`, may be a secret and is not shown.
 */
export const unknownOption = (said: string, program: Command, cause: unknown): CoxswainError | undefined => {
  const [, flag] = /^unknown option '(.*)'(?:\n\(Did you mean .*\))?$/s.exec(said) ?? []
  if (flag === undefined) return undefined
  const short = /^-[^-]/u.test(flag)
  const name = short ? flag.slice(0, 2) : (flag.split('=')[0] ?? '')
  const shown = shownWord(name) === hiddenWord ? hiddenWord : `'${name}'`
  const known = new Set(longNames(program))
  // another command has it
  if (known.has(name)) return new CoxswainError('usage', `this command has no option ${shown}`, { cause })
  const guess = short ? undefined : nearest(name, known)
  return new CoxswainError('usage', `unknown option ${shown}`, {
    cause,
    ...(guess !== undefined && { hint: `did you mean ${guess}?` }),
  })
}
