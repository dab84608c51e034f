import type { z } from 'zod'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import type { Place } from '../../errors.ts'
import { nearestAllowed, neededText } from './allowed.ts'
import type { Problem } from './for-schema.ts'
import { parseVariables, placeOf, unreadable } from './parse.ts'
import { Secret } from '../../secret.ts'
import { renderPlace } from '../place.ts'
import { needsOpening, withoutShut } from '../secrets/hosts.ts'
import { namesRead, secretNames } from '../../dsl/schema.ts'
import type { Host, Variable } from '../types.ts'

/** The parts of a host for checking its variables. */
type Checked = Pick<Host, 'name' | 'variables'>

/** What is wrong with a variable. */
interface Described {
  readonly message: string
  /** Where it is set; undefined for one that is not. */
  readonly place: Place | undefined
}

/** What was read, and the nearest of the allowed words. Only what the line at the place shows is repeated. */
const readText = (issue: z.core.$ZodIssue, { value }: Variable, { excerpt }: Place): string => {
  if (issue.path.length !== 1) return ''
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return ''
  const text = String(value)
  if (text === '' || text.includes('\n') || excerpt?.includes(text) !== true) return ''
  const guess = nearestAllowed(issue, text)
  return `, not ${JSON.stringify(value)}${guess === undefined ? '' : ` (did you mean ${guess}?)`}`
}

const toSet = 'set the variable in the inventory or with -e name=value'
const toFix = 'fix the value at the place shown'

/** What to do about problems: some are values at a place, others are variables that are not set. */
const hintFor = (problems: readonly Described[]): string => {
  const given = problems.filter(({ place }) => place !== undefined).length
  if (given === 0) return toSet
  if (given < problems.length) return `fix the values at the places shown, and ${toSet}`
  return given === 1 ? toFix : 'fix the values at the places shown'
}

const describe = (
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  { variables }: Checked,
  places: ReadonlyMap<string, Place>,
): Described => {
  const name = String(issue.path[0] ?? '')
  const variable = variables.get(name)
  const path = issue.path.map(String).join('.')
  if (variable === undefined) {
    const guess = nearest(name, variables.keys())
    return {
      message: `${path} is not set${guess === undefined ? '' : ` (did you mean ${guess}?)`}`,
      place: undefined,
    }
  }
  const exact = places.get(path)
  const place = placeOf(schema, variables, exact === undefined ? variable : { ...variable, place: exact })
  const needed = neededText(schema, issue)
  const read = / (?:is|are) needed$/.test(needed) ? readText(issue, variable, place) : ''
  return { message: `${path}: ${needed}${read}`, place }
}

/** What is wrong with a variable, on these hosts. */
interface HostProblem extends Described {
  readonly hosts: readonly string[]
}

/** Problems by their text. */
type Problems = ReadonlyMap<string, HostProblem>

const problemsOf = (schema: z.ZodType, hosts: Iterable<Checked>): Problems => {
  const problems = new Map<string, HostProblem>()
  for (const host of hosts) {
    const { error, places } = parseVariables(schema, host.variables)
    for (const issue of error?.issues ?? []) {
      const problem = describe(schema, issue, host, places)
      const { message, place } = problem
      const text = place === undefined ? message : `${message}\n${renderPlace(place)}`
      problems.set(text, { ...problem, hosts: [...(problems.get(text)?.hosts ?? []), host.name] })
    }
  }
  return problems
}

/** Lists the names of hosts, and only the first few of many. */
const severalNames = (names: readonly string[], most = 5): string =>
  names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more hosts`

const problemsError = (problems: Problems): CoxswainError => {
  const lines = [...problems].map(
    ([problem, { hosts }]) => `${severalNames(hosts)}: ${problem.split('\n').join('\n  ')}`,
  )
  return new CoxswainError(
    'variables-invalid',
    lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems with variables\n${lines.join('\n')}`,
    { hint: hintFor([...problems.values()]) },
  )
}

/**
 * All that is wrong with variables of hosts, an error each.
 *
 * @param hosts with variables that are decrypted.
 */
export const variableFaults = (
  schema: z.ZodType,
  hosts: Iterable<Checked>,
): readonly { readonly error: CoxswainError; readonly hosts: readonly string[] }[] =>
  [...problemsOf(schema, hosts).values()].map((problem) => ({
    error: new CoxswainError('variables-invalid', `${severalNames(problem.hosts)}: ${problem.message}`, {
      place: problem.place,
      hint: hintFor([problem]),
    }),
    hosts: problem.hosts,
  }))

/** Refuses hosts with sealed variables that the schema reads; the cause of the error is a list of their names. */
const refuseSealed = (schema: z.ZodType, hosts: readonly Checked[]): void => {
  const shut = hosts.filter((host) => needsOpening(host, 'all'))
  if (shut.length === 0) return
  const wanted = namesRead(schema)
  const names = shut.flatMap((host) => (needsOpening(host, wanted) ? [host.name] : []))
  if (names.length === 0) return
  throw new CoxswainError('secret-sealed', `variables of ${names.join(', ')} are sealed`, { cause: names })
}

/**
 * Checks the variables of every host against a playbook's schema. Variables that are not in the schema are allowed:
 * an inventory is for many playbooks.
 *
 * @throws `variables-invalid` with all problems of all hosts, each once; `secret-sealed` for hosts with
 * variables that were not opened.
 */
export const validateAll = (schema: z.ZodType, hosts: Iterable<Checked>): void => {
  const all = [...hosts]
  refuseSealed(schema, all)
  const problems = problemsOf(schema, all)
  if (problems.size > 0) throw problemsError(problems)
}

/** Makes reading an unreadable variable an error, if the schema passes it through without naming it. */
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
 * The variables of a host, parsed with a playbook's schema.
 *
 * @throws `variables-invalid` and `secret-sealed` as in {@link validateAll}.
 */
export const variablesOf = <Schema extends z.ZodType>(schema: Schema, host: Checked): z.output<Schema> => {
  refuseSealed(schema, [host])
  const parsed = parseVariables(schema, host.variables)
  if (!parsed.success) throw problemsError(problemsOf(schema, [host]))
  guardUnreadable(parsed.data, parsed.late)
  return parsed.data
}

/** The value of a secret in a listing. */
const unopened = new Secret('')

/**
 * The variables of a host for a listing, without opening secrets: a secret that is sealed, or can be in an encrypted file, is
 * empty.
 *
 * @throws `secret-sealed` if the schema needs another variable that is not opened, `variables-invalid`.
 */
export const listedVariables = <Schema extends z.ZodType>(
  schema: Schema,
  host: Checked,
): z.output<Schema> => {
  // the names of a schema take longer to read than all variables
  if (!needsOpening(host, 'all') || !needsOpening(host, namesRead(schema))) return variablesOf(schema, host)
  const secrets = secretNames(schema)
  const variables = new Map(withoutShut(host.variables))
  const place: Place = { file: 'not opened' }
  for (const name of secrets)
    if (!variables.has(name)) variables.set(name, { value: unopened, hidden: true, place })
  const parsed = parseVariables(schema, variables)
  if (parsed.success) return parsed.data
  return variablesOf(schema, host)
}
