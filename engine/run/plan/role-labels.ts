/** Names of the uses of roles in a play: handlers are named, reported and remembered by them. Pure. */
import { createHash } from 'node:crypto'
import { knownStep } from '../../dsl/known-step.ts'
import type { RoleStep, Step } from '../../dsl/step.ts'
import { isSecret } from '../../secret.ts'
import { canonical } from '../journal/signature.ts'

/** The roles in a list and its blocks; not those inside other roles, nor those that are made from values. */
const rolesIn = (steps: readonly Step[]): RoleStep[] =>
  steps.flatMap((step) => {
    const known = knownStep(step)
    switch (known.kind) {
      case 'role':
        return [known.step]
      case 'block':
        return rolesIn([...known.step.steps, ...known.step.rescue, ...known.step.always])
      case 'parallel':
        return rolesIn(known.step.steps)
      case 'background':
        return rolesIn([known.step.step])
      case 'task':
      case 'given':
      case 'join':
      case 'flush':
        return []
    }
  })

/** A copy of parameters without secrets: what is derived from it can be shown. */
const withoutSecrets = (value: unknown): unknown => {
  if (isSecret(value)) return 'secret'
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSecrets(part)]))
}

/** A short number that stands for values, and says nothing about the secrets in them. */
export const digest = (values: unknown): string =>
  createHash('sha256')
    .update(canonical(withoutSecrets(values)))
    .digest('hex')
    .slice(0, 6)

const isEmpty = (params: unknown): boolean =>
  typeof params !== 'object' || params === null || Object.keys(params).length === 0

/** Returns the name of the use of a role. */
export type LabelOf = (role: RoleStep) => string

/**
 * The names of the roles of a list. One that is used with one set of parameters has its own name: a handler that is due stays due when the
 * parameters are edited. Used with several, each has a number that only depends on the parameters, so that another order names them alike.
 *
 * @param isComplete whether the list has all uses; not for steps that are made from values.
 */
export const roleLabels = (steps: readonly Step[], isComplete: boolean): LabelOf => {
  /** By role: its sets of parameters, with the number of each. */
  const sets = new Map<string, Map<string, string>>()
  for (const { name, params } of rolesIn(steps)) {
    const known = sets.get(name) ?? new Map<string, string>()
    sets.set(name, known)
    const key = canonical(params)
    if (known.has(key)) continue
    const number = digest(params)
    // sets that differ in secrets alone have the same digest
    const alike = [...known.values()].filter((other) => other.startsWith(number)).length
    known.set(key, alike === 0 ? number : `${number}-${alike + 1}`)
  }
  return ({ name, params }) => {
    const known = sets.get(name)
    const number = known?.get(canonical(params))
    if (isEmpty(params) || (isComplete && number !== undefined && known?.size === 1)) return name
    return `${name} ${number ?? digest(params)}`
  }
}
