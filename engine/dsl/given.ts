/** Steps that are made when their values are known. */
import { authorsPlace, hereTrace } from '../authors-place.ts'
import { CoxswainError } from '../errors.ts'
import type { NamesIn } from './handler-names.ts'
import { checkOptions, isRecord } from './option-kinds.ts'
import { stepKinds } from './options.ts'
import type { Exact } from './options.ts'
import { stepBrand, stepsOf } from './step.ts'
import type { Given, Step } from './step.ts'
import { isTask } from './types.ts'
import type { StepOptions, Task } from './types.ts'
import { isValueSource, sourceOf } from './value-source.ts'
import type { Sources, ValuesFrom, WithValues } from './value-source.ts'

// one step for each name that the steps in it notify: each of them must fit the play
type GivenOf<Names extends string> = [Names] extends [never]
  ? Given<never>
  : Names extends string
    ? Given<Names>
    : never

/** Options that say how a task runs in a list: a fact that is read for a step does not run in one. */
const listOptions = [
  'when',
  'on',
  'retry',
  'timeout',
  'oncePer',
  'throttle',
  'ignoreErrors',
  'notify',
  'listen',
] as const

/** @throws `playbook-invalid` for a fact with options that would have no effect, and for a task that waits. */
const refuseOptions = (name: string, { title, options, apply, until }: Task): void => {
  if (apply !== undefined) return
  const about = `given(…): ${name} (${title})`
  if (until !== undefined)
    throw new CoxswainError('playbook-invalid', `${about} is a task that waits, and gives no value`)
  const option = listOptions.find((one) => options[one] !== undefined)
  if (option === undefined) return
  throw new CoxswainError('playbook-invalid', `${about}: the option ${option} has no effect on a fact`, {
    hint:
      option === 'on'
        ? `write ${name}: on(HOSTS, …)`
        : 'give it to the step: given({ … }, …, { when: … }); a fact takes become, env and cwd',
  })
}

const refuseOthers = (sources: unknown): void => {
  const hint = 'write given({ os: osRelease({}) }, ({ os }) => [ … ])'
  if (!isRecord(sources))
    throw new CoxswainError('playbook-invalid', 'given(…) takes an object of tasks by name', { hint })
  for (const [name, source] of Object.entries(sources)) {
    if (isTask(source) || isValueSource(source)) {
      refuseOptions(name, sourceOf(source).task)
      continue
    }
    throw new CoxswainError(
      'playbook-invalid',
      `given(…): ${name} is not a task, on(…), onEach(…) or orElse(…)`,
      {
        hint:
          typeof source === 'function'
            ? `a task takes its parameters: write ${name}: …({}), with parentheses`
            : hint,
      },
    )
  }
}

/**
 * Steps that are made from values which are known only on the host, at their turn: facts, outputs of tasks before, values of other hosts.
 *
 * A value that an earlier task did not give, because it was skipped or had nothing to do, skips the steps. Under `--check`, a value that
 * depends on a predicted change is unknown, and so are the steps.
 *
 * @param sources tasks by name: facts are read, tasks that act must have had their turn. `on`, `onEach` and `orElse` say more.
 * @param make returns the steps; pure. It is called for each host, and may be called more than once.
 * @param options those of a block without `rescue` and `always`; `when` and `oncePer` apply to the tasks that are made.
 * @throws `playbook-invalid` for sources that are not tasks, and for invalid options.
 * @example
 * given({ os: osRelease({}) }, ({ os }) => [
 *   packages({ name: os.family.includes('debian') ? ['chrony'] : ['chronyd'] }),
 * ])
 */
export function given<const Named extends Sources, Item extends Step, Options extends StepOptions>(
  sources: Named & WithValues<Named>,
  make: (values: ValuesFrom<Named>) => readonly Item[],
  options?: Exact<Options, StepOptions>,
): GivenOf<NamesIn<Item>>
export function given(sources: Sources, make: (values: never) => unknown, options: StepOptions = {}): Given {
  const origin = hereTrace()
  refuseOthers(sources)
  if (typeof make !== 'function')
    throw new CoxswainError('playbook-invalid', 'given(…) takes a function that returns steps', {
      hint: 'write given({ os: osRelease({}) }, ({ os }) => [ … ])',
    })
  checkOptions('given', options, stepKinds)
  return Object.freeze({
    [stepBrand]: 'given' as const,
    sources: Object.freeze({ ...sources }),
    make,
    options: Object.freeze({ ...options }),
    place: () => authorsPlace(origin),
  })
}

/**
 * The steps that `given` makes from values.
 *
 * @param play the name of the play, for errors.
 * @throws `playbook-invalid` if it does not return a list of steps; what the author's function throws.
 */
export const stepsFrom = (
  play: string,
  { make, place }: Given,
  values: Readonly<Record<string, unknown>>,
): readonly Step[] =>
  // the types of the values are those that given(…) checked at compile time
  stepsOf(`play "${play}": given(…)`, Reflect.apply(make, undefined, [values]), place)
