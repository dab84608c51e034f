import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { nearest } from './nearest.ts'
import { discreet } from './place.ts'
import type { Group, Inventory, InventoryHost, Variable } from './types.ts'

interface DraftGroup {
  readonly children: Set<string>
  readonly hosts: Set<string>
  readonly variables: Map<string, Variable>
  priority: number
  place: Place | undefined
  /** Somebody says what it is, be it nothing. Otherwise it is only named as a child. */
  defined: boolean
}

/** Ansible's name for what decides between groups that are equally deep. */
export const priorityName = 'ansible_group_priority'

const priorityOf = ({ value, place }: Variable): number => {
  const priority = Number(value)
  if (Number.isInteger(priority) && value !== '' && value !== null) return priority
  throw new CoxswainError('inventory-invalid', `${priorityName} is a whole number`, {
    place: discreet(place),
    hint: 'of groups equally deep the one with the higher number wins; 1 is usual',
  })
}

/** Adds a variable to a layer; what the layer said before is remembered. */
export const setVariable = (layer: Map<string, Variable>, name: string, variable: Variable): void => {
  const before = layer.get(name)
  layer.set(name, before === undefined ? variable : { ...variable, before })
}

/**
 * An inventory while it is read: sources write into it one after another, the later one wins. Each kind of source
 * (YAML, INI, what an executable prints, a module) turns what it reads into these few calls.
 */
export class InventoryDraft {
  readonly #hosts = new Map<string, Map<string, Variable>>()
  readonly #groups = new Map<string, DraftGroup>()

  constructor() {
    // they come first among the groups, as in Ansible: a pattern such as `*` means groups in their order
    this.group('all')
    this.group('ungrouped')
  }

  /** Whether a group is defined, or named, by now. */
  has(name: string): boolean {
    return this.#groups.has(name)
  }

  /** Says that there is such a group. */
  group(name: string, place?: Place): void {
    this.#define(name, place)
  }

  /** Names a group as a child of another; it must be defined, here or elsewhere, before or after. */
  child(parent: string, name: string, place: Place): void {
    this.#group(name, place)
    this.#group(parent).children.add(name)
  }

  /** Names a group that must be defined, here or elsewhere, before or after. */
  mention(name: string, place: Place): void {
    this.#group(name, place)
  }

  host(name: string, group: string | undefined): void {
    if (!this.#hosts.has(name)) this.#hosts.set(name, new Map())
    if (group !== undefined) this.#define(group).hosts.add(name)
  }

  hostVariable(host: string, name: string, variable: Variable): void {
    this.host(host, undefined)
    setVariable(this.#hosts.get(host) ?? new Map(), name, variable)
  }

  /**
   * A variable of a group that is defined or mentioned, be it later.
   *
   * @throws `inventory-invalid` for a priority that is no whole number.
   */
  groupVariable(group: string, name: string, variable: Variable): void {
    const { variables } = this.#group(group, variable.place)
    if (name === priorityName) this.#group(group).priority = priorityOf(variable)
    else setVariable(variables, name, variable)
  }

  /**
   * The inventory.
   *
   * @throws `inventory-invalid` when groups hold each other in a circle, a group is named as a host, or a child is defined
   * nowhere.
   */
  finish(): Inventory {
    this.#placeTopGroups()
    this.#refuseCircles()
    this.#refuseTwins()
    this.#refuseUnknown()
    this.#fillUngrouped()
    const groups = new Map<string, Group>()
    for (const [name, { children, hosts, variables, priority }] of this.#groups) {
      groups.set(name, { name, children: [...children], hosts: [...hosts], variables, priority })
    }
    const hosts = new Map<string, InventoryHost>()
    for (const [name, variables] of this.#hosts) hosts.set(name, { name, variables })
    return { hosts, groups, folders: [] }
  }

  #define(name: string, place?: Place): DraftGroup {
    const group = this.#group(name, place)
    group.defined = true
    return group
  }

  #group(name: string, place?: Place): DraftGroup {
    let group = this.#groups.get(name)
    if (group === undefined) {
      group = {
        children: new Set(),
        hosts: new Set(),
        variables: new Map(),
        priority: 1,
        place,
        defined: false,
      }
      this.#groups.set(name, group)
    }
    return group
  }

  /** Puts every group that is not a child of another below `all`: `ungrouped` first, then those that `all` names. */
  #placeTopGroups(): void {
    const all = this.#group('all')
    const below = new Set([...this.#groups.values()].flatMap(({ children }) => [...children]))
    const orphans = [...this.#groups.keys()].filter((name) => name !== 'all' && !below.has(name))
    const named = [...all.children]
    all.children.clear()
    for (const name of ['ungrouped', ...named, ...orphans]) all.children.add(name)
  }

  /** `ungrouped` has the hosts that no other group but `all` has, wherever the inventory names them. */
  #fillUngrouped(): void {
    const { hosts } = this.#group('ungrouped')
    const grouped = new Set(
      [...this.#groups].flatMap(([name, group]) =>
        name === 'all' || name === 'ungrouped' ? [] : [...group.hosts],
      ),
    )
    for (const name of hosts) if (grouped.has(name)) hosts.delete(name)
    for (const name of this.#hosts.keys()) if (!grouped.has(name)) hosts.add(name)
  }

  #refuseCircles(): void {
    const done = new Set<string>()
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) {
        const circle = [...path.slice(path.indexOf(name)), name].join(' > ')
        throw new CoxswainError('inventory-invalid', `groups hold each other in a circle: ${circle}`, {
          place: this.#groups.get(name)?.place,
        })
      }
      if (done.has(name)) return
      for (const child of this.#groups.get(name)?.children ?? []) visit(child, [...path, name])
      done.add(name)
    }
    for (const name of this.#groups.keys()) visit(name, [])
  }

  #refuseTwins(): void {
    for (const [name, { place }] of this.#groups) {
      if (!this.#hosts.has(name)) continue
      throw new CoxswainError('inventory-invalid', `${name} is the name of a group and of a host`, {
        place,
        hint: 'a pattern could not tell them apart: rename one of them',
      })
    }
  }

  #refuseUnknown(): void {
    for (const [name, { place, defined }] of this.#groups) {
      if (defined) continue
      const known = [...this.#groups].flatMap(([other, group]) => (group.defined ? [other] : []))
      const guess = nearest(name, known)
      throw new CoxswainError('inventory-invalid', `there is no group ${name}`, {
        place,
        hint:
          guess === undefined
            ? `if it shall be empty, say so: \`${name}: { hosts: {} }\`, or [${name}] in INI`
            : `did you mean ${guess}?`,
      })
    }
  }
}
