/** Options of tasks and other steps, and the refusal of others: playbooks may be plain JavaScript. Pure. */
import { CoxswainError } from '../errors.ts'
import {
  becomeKind,
  checkOptions,
  checkedElsewhere,
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
import type { Retry, TaskOptions } from './types.ts'

/**
 * Options all of whose names are known. A compiler alone looks for unknown names in literals, not in what a variable or a
 * spread brings.
 */
export type Exact<Options, Known> = Options & {
  readonly [Name in Exclude<keyof Options, keyof Known>]: never
}

/** One word or several, as a list. */
export const listed = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given

/** A pattern of hosts, or what is made of one. */
export const selectorKind: Kind = { fits: isSelector, hint: 'it is a pattern of hosts, or a pick' }

/** What a task may say. */
export const taskKinds: Kinds<TaskOptions> = {
  title: textKind,
  when: functionKind(
    'write when: (ctx) => …; what is known beforehand can be an ordinary if around the task',
  ),
  tags: wordsKind,
  become: becomeKind,
  on: selectorKind,
  env: envKind,
  cwd: folderKind,
  ignoreErrors: booleanKind,
  oncePer: oneOfKind('run', 'batch'),
  notify: wordsKind,
  listen: wordsKind,
  timeout: secondsKind,
  retry: { fits: isRecord, hint: 'write retry: { attempts: 3, delay: 2 }' },
}

const { notify: _notify, listen: _listen, timeout: _timeout, retry: _retry, ...stepKinds } = taskKinds

/** What a step of any kind may say. */
export { stepKinds }

const retryKinds: Kinds<Retry> = {
  attempts: checkedElsewhere,
  delay: checkedElsewhere,
  backoff: checkedElsewhere,
  until: functionKind('write until: (ctx) => …'),
}

const refuseRetry = (about: string, { attempts, delay = 1, backoff = 1 }: Retry): void => {
  if (Number.isInteger(attempts) && attempts >= 2 && delay >= 0 && backoff >= 1) return
  throw new CoxswainError('playbook-invalid', `${about}: retry makes no sense`, {
    hint: 'attempts is a whole number from 2, delay is seconds from 0, backoff a factor from 1',
  })
}

/** The same for what is said of a task. */
export const checkTaskOptions = (about: string, options: TaskOptions): void => {
  checkOptions(about, options, taskKinds)
  const { retry } = options
  if (retry === undefined) return
  checkOptions(`${about}: retry`, retry, retryKinds)
  refuseRetry(about, retry)
}
