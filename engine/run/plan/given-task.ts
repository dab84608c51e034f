/** The fact of a step with values: it reads them, and makes the steps. */
import type { Given, RoleStep } from '../../dsl/step.ts'
import { taskBrand } from '../../dsl/types.ts'
import type { CheckContext, Task, WhenContext } from '../../dsl/types.ts'
import { ok, unknown } from '../../dsl/verdict.ts'
import { sourceOf } from '../../dsl/value-source.ts'
import type { Sources } from '../../dsl/value-source.ts'
import { CoxswainError } from '../../errors.ts'
import type { MadeSteps } from './planned-steps.ts'

/** What reading values gave: the values, or the reason why there are none. */
export type ReadValues =
  | { readonly kind: 'known'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unknown' | 'none'; readonly why: string }

/** The context of the first check of a task in a run: it can also read values. */
export interface GivenContext extends WhenContext {
  readonly readValues: (sources: Sources) => Promise<ReadValues>
  /** The same for conditions: under `--check`, a fact that may change before its turn in a run is not known. */
  readonly ofCondition: () => WhenContext
}

/** Thrown where a step with values has no value of a task: it is skipped, with the reason. */
export class NoValue extends Error {}

/** Whether it is the context of the first check of a task in a run. */
export const isGivenContext = (ctx: CheckContext): ctx is GivenContext => 'readValues' in ctx

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

/** The fact of a step with values. */
export const givenTask = (
  { sources, options, place }: Given,
  title: string,
  make: (values: Readonly<Record<string, unknown>>) => MadeSteps,
): Task<MadeSteps> =>
  Object.freeze({
    [taskBrand]: true as const,
    name: 'given',
    title,
    params: {},
    options,
    check: async (ctx: CheckContext) => {
      if (!isGivenContext(ctx)) throw new CoxswainError('internal', 'values are read in another context')
      const read = await ctx.readValues(sources)
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
    writes: () => [],
    makes: () => [],
    changes: true,
    fixed: false,
    place,
    definedAt: () => undefined,
    definition: () => ({ source: '', file: undefined }),
    sends: [],
  })
