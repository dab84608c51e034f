/** Questions about lists of steps before they are planned. Pure. */
import { knownStep } from '../../dsl/known-step.ts'
import { stepsOf } from '../../dsl/step.ts'
import type { RoleStep, Step } from '../../dsl/step.ts'
import type { Task } from '../../dsl/types.ts'
import { sourceOf } from '../../dsl/value-source.ts'
import type { Sources } from '../../dsl/value-source.ts'

/** The tasks whose values steps with values use on their own host. */
export const ownSources = (sources: Sources): Task[] =>
  Object.values(sources).flatMap((source) => {
    const { task, hosts } = sourceOf(source)
    return hosts === undefined ? [task] : []
  })

/** The tasks whose values a list of steps uses; those that the steps of a role use are not known yet. */
export const sourcesIn = (steps: readonly Step[]): Task[] => {
  const sources: Task[] = []
  const visit = (list: readonly Step[]): void => {
    for (const step of list) {
      const known = knownStep(step)
      switch (known.kind) {
        case 'given':
          sources.push(...ownSources(known.step.sources))
          break
        case 'block':
          for (const part of [known.step.steps, known.step.rescue, known.step.always]) visit(part)
          break
        case 'parallel':
          visit(known.step.steps)
          break
        case 'background':
          visit([known.step.step])
          break
        case 'role':
        case 'task':
        case 'join':
        case 'flush':
          break
      }
    }
  }
  visit(steps)
  return sources
}

/** Whether the steps of a role are known without values. */
export const hasNoFacts = ({ facts }: RoleStep): boolean => Object.keys(facts).length === 0

/** The steps of a role. */
export const stepsOfRole = (
  { name, tasks }: RoleStep,
  values: Readonly<Record<string, unknown>>,
): readonly Step[] => stepsOf(`role ${name}: tasks(…)`, Reflect.apply(tasks, undefined, [values]))

/** The number of positions that steps take. */
export const sizeOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => {
    const known = knownStep(step)
    switch (known.kind) {
      case 'task':
      case 'given':
        return sum + 1
      case 'block':
        return sum + sizeOf([...known.step.steps, ...known.step.rescue, ...known.step.always])
      case 'parallel':
        return sum + sizeOf(known.step.steps)
      case 'background':
        return sum + sizeOf([known.step.step])
      case 'role':
        return sum + (hasNoFacts(known.step) ? sizeOf(stepsOfRole(known.step, {})) : 1)
      case 'join':
      case 'flush':
        return sum
    }
  }, 0)
