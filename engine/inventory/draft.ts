import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { nearest } from './nearest.ts'
import { discreet } from './place.ts'
import type { Group, Inventory, InventoryHost, Variable } from './types.ts'
import { warning } from './warning.ts'
import type { Warning } from './warning.ts'

interface DraftGroup {
  readonly children: Set<string>
  readonly hosts: Set<string>
  readonly variables: Map<string, Variable>
  priority: number
  place: Place | undefined
  /** The inventory says what it is, even if that is nothing. Otherwise it is only named. */
  defined: boolean
  /** A name alone is enough: if nothing defines the group, it is empty. */
  implied: boolean
}

/** Ansible's name for what decides between groups that are equally deep. */
export const priorityName = 'ansible_group_priority'

/** Ansible's name for a host's port, so that ours, where it is given, wins over it at the same host. */
export const portName = 'ansible_port'

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
  readonly #warnings: Warning[] = []

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

  /** Names a group as a child of another. If nothing defines it, it is empty, and a warning says so. */
  impliedChild(parent: string, name: string, place: Place): void {
    this.child(parent, name, place)
    this.#group(name).implied = true
  }

  /** Adds a warning. */
  warn(message: string, place: Place, hint?: string): void {
    this.#warnings.push(warning(message, place, hint))
  }

  /** Names a group that must be defined, here or elsewhere, before or after. */
  mention(name: string, place: Place): void {
    this.#group(name, place)
  }

  /**
   * A host, in a group. Its port counts only where the inventory names the host first, as in Ansible; another one later
   * is a warning.
   */
  host(name: string, group: string | undefined, port?: Variable): void {
    const known = this.#hosts.get(name)
    if (known === undefined) this.#hosts.set(name, new Map(port === undefined ? [] : [[portName, port]]))
    else if (port !== undefined) this.#warnOfPort(name, port, known.get(portName))
    if (group !== undefined) this.#define(group).hosts.add(name)
  }

  /**
   * A variable of a host. Where a group of that name is known by now, it is the group's, as in Ansible.
   *
   * @throws `inventory-invalid` for a priority that is no whole number.
   */
  hostVariable(host: string, name: string, variable: Variable): void {
    this.host(host, undefined)
    if (this.#groups.has(host)) {
      this.groupVariable(host, name, variable)
      return
    }
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
   * @throws `inventory-invalid` when groups hold each other in a circle, or a group that must be defined is defined nowhere.
   */
  finish(): Inventory {
    this.#placeTopGroups()
    this.#refuseCircles()
    this.#warnOfTwins()
    this.#refuseUnknown()
    this.#fillUngrouped()
    const groups = new Map<string, Group>()
    for (const [name, { children, hosts, variables, priority }] of this.#groups) {
      groups.set(name, { name, children: [...children], hosts: [...hosts], variables, priority })
    }
    const hosts = new Map<string, InventoryHost>()
    for (const [name, variables] of this.#hosts) hosts.set(name, { name, variables })
    return { hosts, groups, folders: [], warnings: this.#warnings }
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
        implied: false,
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

  #warnOfPort(host: string, { value, place }: Variable, before: Variable | undefined): void {
    if (before?.value === value) return
    const why =
      before === undefined ? 'is named before, without a port' : `has port ${String(before.value)} already`
    this.warn(
      `port ${String(value)} of ${host} does not count: the host ${why}`,
      place,
      `Ansible reads the port of a host only where the host is named first; set ${portName} to be sure`,
    )
  }

  #warnOfTwins(): void {
    for (const [name, { place }] of this.#groups) {
      if (!this.#hosts.has(name)) continue
      this.warn(
        `${name} is the name of a group and of a host`,
        place ?? { file: name },
        `variables of the host may count for the group, and ${name} means the host in one pattern and the group in another: rename one of them`,
      )
    }
  }

  #refuseUnknown(): void {
    for (const [name, { place, defined, implied }] of this.#groups) {
      if (defined) continue
      const known = [...this.#groups].flatMap(([other, group]) => (group.defined ? [other] : []))
      const guess = nearest(name, known)
      const hint =
        guess === undefined
          ? `to have it empty without a warning, write \`${name}: { hosts: {} }\` (YAML) or [${name}] (INI)`
          : `did you mean ${guess}?`
      const message = `there is no group ${name}`
      if (!implied) throw new CoxswainError('inventory-invalid', message, { place, hint })
      this.warn(`${message}: it is read as an empty one`, place ?? { file: name }, hint)
    }
  }
}
