/**
 * The options of tasks and other steps, and their checks at run time, because playbooks can be plain JavaScript.
 * Pure.
 */
import { CoxswainError } from '../errors.ts'
import {
  becomeKind,
  checkOptions,
  checkedElsewhere,
  countKind,
  envKind,
  folderKind,
  isRecord,
  oneOfKind,
  secondsKind,
  textKind,
  booleanKind,
  wordsKind,
  functionKind,
} from './option-kinds.ts'
import type { Kind, Kinds } from './option-kinds.ts'
import { isSelector } from './select.ts'
import { isTask } from './types.ts'
import type { Retry, Task, TaskOptions } from './types.ts'

/**
 * Options without unknown names. By itself, the compiler finds unknown names only in literals, not in variables and
 * spreads.
 */
export type Exact<Options, Known> = Options & {
  readonly [Name in Exclude<keyof Options, keyof Known>]: never
}

/** Converts one word or several to a list. */
export const listed = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given

/** What `notify` says, as a list. */
export const notifiedBy = ({ notify = [] }: TaskOptions): readonly (string | Task)[] =>
  typeof notify === 'string' || isTask(notify) ? [notify] : notify

/** A pattern of hosts, or a selector made from one. */
export const selectorKind: Kind = { fits: isSelector, hint: 'it is a pattern of hosts, or a pick' }

/** The options of a task. */
export const taskKinds: Kinds<TaskOptions> = {
  title: textKind,
  when: functionKind(
    'write when: (ctx) => …; for values that are known before the run, use an ordinary if around the task',
  ),
  tags: wordsKind,
  become: becomeKind,
  on: selectorKind,
  env: envKind,
  cwd: folderKind,
  ignoreErrors: booleanKind,
  oncePer: oneOfKind('run', 'batch'),
  throttle: countKind,
  notify: {
    fits: (value) => [value].flat().every((one) => typeof one === 'string' || isTask(one)),
    hint: 'it is the name of a handler, a handler, or a list of them',
  },
  listen: wordsKind,
  timeout: secondsKind,
  retry: { fits: isRecord, hint: 'write retry: { attempts: 3, delay: 2 }' },
}

const { notify: _notify, listen: _listen, timeout: _timeout, retry: _retry, ...stepKinds } = taskKinds

/** The options of any step. */
export { stepKinds }

const retryKinds: Kinds<Retry> = {
  attempts: checkedElsewhere,
  delay: checkedElsewhere,
  backoff: checkedElsewhere,
  until: functionKind('write until: (ctx) => …'),
}

const refuseRetry = (about: string, { attempts, delay = 1, backoff = 1 }: Retry): void => {
  if (Number.isInteger(attempts) && attempts >= 2 && delay >= 0 && backoff >= 1) return
  throw new CoxswainError('playbook-invalid', `${about}: retry is not valid`, {
    hint: 'attempts is an integer from 2, delay a number of seconds from 0, backoff a factor from 1',
  })
}

/** Checks the options of a task. */
export const checkTaskOptions = (about: string, options: TaskOptions): void => {
  checkOptions(about, options, taskKinds)
  const { retry } = options
  if (retry === undefined) return
  checkOptions(`${about}: retry`, retry, retryKinds)
  refuseRetry(about, retry)
}
