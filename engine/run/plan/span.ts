/** Where the tasks of a list of steps are in the list of their host. Pure. */
import type { Background } from '../../dsl/step.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import type { Role } from '../events.ts'
import type { PlannedTask } from './planned-steps.ts'

/** Where the tasks of a list are in the list of their host. */
export interface Span {
  /** The position of the first task, and the distance to the next. */
  readonly from: number
  readonly by: number
  /** The beginning of each twin. */
  readonly twins: string
  readonly role: Role
  /** Background steps that were started before. */
  readonly begun: ReadonlySet<Background>
  /** The number of steps around it whose values were read. */
  readonly depth: number
}

/** The complete list of a host. */
export const everything: Span = { from: 0, by: 1, twins: '', role: 'task', begun: new Set(), depth: 0 }

/** How many steps made from values can be inside each other. */
const deepest = 32

/**
 * Where the tasks are that a step makes: between its position and the next one.
 *
 * @param size the number of tasks.
 * @throws `playbook-invalid` for a step that is inside too many others, and where positions would be the same.
 */
export const spanWithin = (
  outer: Span,
  {
    about,
    size,
    begun,
  }: { readonly about: PlannedTask; readonly size: number; readonly begun: Span['begun'] },
  { play, place }: { readonly play: string; readonly place: () => Place | undefined },
): Span => {
  const by = outer.by / (size + 1)
  const from = about.position + by
  const depth = outer.depth + 1
  if (depth > deepest)
    throw new CoxswainError(
      'playbook-invalid',
      `play "${play}": steps made from values are nested more than ${deepest} levels deep`,
      {
        place: place(),
        hint: 'a step that makes itself never ends: repeat a task with retry, or a list with map',
      },
    )
  // positions are floating-point numbers: far inside, the distance between two of them is too small
  if (about.position + by / 2 === about.position || from + by / 2 === from)
    throw new CoxswainError(
      'playbook-invalid',
      `play "${play}": a list of steps made from values, ${depth} levels deep, has too many steps for its depth`,
      { place: place(), hint: 'put fewer steps made from values inside each other' },
    )
  return { from, by, twins: `${about.twin}/`, role: about.role, begun, depth }
}
