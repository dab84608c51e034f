/** The fact of a step with values: it reads them, and makes the steps. */
import type { Given } from '../../dsl/step.ts'
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
}

/** Thrown where a step with values has no value of a task: it is skipped, with the reason. */
export class NoValue extends Error {}

const isGivenContext = (ctx: CheckContext): ctx is GivenContext => 'readValues' in ctx

/** Whether its values can be read before its turn: a pick is made once in a run, not before it is needed. */
export const isReadableEarly = (sources: Sources): boolean =>
  Object.values(sources).every((source) => {
    const { hosts } = sourceOf(source)
    return hosts === undefined || typeof hosts.selector === 'string'
  })

/** The fact of a step with values. */
export const givenTask = (
  { sources, options, place }: Given,
  make: (values: Readonly<Record<string, unknown>>) => MadeSteps,
): Task<MadeSteps> =>
  Object.freeze({
    [taskBrand]: true as const,
    name: 'given',
    title: options.title ?? `given ${Object.keys(sources).join(', ')}`,
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
