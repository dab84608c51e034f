import type { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import { nearest } from './nearest.ts'
import { renderPlace } from './place.ts'
import type { Host, Variables } from './types.ts'

/** The values of variables, without their places. */
export const plainVariables = (variables: Variables): Record<string, unknown> =>
  Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))

const describe = (issue: z.core.$ZodIssue, { variables }: Host): string => {
  const name = String(issue.path[0] ?? '')
  const variable = variables.get(name)
  const path = issue.path.map(String).join('.')
  if (variable === undefined) {
    const guess = nearest(name, variables.keys())
    return `${path} is not set${guess === undefined ? '' : ` (${guess} is: a slip of the pen?)`}`
  }
  return `${path}: ${issue.message}\n${renderPlace(variable.place)}`
}

/** Problems of one host with a schema, in words. */
const problemsOf = (schema: z.ZodType, host: Host): string[] => {
  const parsed = schema.safeParse(plainVariables(host.variables))
  return parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, host))
}

/**
 * Checks the variables of every host against a playbook's schema. Variables that the schema does not know are fine:
 * an inventory serves many playbooks.
 *
 * @throws `variables-invalid` with all problems of all hosts at once, each told once.
 */
export const validateAll = (schema: z.ZodType, hosts: Iterable<Host>): void => {
  const hostsOf = new Map<string, string[]>()
  for (const host of hosts) {
    for (const problem of problemsOf(schema, host)) {
      hostsOf.set(problem, [...(hostsOf.get(problem) ?? []), host.name])
    }
  }
  if (hostsOf.size === 0) return
  const lines = [...hostsOf].map(
    ([problem, names]) => `${names.join(', ')}: ${problem.split('\n').join('\n  ')}`,
  )
  throw new CoxswainError(
    'variables-invalid',
    lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems with variables\n${lines.join('\n')}`,
  )
}
