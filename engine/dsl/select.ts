import { checkOptions, listKind, textKind, booleanKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { selectorBrand } from './types.ts'
import type { Except, Pick, Selector, Task } from './types.ts'

/** What is said of a pick. */
export interface PickOptions {
  readonly hosts: string
  readonly prefer: readonly Task[]
  readonly become?: boolean
}

const pickKinds: Kinds<PickOptions> = { hosts: textKind, prefer: listKind, become: booleanKind }

/**
 * A host chosen at run time, once a run: what it gave first it gives again.
 *
 * @throws `playbook-invalid` for options that do not exist or make no sense.
 * @example
 * const leader = pick('leader', { hosts: 'masters', prefer: [apiServerReady({})] })
 * play('the first master', { hosts: leader, ... })
 */
export const pick = (name: string, options: PickOptions): Pick => {
  checkOptions(`pick "${name}"`, options, pickKinds)
  return Object.freeze({ [selectorBrand]: 'pick' as const, name, become: true, ...options })
}

/**
 * The hosts of a pattern, except the one that was picked.
 *
 * @example
 * play('the other masters', { hosts: except('masters', leader), serial: 1, ... })
 */
export const except = (hosts: string, picked: Pick): Except =>
  Object.freeze({ [selectorBrand]: 'except' as const, hosts, pick: picked })

/** Whether a value can stand where a selector is wanted. */
export const isSelector = (value: unknown): value is Selector =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && selectorBrand in value)

export const isPick = (selector: Selector): selector is Pick =>
  typeof selector !== 'string' && selector[selectorBrand] === 'pick'

/** A selector in words, for listings that must not connect. */
export const describeSelector = (selector: Selector): string => {
  if (typeof selector === 'string') return selector
  if (isPick(selector)) return `${selector.name} (one of ${selector.hosts}, chosen at run time)`
  return `${selector.hosts} except ${selector.pick.name}`
}

/** The pattern of all hosts that a selector could give. */
export const candidatePattern = (selector: Selector): string =>
  typeof selector === 'string' ? selector : selector.hosts
