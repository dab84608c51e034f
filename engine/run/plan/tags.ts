/** Chooses tasks by tags. Pure. */
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import { chooseTasks, everyTask, hasGivens } from './choose-tasks.ts'
import type { Plan } from './plan.ts'
import type { PlannedTask } from './planned-steps.ts'

/** The tags of `--tags` and `--skip-tags`. */
export interface TagChoice {
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
}

/** Tags with a special meaning. */
const words = new Set(['all', 'tagged', 'untagged', 'always', 'never'])

const isChosen = (
  { tags, locks }: PlannedTask['settings'],
  { tags: wanted, skipTags }: TagChoice,
): boolean => {
  const own = tags.filter((tag) => tag !== 'always' && tag !== 'never')
  const named = (list: readonly string[], of = tags): boolean => of.some((tag) => list.includes(tag))
  const general = (list: readonly string[]): boolean => list.includes(own.length > 0 ? 'tagged' : 'untagged')
  const always = tags.includes('always')
  // a task tagged only `always` is neither tagged nor untagged
  const leavesOut = (own.length > 0 || !always) && general(skipTags)
  if (named(skipTags) || leavesOut || (skipTags.includes('all') && !always)) return false
  if (!locks.every((lock) => named(wanted, lock))) return false
  return always || wanted.length === 0 || wanted.includes('all') || named(wanted) || general(wanted)
}

/** Whether a task with these settings and further tags of its own can be chosen. */
const canBeChosen = (
  { tags, locks }: PlannedTask['settings'],
  { tags: wanted, skipTags }: TagChoice,
): boolean =>
  !tags.some((tag) => skipTags.includes(tag)) &&
  locks.every((lock) => lock.some((tag) => wanted.includes(tag)))

/** Every tag of a plan, in alphabetical order. */
export const tagsOf = (plan: Plan): string[] =>
  [...new Set(everyTask(plan).flatMap(({ planned }) => planned.settings.tags))].toSorted()

/** The tags of a choice that are not known. */
export const unknownTags = ({ tags, skipTags }: TagChoice, known: readonly string[]): string[] =>
  [...new Set([...tags, ...skipTags])].filter((tag) => !known.includes(tag) && !words.has(tag))

/** The error of a tag that no task has, with the nearest one. */
export const unknownTag = (tag: string, known: readonly string[], why = ''): CoxswainError => {
  const guess = nearest(tag, known)
  const all = `the tags: ${known.length === 0 ? 'none' : known.join(', ')}`
  return new CoxswainError('usage', `no task has the tag ${shownWord(tag)}${why}`, {
    hint: guess === undefined ? all : `did you mean ${guess}?`,
  })
}

/**
 * Chooses tasks by tags. A task tagged `always` runs in any case, unless `always` or one of its tags is skipped; one
 * tagged `never` runs only if `never` itself or a tag next to it is given.
 *
 * @throws `usage` for a tag that no task has, with the nearest one: it would silently choose nothing. If a step can make a task that
 * has it, `OpenTags` finds that out at its turn.
 */
export const chooseByTags = (plan: Plan, choice: TagChoice): Plan => {
  if (!hasGivens(plan)) {
    const known = tagsOf(plan)
    const [wrong] = unknownTags(choice, known)
    if (wrong !== undefined) throw unknownTag(wrong, known)
  }
  return chooseTasks(plan, {
    task: ({ settings }) => isChosen(settings, choice),
    given: ({ settings }) => canBeChosen(settings, choice),
  })
}
