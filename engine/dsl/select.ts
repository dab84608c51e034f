import { checkOptions, listKind, textKind, booleanKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { selectorBrand } from './types.ts'
import type { Except, Pick, Selector, Task } from './types.ts'

/** The options of a pick. */
export interface PickOptions {
  /** The pattern of the hosts to choose from. */
  readonly hosts: string
  /** Probes: tasks with a check, the most preferred first. The first host that one of them returns ok for is chosen. */
  readonly prefer: readonly Task[]
  /** Whether the probes run as root; true by default. */
  readonly become?: boolean
}

const pickKinds: Kinds<PickOptions> = { hosts: textKind, prefer: listKind, become: booleanKind }

/**
 * A host that is selected once in a run, at run time.
 *
 * @throws `playbook-invalid` for unknown options and invalid values.
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

/** Whether a value is a selector. */
export const isSelector = (value: unknown): value is Selector =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && selectorBrand in value)

export const isPick = (selector: Selector): selector is Pick =>
  typeof selector !== 'string' && selector[selectorBrand] === 'pick'

/** Describes a selector, for listings that do not connect. */
export const describeSelector = (selector: Selector): string => {
  if (typeof selector === 'string') return selector
  if (isPick(selector)) return `${selector.name} (one of ${selector.hosts}, chosen at run time)`
  return `${selector.hosts} except ${selector.pick.name}`
}

/** The pattern of all hosts that a selector can select. */
export const candidatePattern = (selector: Selector): string =>
  typeof selector === 'string' ? selector : selector.hosts
