/** Refuses options that only a compiler would refuse otherwise: playbooks may be plain JavaScript. Pure. */
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import type { BlockOptions } from './step.ts'
import type { Retry, TaskOptions } from './options.ts'
import type { PlaySpec } from './play.ts'
import { isSelector } from './select.ts'

/** What an option may be. */
interface Kind {
  readonly fits: (value: unknown) => boolean
  readonly hint: string
}

type Kinds<Options> = Readonly<Record<keyof Options, Kind>>

const isText = (value: unknown): value is string => typeof value === 'string'
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text: Kind = { fits: isText, hint: 'it is text' }
const words: Kind = {
  fits: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  hint: 'it is a word, or a list of words',
}
const truth: Kind = { fits: (value) => typeof value === 'boolean', hint: 'it is true or false' }
const become: Kind = {
  fits: (value) => typeof value === 'boolean' || isText(value),
  hint: 'it is the name of a user, true for root, or false for the login user',
}
const selector: Kind = { fits: isSelector, hint: 'it is a pattern of hosts, or a pick' }
const env: Kind = {
  fits: (value) => isRecord(value) && Object.values(value).every(isText),
  hint: 'it gives a text to each name: { LANG: "C" }',
}
const seconds: Kind = {
  fits: (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
  hint: 'it is a number of seconds, more than 0',
}
const list: Kind = { fits: Array.isArray, hint: 'it is a list of tasks and other steps' }
const work = (hint: string): Kind => ({ fits: (value) => typeof value === 'function', hint })
const oneOf = (...choices: readonly string[]): Kind => ({
  fits: (value) => isText(value) && choices.includes(value),
  hint: `it is one of ${choices.join(', ')}`,
})
/** Looked at more closely where it is used. */
const elsewhere: Kind = { fits: () => true, hint: '' }

/** What a task may say. */
export const taskKinds: Kinds<TaskOptions> = {
  title: text,
  when: work('write when: (ctx) => …; what is known beforehand can be an ordinary if around the task'),
  tags: words,
  become,
  on: selector,
  env,
  cwd: text,
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
  cwd: text,
  tasks: work('write tasks: ({ host, vars }) => [ … ]'),
  handlers: work('write handlers: () => ({ restart: … })'),
}

const retryKinds: Kinds<Retry> = {
  attempts: elsewhere,
  delay: elsewhere,
  backoff: elsewhere,
  until: work('write until: (ctx) => …'),
}

const shown = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value))

const refuseRetry = (about: string, { attempts, delay = 1, backoff = 1 }: Retry): void => {
  if (Number.isInteger(attempts) && attempts >= 2 && delay >= 0 && backoff >= 1) return
  throw new CoxswainError('playbook-invalid', `${about}: retry makes no sense`, {
    hint: 'attempts is a whole number from 2, delay is seconds from 0, backoff a factor from 1',
  })
}

/**
 * Refuses options that do not exist, or whose value makes no sense.
 *
 * @param about what they are said of, for the error.
 * @throws `playbook-invalid` with the nearest name, or what the value may be.
 */
export const checkOptions = (about: string, options: object, kinds: Readonly<Record<string, Kind>>): void => {
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind === undefined) {
      const known = Object.keys(kinds)
      const guess = nearest(key, known)
      throw new CoxswainError('playbook-invalid', `${about}: there is no option ${key}`, {
        hint: guess === undefined ? `there are: ${known.join(', ')}` : `did you mean ${guess}?`,
      })
    }
    if (value === undefined || kind.fits(value)) continue
    throw new CoxswainError('playbook-invalid', `${about}: ${key} is ${shown(value)}`, { hint: kind.hint })
  }
}

/** The same for what is said of a task. */
export const checkTaskOptions = (about: string, options: TaskOptions): void => {
  checkOptions(about, options, taskKinds)
  const { retry } = options
  if (retry === undefined) return
  checkOptions(`${about}: retry`, retry, retryKinds)
  refuseRetry(about, retry)
}
