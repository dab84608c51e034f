/** Choosing tasks by their tags. Pure. */
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { chooseTasks, everyTask } from './choose-tasks.ts'
import type { Plan } from './plan.ts'

/** What `--tags` and `--skip-tags` name. */
export interface TagChoice {
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
}

/** Words that mean something of their own, whether or not a task has them. */
const general = new Set(['all', 'tagged', 'untagged', 'always', 'never'])

const isChosen = (tags: readonly string[], { tags: wanted, skipTags }: TagChoice): boolean => {
  const has = (list: readonly string[], word: string): boolean => list.includes(word)
  const own = tags.filter((tag) => tag !== 'always' && tag !== 'never')
  const named = (list: readonly string[]): boolean =>
    tags.some((tag) => has(list, tag)) || has(list, own.length > 0 ? 'tagged' : 'untagged')
  if (named(skipTags) || (has(skipTags, 'all') && !has(tags, 'always'))) return false
  if (has(tags, 'always') || tags.some((tag) => has(wanted, tag))) return true
  return !has(tags, 'never') && (wanted.length === 0 || has(wanted, 'all') || named(wanted))
}

/** Every tag of a plan, in alphabetical order. */
export const tagsOf = (plan: Plan): string[] =>
  [...new Set(everyTask(plan).flatMap(({ planned }) => planned.settings.tags))].toSorted()

/**
 * Chooses by tags. A task tagged `always` runs whatever is chosen, unless `always` or one of its tags is skipped; one tagged
 * `never` only when one of its tags is named.
 *
 * @throws `usage` for a tag that no task has, with the nearest: it would choose nothing, silently.
 */
export const chooseByTags = (plan: Plan, choice: TagChoice): Plan => {
  const known = tagsOf(plan)
  for (const tag of [...choice.tags, ...choice.skipTags]) {
    if (known.includes(tag) || general.has(tag)) continue
    const guess = nearest(tag, known)
    throw new CoxswainError('usage', `no task has the tag ${tag}`, {
      hint:
        guess === undefined
          ? `the tags: ${known.length === 0 ? 'none' : known.join(', ')}`
          : `did you mean ${guess}?`,
    })
  }
  return chooseTasks(plan, { task: ({ settings }) => isChosen(settings.tags, choice) })
}
