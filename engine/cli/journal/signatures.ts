/** Signatures of the tasks of a plan: keyed hashes of what each task depends on. */
import type { Host } from '../../inventory/types.ts'
import { isSealed } from '../../inventory/secrets/sealed.ts'
import type { OnMade } from '../../run/host-context.ts'
import type { PastPlace } from '../../run/journal/past.ts'
import { canonical, isOpaque } from '../../run/journal/signature.ts'
import type { Signature } from '../../run/journal/signature.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { Condition, PlannedStep, PlannedTask } from '../../run/plan/planned-steps.ts'
import type { Hash } from './key.ts'
import type { Sources } from './sources.ts'

/** What signatures are made from. */
export interface SignatureInput {
  readonly plan: Plan
  readonly hosts: ReadonlyMap<string, Host>
  /** Absolute path of the playbook. Its full text is not part of a definition: it changes with every edited task. */
  readonly playbook: string
  /** The login user and become options of the command line. */
  readonly as: readonly (string | boolean | undefined)[]
  /** The version of the engine and its tasks. */
  readonly version: string
  readonly sources: Sources
}

/** A task of the plan with the conditions of its blocks. */
interface Placed {
  readonly planned: PlannedTask
  readonly conditions: readonly Condition['when'][]
  /** The values that functions of the task can close over: those of the steps that made it. */
  readonly values: readonly unknown[]
}

const placedIn = (
  steps: readonly PlannedStep[],
  conditions: Placed['conditions'] = [],
  values: Placed['values'] = [],
): Placed[] =>
  steps.flatMap((step): Placed[] => {
    switch (step.kind) {
      case 'task':
        return [{ planned: step, conditions, values }]
      case 'block':
      case 'parallel': {
        const inner = step.condition === undefined ? conditions : [...conditions, step.condition.when]
        const parts = step.kind === 'block' ? [...step.steps, ...step.rescue, ...step.always] : step.steps
        return placedIn(parts, inner, values)
      }
      case 'background':
        return placedIn(step.steps, conditions, values)
      case 'given': {
        const { when } = step.about.task.options
        const inner = when === undefined ? conditions : [...conditions, when]
        return [{ planned: step.about, conditions: inner, values }]
      }
      case 'join':
      case 'flush':
        return []
    }
  })

/** The value of a variable; a sealed value has not been read by a task. */
const valueOf = (value: unknown): unknown => {
  if (isSealed(value)) return 'sealed'
  if (Array.isArray(value)) return value.map(valueOf)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, valueOf(part)]))
}

/** Makes the signatures of tasks. */
export interface Signatures {
  /** The signature of a task, by play, host and position; undefined if there is no such task. */
  readonly at: (where: Pick<PastPlace, 'play' | 'host'>, position: number) => Signature | undefined
  /** Adds the tasks that a step with values made. */
  readonly add: OnMade
}

/**
 * Returns the signatures of a plan's tasks.
 *
 * @param hash the hash function.
 */
export const signaturesOf = (
  { plan, hosts, playbook, as, version, sources }: SignatureInput,
  hash: Hash,
): Signatures => {
  const places = new Map<string, Map<number, Placed>>()
  const variables = new Map<string, string>()
  const definitions = new Map<string, string>()
  const programs = new Map<string, string>()
  const remembered = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
    const known = map.get(key)
    if (known !== undefined) return known
    const made = make()
    map.set(key, made)
    return made
  }
  const placesOf = (play: number, host: string): Map<number, Placed> =>
    remembered(places, JSON.stringify([play, host]), () => {
      const steps = plan.plays[play]?.candidates.get(host)?.steps ?? []
      return new Map(placedIn(steps).map((placed) => [placed.planned.position, placed]))
    })
  const variablesOf = (host: string): string =>
    remembered(variables, host, () => {
      const known = hosts.get(host)?.variables ?? new Map<string, never>()
      const values = [...known].map(([name, { value, typed }]) => [name, valueOf(value), typed])
      return hash(
        canonical(values.toSorted(([one = ''], [other = '']) => (String(one) < String(other) ? -1 : 1))),
      )
    })
  /** The variables of all hosts: a closure can use those of any host. */
  const everyVariable = (): string =>
    remembered(variables, '', () =>
      canonical([...hosts.keys()].toSorted().map((host) => [host, variablesOf(host)])),
    )
  /** Everything that an author's functions can close over; empty for a task without such functions. */
  const programOf = ({
    planned: { task, settings },
    conditions,
    values,
  }: Placed): Pick<Signature, 'program' | 'unsure'> => {
    const { file } = task.definition()
    const { when, retry } = task.options
    const given = [task.params, settings.on, when, retry?.until, conditions]
    if (file === undefined && !isOpaque(given)) return { program: '' }
    const files = [playbook, ...(file === undefined ? [] : [file])]
    const key = canonical(files)
    const program = remembered(programs, key, () =>
      hash(canonical([version, everyVariable(), files.map((one) => sources.module(one))])),
    )
    const unsure = files.map(sources.outside).find((one) => one !== undefined)
    return {
      program: values.length === 0 ? program : hash(canonical([program, values])),
      ...(unsure !== undefined && { unsure }),
    }
  }
  const definitionOf = ({ planned: { task }, conditions }: Placed): string => {
    const { source, file } = task.definition()
    const { when, retry } = task.options
    // a task of the engine is identified by the version, whether bundled or not
    const made = file === undefined ? ['engine', version] : [source, file]
    const key = canonical([task.name, made, when, retry?.until, conditions])
    return remembered(definitions, key, () =>
      hash(canonical([key, file === undefined ? '' : sources.module(file, playbook)])),
    )
  }
  const add: OnMade = ({ play, host }, { about }, { values, steps }) => {
    const known = placesOf(play, host)
    const around = known.get(about.position)
    for (const placed of placedIn(steps, around?.conditions, [...(around?.values ?? []), values]))
      known.set(placed.planned.position, placed)
  }
  const at: Signatures['at'] = ({ play, host }, position) => {
    const placed = placesOf(play, host).get(position)
    if (placed === undefined) return undefined
    const { task, settings } = placed.planned
    const { become, on, env, cwd, ignoreErrors, oncePer } = settings
    return {
      definition: definitionOf(placed),
      parameters: hash(canonical([task.title, task.params, task.sends.map(sources.content)])),
      // a task that runs on another host depends on the variables of that host
      settings: hash(
        canonical([as, become, on, on === undefined ? '' : everyVariable(), env, cwd, ignoreErrors, oncePer]),
      ),
      variables: variablesOf(host),
      ...programOf(placed),
    }
  }
  return { at, add }
}
