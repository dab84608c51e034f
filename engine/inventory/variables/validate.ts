import type { z } from 'zod'
import { issueText } from '../../dsl/issue-text.ts'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import type { Place } from '../../errors.ts'
import type { Problem } from './for-schema.ts'
import { parseVariables, placeOf, unreadable } from './parse.ts'
import { Secret } from '../../secret.ts'
import { renderPlace } from '../place.ts'
import { needsOpening, withoutShut } from '../secrets/hosts.ts'
import { namesRead, secretNames } from '../../dsl/schema.ts'
import type { Host } from '../types.ts'

/** What is needed of a host to check its variables. */
type Checked = Pick<Host, 'name' | 'variables'>

const describe = (
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  { variables }: Checked,
  places: ReadonlyMap<string, Place>,
): string => {
  const name = String(issue.path[0] ?? '')
  const variable = variables.get(name)
  const path = issue.path.map(String).join('.')
  if (variable === undefined) {
    const guess = nearest(name, variables.keys())
    return `${path} is not set${guess === undefined ? '' : ` (${guess} is: a slip of the pen?)`}`
  }
  const exact = places.get(path)
  const place = placeOf(schema, variables, exact === undefined ? variable : { ...variable, place: exact })
  return `${path}: ${issueText(issue)}\n${renderPlace(place)}`
}

/** Hosts by what is wrong with their variables, in words. */
type Problems = ReadonlyMap<string, readonly string[]>

const problemsOf = (schema: z.ZodType, hosts: Iterable<Checked>): Problems => {
  const problems = new Map<string, string[]>()
  for (const host of hosts) {
    const { error, places } = parseVariables(schema, host.variables)
    for (const issue of error?.issues ?? []) {
      const problem = describe(schema, issue, host, places)
      problems.set(problem, [...(problems.get(problem) ?? []), host.name])
    }
  }
  return problems
}

/** Names of hosts, the first few of many: what is wrong for hundreds is told in a line all the same. */
const severalNames = (names: readonly string[], most = 5): string =>
  names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more hosts`

const complaint = (problems: Problems): CoxswainError => {
  const lines = [...problems].map(
    ([problem, names]) => `${severalNames(names)}: ${problem.split('\n').join('\n  ')}`,
  )
  return new CoxswainError(
    'variables-invalid',
    lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems with variables\n${lines.join('\n')}`,
  )
}

/** Refuses hosts of which something that the schema reads is sealed; the cause of the error is a list of their names. */
const refuseSealed = (schema: z.ZodType, hosts: readonly Checked[]): void => {
  const shut = hosts.filter((host) => needsOpening(host, 'all'))
  if (shut.length === 0) return
  const wanted = namesRead(schema)
  const names = shut.flatMap((host) => (needsOpening(host, wanted) ? [host.name] : []))
  if (names.length === 0) return
  throw new CoxswainError('secret-sealed', `variables of ${names.join(', ')} are sealed`, { cause: names })
}

/**
 * Checks the variables of every host against a playbook's schema. Variables that the schema does not know are fine:
 * an inventory serves many playbooks.
 *
 * @throws `variables-invalid` with all problems of all hosts at once, each told once; `secret-sealed` for hosts with
 * variables that were not opened.
 */
export const validateAll = (schema: z.ZodType, hosts: Iterable<Checked>): void => {
  const all = [...hosts]
  refuseSealed(schema, all)
  const problems = problemsOf(schema, all)
  if (problems.size > 0) throw complaint(problems)
}

/** Makes reading a variable that cannot be read an error: one that a schema passes on and does not name. */
const guardUnreadable = (values: unknown, late: readonly Problem[]): void => {
  if (typeof values !== 'object' || values === null) return
  for (const problem of late) {
    const name = problem.path[0]
    if (name === undefined || !Object.hasOwn(values, name)) continue
    Object.defineProperty(values, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        throw unreadable(problem)
      },
    })
  }
}

/**
 * A host's variables as a playbook's schema makes them.
 *
 * @throws `variables-invalid` and `secret-sealed` as {@link validateAll} does.
 */
export const variablesOf = <Schema extends z.ZodType>(schema: Schema, host: Checked): z.output<Schema> => {
  refuseSealed(schema, [host])
  const parsed = parseVariables(schema, host.variables)
  if (!parsed.success) throw complaint(problemsOf(schema, [host]))
  guardUnreadable(parsed.data, parsed.late)
  return parsed.data
}

/** What stands for a secret in a listing. */
const unopened = new Secret('')

/**
 * A host's variables for a listing, with nothing opened: a secret that is sealed, or may stand in an encrypted file, is an
 * empty one.
 *
 * @throws `secret-sealed` when the schema needs another variable that is not opened, `variables-invalid`.
 */
export const listedVariables = <Schema extends z.ZodType>(
  schema: Schema,
  host: Checked,
): z.output<Schema> => {
  if (!needsOpening(host, namesRead(schema))) return variablesOf(schema, host)
  const secrets = secretNames(schema)
  const variables = new Map(withoutShut(host.variables))
  const place: Place = { file: 'not opened' }
  for (const name of secrets)
    if (!variables.has(name)) variables.set(name, { value: unopened, hidden: true, place })
  const parsed = parseVariables(schema, variables)
  if (parsed.success) return parsed.data
  return variablesOf(schema, host)
}
