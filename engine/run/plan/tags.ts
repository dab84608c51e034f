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

/**
 * Chooses tasks by tags. A task tagged `always` runs in any case, unless `always` or one of its tags is skipped; one
 * tagged `never` runs only if `never` itself or a tag next to it is given.
 *
 * @throws `usage` for a tag that no task has, with the nearest one: it would silently choose nothing.
 */
export const chooseByTags = (plan: Plan, choice: TagChoice): Plan => {
  const known = tagsOf(plan)
  // tasks that are made at their turn can have any tag
  const open = hasGivens(plan)
  for (const tag of [...choice.tags, ...choice.skipTags]) {
    if (open || known.includes(tag) || words.has(tag)) continue
    const guess = nearest(tag, known)
    throw new CoxswainError('usage', `no task has the tag ${shownWord(tag)}`, {
      hint:
        guess === undefined
          ? `the tags: ${known.length === 0 ? 'none' : known.join(', ')}`
          : `did you mean ${guess}?`,
    })
  }
  return chooseTasks(plan, {
    task: ({ settings }) => isChosen(settings, choice),
    given: ({ settings }) => canBeChosen(settings, choice),
  })
}
