/** Refuses options that only a compiler would refuse otherwise: playbooks may be plain JavaScript. Pure. */
import type { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import {
  become,
  checkOptions,
  elsewhere,
  env,
  folder,
  isRecord,
  list,
  oneOf,
  schema,
  seconds,
  text,
  truth,
  words,
  work,
} from './option-kinds.ts'
import type { Kind, Kinds } from './option-kinds.ts'
import type { BlockOptions } from './step.ts'
import type { Retry, TaskOptions } from './options.ts'
import type { PlaySpec } from './play.ts'
import type { PlaybookSpec } from './playbook.ts'
import { isSelector } from './select.ts'
import type { TaskSpec } from './task.ts'

const selector: Kind = { fits: isSelector, hint: 'it is a pattern of hosts, or a pick' }
/** What a task may say. */
export const taskKinds: Kinds<TaskOptions> = {
  title: text,
  when: work('write when: (ctx) => …; what is known beforehand can be an ordinary if around the task'),
  tags: words,
  become,
  on: selector,
  env,
  cwd: folder,
  ignoreErrors: truth,
  oncePer: oneOf('run', 'batch'),
  notify: words,
  listen: words,
  timeout: seconds,
  retry: { fits: isRecord, hint: 'write retry: { attempts: 3, delay: 2 }' },
}

const { notify: _notify, listen: _listen, timeout: _timeout, retry: _retry, ...stepKinds } = taskKinds

/** What steps side by side may say. */
export const parallelKinds = stepKinds

/** What a block may say. */
export const blockKinds: Kinds<BlockOptions> = { ...stepKinds, rescue: list, always: list }

/** What a play may say. */
export const playKinds: Kinds<PlaySpec<unknown>> = {
  hosts: selector,
  optional: truth,
  become,
  serial: elsewhere,
  strategy: oneOf('free', 'linear'),
  anyErrorsFatal: truth,
  maxFailPercentage: {
    fits: (value) => typeof value === 'number' && value >= 0 && value <= 100,
    hint: 'it is a share of the hosts, from 0 to 100',
  },
  tags: words,
  env,
  cwd: folder,
  tasks: work('write tasks: ({ host, vars }) => [ … ]'),
  handlers: work('write handlers: () => ({ restart: … })'),
}

/** What the definition of a task may say. */
export const specKinds: Kinds<TaskSpec<z.ZodType, unknown>> = {
  name: text,
  description: text,
  reads: text,
  example: elsewhere,
  params: schema,
  title: work('write title: (params) => …'),
  check: work('write async check({ remote }, params) { … }'),
  checkable: work('write checkable: (params) => …'),
  guards: work('write guards: (params) => …'),
  apply: work('write async apply({ remote }, params) { … }'),
  until: work('write until: (params) => ({ timeout: 60, every: 1 })'),
  needs: work('write needs: (params) => …'),
  brings: work('write brings: (params) => …'),
  writes: work("write writes: ({ path }) => [{ path, as: 'file' }]"),
  makes: work('write makes: ({ name }) => [`the user ${name}`]'),
  sends: work('write sends: (params) => [ … ]'),
  changes: { fits: (value) => value === false, hint: 'it is false, or left out' },
}

/** What a playbook may say. */
export const playbookKinds: Kinds<PlaybookSpec<z.ZodType>> = {
  name: text,
  description: text,
  vars: schema,
  plays: work('write plays: ({ play }) => [ … ]'),
}

const retryKinds: Kinds<Retry> = {
  attempts: elsewhere,
  delay: elsewhere,
  backoff: elsewhere,
  until: work('write until: (ctx) => …'),
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
