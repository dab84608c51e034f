import type { z } from 'zod'
import type { Explanation, Failure } from './explanation.ts'
import { checkedElsewhere, functionKind, schemaKind, textKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import type { ApplyContext, CheckContext, WaitOptions } from './types.ts'
import type { Drift, Ok, Verdict } from './verdict.ts'
import type { Writing } from './writing.ts'

/** What an author writes. At least one of `check` and `apply` is needed. */
export interface TaskSpec<Schema extends z.ZodType, Value, Applied = unknown> {
  /** The name on the command line: lower-case words joined by dashes. */
  readonly name: string
  /** One sentence: what the task does. */
  readonly description: string
  /** What its check reads on a host, in a few words: `the file`, `rpm -q, dnf versionlock`. */
  readonly reads?: string
  /** Example parameters, for its documentation. */
  readonly example?: z.input<Schema>
  /**
   * The schema of its parameters, each with a `.describe()`: the command line, errors and the documentation use it. As a
   * function, it is made when the task is first used: loading a library of many tasks then takes less time.
   */
  readonly params: Schema | (() => Schema)
  /** A title of a few words for the task with these parameters; the name by default. */
  readonly title?: (params: z.output<Schema>) => string
  /** Reads the host and returns whether it is in the wanted state. It never changes anything. */
  readonly check?: (ctx: CheckContext, params: z.output<Schema>) => Promise<Verdict<Value>> | Verdict<Value>
  /** False for parameters with which nothing can be checked: the task then acts in every run, and listings say so. */
  readonly checkable?: (params: z.output<Schema>) => boolean
  /**
   * True for parameters with which the check only guards the apply, as `creates` does: its `ok` means that the work
   * was started once, not that it was completed. An apply that failed or was interrupted is not reported as done
   * because of it.
   */
  readonly guards?: (params: z.output<Schema>) => boolean
  /**
   * True for parameters with which only the apply finds out whether it changed something: it returns `ok()` or
   * `drift(…)`. Under `--check`, the outcome is then unknown where it would otherwise be a change.
   */
  readonly knownAfter?: (params: z.output<Schema>) => boolean
  /**
   * Makes the changes. The engine checks again afterwards. It may return `ok(value)`: the value of the task, for later steps. After
   * an `unknown` of the check, or with `knownAfter`, `ok(…)` also means that nothing had to be changed, and `drift(…)` lists the changes;
   * `{ ...drift(…), value }` has a value, too.
   */
  readonly apply?: (ctx: ApplyContext, params: z.output<Schema>) => Promise<Applied>
  /**
   * Reads what the host knows of the cause when the task has failed after it tried to do something, or waited in vain. It is shown
   * below the error. It gets a minute; what it throws is not shown.
   */
  readonly explain?: (
    ctx: CheckContext,
    params: z.output<Schema>,
    failure: Failure,
  ) => Promise<Explanation | undefined>
  /** For a fact: its value cannot change during a run, such as the architecture. It is then read once on a host. */
  readonly fixed?: true
  /**
   * How long to wait: a task without an apply waits until its check returns ok, one with an apply while its check
   * returns {@link pending}.
   */
  readonly until?: (params: z.output<Schema>) => WaitOptions
  /** Paths on the controller whose content it sends to a host: `--resume` runs the task again if it has changed. */
  readonly sends?: (params: z.output<Schema>) => readonly string[]
  /**
   * Reads what it needs on the controller, and throws if that is missing. It also runs under `--check`, and for
   * parameters with which nothing can be checked.
   */
  readonly needs?: (params: z.output<Schema>) => Promise<unknown>
  /**
   * Whether it creates files that it does not list, as a package does. Under `--check`, a later task that does not
   * find its file, or anything below a missing folder, is then unknown, not ok.
   */
  readonly brings?: (params: z.output<Schema>) => boolean
  /**
   * What its apply writes on the host. Under `--check`, if something would change, the engine checks whether the host
   * would refuse it, and fails as the run would. Later tasks treat folders that it creates as existing.
   */
  readonly writes?: (params: z.output<Schema>) => readonly Writing[]
  /**
   * What its apply creates, for later tasks under `--check`: users and groups, as `the user NAME` and `the group
   * NAME`, and names that a check looks up with `predicted`.
   */
  readonly makes?: (params: z.output<Schema>) => readonly string[]
  /**
   * False for a task that changes nothing on a host, such as a pause: it has no check, is reported as `ok`, and does
   * not run under `--check`.
   */
  readonly changes?: false
}

/** The values in what an apply returns. */
type GivenBy<Applied> = Applied extends Ok<infer Value> | (Drift & { readonly value: infer Value })
  ? Value
  : never

/**
 * The type of a task's value: what its check returns with `ok(value)`. If its apply returns an `ok(value)`, also that; a check without a
 * value then stands for "nothing to do": the task has no value in that run.
 */
export type TaskValue<Checked, Applied> = unknown extends Applied
  ? Checked
  : [GivenBy<Applied>] extends [never]
    ? Checked
    : Exclude<Checked, void> | GivenBy<Applied>

/** What each option of a task definition can be. */
export const specKinds: Kinds<TaskSpec<z.ZodType, unknown>> = {
  name: textKind,
  description: textKind,
  reads: textKind,
  example: checkedElsewhere,
  params: {
    fits: (value) => schemaKind.fits(value) || typeof value === 'function',
    hint: 'it is a schema, or a function that returns one: z.object({ … }), or () => z.object({ … })',
  },
  title: functionKind('write title: (params) => …'),
  check: functionKind('write async check({ remote }, params) { … }'),
  checkable: functionKind('write checkable: (params) => …'),
  guards: functionKind('write guards: (params) => …'),
  knownAfter: functionKind('write knownAfter: (params) => …'),
  apply: functionKind('write async apply({ remote }, params) { … }'),
  explain: functionKind('write async explain({ remote }, params, { error }) { … }'),
  fixed: { fits: (value) => value === true, hint: 'it is true, or left out' },
  until: functionKind('write until: (params) => ({ timeout: 60, every: 1 })'),
  needs: functionKind('write needs: (params) => …'),
  brings: functionKind('write brings: (params) => …'),
  writes: functionKind("write writes: ({ path }) => [{ path, as: 'file' }]"),
  makes: functionKind('write makes: ({ name }) => [`the user ${name}`]'),
  sends: functionKind('write sends: (params) => [ … ]'),
  changes: { fits: (value) => value === false, hint: 'it is false, or left out' },
}
