/** The fact of a step with values: it reads them, and makes the steps. */
import type { Given, RoleStep } from '../../dsl/step.ts'
import { taskBrand } from '../../dsl/types.ts'
import type { Task } from '../../dsl/types.ts'
import { ok, unknown } from '../../dsl/verdict.ts'
import type { Verdict } from '../../dsl/verdict.ts'
import { sourceOf } from '../../dsl/value-source.ts'
import type { Sources } from '../../dsl/value-source.ts'
import { CoxswainError } from '../../errors.ts'
import type { MadeSteps } from './planned-steps.ts'

/** What reading values gave: the values, or the reason why there are none. */
export type ReadValues =
  | { readonly kind: 'known'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unknown' | 'none'; readonly why: string }

/** Reads the values of a step. */
export type ValueReader = (sources: Sources) => Promise<ReadValues>

/** The fact of a step with values. It reads with values alone: the context of a check, with all that it can do on a host, is not made for it. */
export interface GivenTask extends Task<MadeSteps> {
  /** Its check. */
  readonly makeFrom: (read: ValueReader) => Promise<Verdict<MadeSteps>>
}

/** Thrown where a step with values has no value of a task: it is skipped, with the reason. */
export class NoValue extends Error {}

/** Whether a task is the fact of a step with values. */
export const isGivenTask = (task: Task): task is GivenTask => 'makeFrom' in task

/** Whether its values can be read before its turn: a pick is made once in a run, not before it is needed. */
export const isReadableEarly = (sources: Sources): boolean =>
  Object.values(sources).every((source) => {
    const { hosts } = sourceOf(source)
    return hosts === undefined || typeof hosts.selector === 'string'
  })

/** The title of a step with values, where it is not given one. */
export const titleOfGiven = ({ sources }: Given): string => `given ${Object.keys(sources).join(', ')}`

/** The title of a role with facts, where it is not given one. */
export const titleOfFacts = ({ name, facts }: RoleStep): string => `${name}: ${Object.keys(facts).join(', ')}`

/** Tells apart steps of the same title in a list: from the second one on, they have a number. */
export const numberedTitles = (): ((title: string) => string) => {
  const seen = new Map<string, number>()
  return (title) => {
    const count = (seen.get(title) ?? 0) + 1
    seen.set(title, count)
    return count === 1 ? title : `${title} (${count})`
  }
}

// the same for all of them, and not made for each host
const refuseCheck = () =>
  Promise.reject(new CoxswainError('internal', 'values are read in the context of a check'))
const nothing: readonly [] = []
const none = () => nothing
const nowhere = () => undefined
const unwritten = { source: '', file: undefined }
const definition = () => unwritten
const params = Object.freeze({})

/** The fact of a step with values. */
export const givenTask = (
  { sources, options, place }: Given,
  title: string,
  make: (values: Readonly<Record<string, unknown>>) => MadeSteps,
): GivenTask =>
  Object.freeze({
    [taskBrand]: true as const,
    name: 'given',
    title,
    params,
    options,
    check: refuseCheck,
    makeFrom: async (readValues: ValueReader) => {
      const read = await readValues(sources)
      if (read.kind === 'known') return ok(make(read.values))
      if (read.kind === 'unknown') return unknown(read.why)
      throw new NoValue(read.why)
    },
    apply: undefined,
    explain: undefined,
    until: undefined,
    guards: false,
    knownAfter: false,
    needs: undefined,
    brings: false,
    writes: none,
    makes: none,
    changes: true,
    fixed: false,
    place,
    definedAt: nowhere,
    definition,
    sends: nothing,
  })
