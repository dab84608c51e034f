/** Compares our reading of an inventory with Ansible's. */
import { CoxswainError, isCoxswainError } from '../../engine/errors.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { matchHosts } from '../../engine/inventory/patterns/match.ts'
import { Scalar } from '../../engine/inventory/scalar.ts'
import type { Inventory } from '../../engine/inventory/types.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import type { Ansible, Answer, Question, Typed } from './ansible.ts'

/** The differences, in words; empty if both agree. */
type Differences = readonly string[]

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Our value with its type, in the form of Ansible's. */
export const typed = (value: unknown): Typed => {
  if (value instanceof Scalar) return typed(value.value)
  if (value === null || value === undefined) return ['none']
  if (typeof value === 'boolean') return ['bool', value]
  if (typeof value === 'bigint') return ['int', String(value)]
  if (typeof value === 'number') return ['float', String(value)]
  if (value instanceof Date) return ['date', value.getTime()]
  if (Array.isArray(value)) return ['list', value.map(typed)]
  if (isMap(value))
    return ['map', Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typed(item)]))]
  return ['str', typeof value === 'string' ? value : JSON.stringify(value)]
}

/** One form for values that only JavaScript or only Python distinguishes: 1 and 1.0, the order of keys. */
export const canonical = (value: unknown): unknown => {
  if (!Array.isArray(value)) return value
  const [kind, inner]: unknown[] = value
  if (kind === 'int' && !Number.isSafeInteger(Number(inner))) return value
  if (kind === 'int' || kind === 'float') {
    const spelt = { inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN' }[String(inner)] ?? String(inner)
    return ['number', String(Number(spelt))]
  }
  if (kind === 'list' && Array.isArray(inner)) return ['list', inner.map(canonical)]
  if (kind === 'map' && isMap(inner)) {
    const entries = Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return ['map', entries.map(([key, item]) => [key, canonical(item)])]
  }
  return value
}

const reported = (value: unknown): string => JSON.stringify(value)

const differ = (what: string, ours: unknown, theirs: unknown): Differences =>
  reported(ours) === reported(theirs)
    ? []
    : [`${what}: ours ${reported(ours)}, Ansible's ${reported(theirs)}`]

interface HostList {
  readonly hosts: readonly string[]
  readonly ordered: boolean
}

const differInOrder = (what: string, ours: readonly string[], { hosts, ordered }: HostList): Differences =>
  ordered ? differ(what, ours, hosts) : differ(`${what}, in any order`, ours.toSorted(), hosts.toSorted())

/** Patterns that we refuse by design, and for which Ansible returns no hosts or leaves a part out. */
const refused = /does not match any host|is out of range|can mean positions or characters/

const patternDiffers = (
  inventory: Inventory,
  pattern: string,
  theirs: HostList | { readonly error: string },
): Differences => {
  let ours: string[]
  try {
    ours = matchHosts(inventory, pattern)
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    if ('error' in theirs || refused.test(error.message)) return []
    return [`pattern ${pattern}: refused with ${error.message}, Ansible's ${reported(theirs.hosts)}`]
  }
  if ('error' in theirs)
    return [`pattern ${pattern}: ours ${reported(ours)}, Ansible refuses it: ${theirs.error}`]
  // the host at a position is random if the order is
  if (!theirs.ordered && pattern.includes('[')) return []
  return differInOrder(`pattern ${pattern}`, ours, theirs)
}

const load = async ({ sources, folder }: Question): Promise<Inventory | CoxswainError> => {
  try {
    return await loadInventory(sources, { playbookFolder: folder })
  } catch (error) {
    if (isCoxswainError(error)) return error
    throw error
  }
}

const differences = (inventory: Inventory, answer: Exclude<Answer, { error: string }>): Differences => {
  const hosts = resolveHosts(inventory)
  const groups = [...inventory.groups.values()]
  return [
    ...differ(
      'groups',
      groups.map(({ name }) => name),
      answer.order.groups,
    ),
    ...differ('hosts', [...inventory.hosts.keys()], answer.order.hosts),
    ...groups.flatMap((group) => {
      const theirs = answer.groups[group.name]
      if (theirs === undefined) return []
      return [
        ...differ(`own hosts of ${group.name}`, group.hosts, theirs.own),
        ...differ(`children of ${group.name}`, group.children, theirs.children),
        ...differInOrder(`hosts of ${group.name}`, hostsOfGroup(inventory, group.name), theirs),
      ]
    }),
    ...Object.entries(answer.hosts).flatMap(([name, theirs]) => {
      const ours = hosts.get(name)
      if (ours === undefined) return []
      const names = new Set([...ours.variables.keys(), ...Object.keys(theirs.variables)])
      return [
        ...differ(`groups of ${name}`, ours.groups.toSorted(), theirs.groups),
        ...[...names].flatMap((key) => {
          const variable = ours.variables.get(key)
          const value = variable === undefined ? undefined : typed(variable.written ?? variable.value)
          return differ(`${key} of ${name}`, canonical(value), canonical(theirs.variables[key]))
        }),
      ]
    }),
    ...Object.entries(answer.patterns).flatMap(([pattern, theirs]) =>
      patternDiffers(inventory, pattern, theirs),
    ),
  ]
}

/** The differences between our reading and Ansible's. If both refuse the inventory, there is no difference. */
export const compare = async (ansible: Ansible, question: Question): Promise<Differences> => {
  const [inventory, answer] = [await load(question), await ansible.ask(question)]
  if (inventory instanceof CoxswainError)
    return 'error' in answer ? [] : [`we refuse what Ansible reads: ${inventory.message}`]
  if ('error' in answer) return [`Ansible refuses what we read: ${answer.error}`]
  return differences(inventory, answer)
}
