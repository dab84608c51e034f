/** The hosts of values: those that the inventory does not have are found before anything connects. Pure. */
import { candidatePattern, describeSelector } from '../../dsl/select.ts'
import { describeSource, sourceOf } from '../../dsl/value-source.ts'
import type { AnySource } from '../../dsl/value-source.ts'
import type { Selector } from '../../dsl/types.ts'
import { CoxswainError, isCoxswainError, toCoxswainError } from '../../errors.ts'
import { givensOf } from './planned-steps.ts'
import type { PlannedStep } from './planned-steps.ts'

/** The error for a selector that must have exactly one host. */
export const notOneHost = (selector: Selector, names: readonly string[]): CoxswainError => {
  const [first] = names
  return new CoxswainError(
    'pattern-invalid',
    `${describeSelector(selector)} names ${first === undefined ? 'no host' : `${names.length} hosts`}; one is needed here`,
    {
      hint:
        first === undefined
          ? 'check the pattern: run … --list-hosts shows the hosts'
          : `name one of them, such as ${first}`,
    },
  )
}

/** The error of a value whose pattern of hosts is wrong, at the line of the step instead of in the pattern; other errors stay. */
export const atTheStep = (error: unknown, name: string, source: AnySource): unknown =>
  isCoxswainError(error) && error.code === 'pattern-invalid'
    ? new CoxswainError(error.code, `${name} from ${describeSource(source)}: ${error.message}`, {
        hint: error.hint,
        cause: error,
      })
    : error

/** Why a value cannot be read on the hosts that it names; undefined if it can. */
const mistakeIn = (source: AnySource, match: (pattern: string) => readonly string[]): unknown => {
  const { hosts } = sourceOf(source)
  if (hosts === undefined) return undefined
  const { selector, each } = hosts
  try {
    const names = match(candidatePattern(selector))
    // a pick is one of them
    return each || typeof selector !== 'string' || names.length === 1
      ? undefined
      : notOneHost(selector, names)
  } catch (error) {
    return error
  }
}

/**
 * Refuses values of hosts that the inventory does not have.
 *
 * @param match returns the hosts of a pattern.
 * @throws `pattern-invalid` at the line of the step.
 */
export const checkSourceHosts = (
  plays: readonly {
    readonly name: string
    readonly candidates: ReadonlyMap<string, { readonly steps: readonly PlannedStep[] }>
  }[],
  match: (pattern: string) => readonly string[],
): void => {
  // the same for each host of a play
  const known = new Map<string, readonly string[]>()
  const matched = (pattern: string): readonly string[] => {
    const names = known.get(pattern) ?? match(pattern)
    known.set(pattern, names)
    return names
  }
  for (const { name: play, candidates } of plays)
    for (const { steps } of candidates.values())
      for (const { about, sources } of givensOf(steps))
        for (const [name, source] of Object.entries(sources)) {
          const mistake = mistakeIn(source, matched)
          if (mistake === undefined) continue
          const error = toCoxswainError(atTheStep(mistake, name, source))
          throw error.at({ task: about.task.title, place: about.task.place(), about: `play "${play}"` })
        }
}
