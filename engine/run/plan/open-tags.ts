/** Tags of `--tags` and `--skip-tags` that only a task that is made at its turn can have. */
import type { CoxswainError } from '../../errors.ts'
import type { OnMade } from '../host-context.ts'
import type { Plan } from './plan.ts'
import { givensOf, tasksOf } from './planned-steps.ts'
import type { PlannedTask } from './planned-steps.ts'
import { tagsOf, unknownTag, unknownTags } from './tags.ts'
import type { TagChoice } from './tags.ts'

/** Looks for tags in what steps with values make. */
export class OpenTags {
  readonly #wanted: readonly string[]
  readonly #known: Set<string>
  /** The facts of the steps that have not made their tasks. */
  readonly #waiting = new Set<PlannedTask>()

  /** @param plan all of it, also what the tags leave out. */
  constructor(plan: Plan, choice: TagChoice) {
    this.#known = new Set(tagsOf(plan))
    this.#wanted = unknownTags(choice, [...this.#known])
    if (this.#wanted.length === 0) return
    for (const { candidates } of plan.plays)
      for (const { steps } of candidates.values())
        for (const { about } of givensOf(steps)) this.#waiting.add(about)
  }

  /** Sees what a step has made, whether it is chosen or not. */
  readonly see: OnMade = (_where, { about }, { steps }) => {
    if (this.#wanted.length === 0) return
    this.#waiting.delete(about)
    for (const { settings } of tasksOf(steps, 'all')) for (const tag of settings.tags) this.#known.add(tag)
    for (const inner of givensOf(steps)) this.#waiting.add(inner.about)
  }

  /**
   * One error for each tag that no task has had. It is not `sure` if there are steps that have not made their tasks: these can have
   * the tag.
   */
  unmatched(): { readonly errors: readonly CoxswainError[]; readonly sure: boolean } {
    const known = [...this.#known].toSorted()
    const titles = new Set([...this.#waiting].map(({ task }) => task.title))
    const [title] = titles
    const sure = title === undefined
    const others = titles.size > 1 ? `, and ${titles.size - 1} more` : ''
    const why = sure ? '' : `; the tasks of "${title}"${others} are not known on every host`
    return {
      errors: unknownTags({ tags: this.#wanted, skipTags: [] }, known).map((tag) =>
        unknownTag(tag, known, why),
      ),
      sure,
    }
  }
}
