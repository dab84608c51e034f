import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { nearest } from './nearest.ts'
import { priorityName, priorityOf } from './priority.ts'
import type { Group, Inventory, InventoryHost, Variable } from './types.ts'
import { warning } from './warning.ts'
import type { Warning } from './warning.ts'

interface DraftGroup {
  readonly children: Set<string>
  readonly hosts: Set<string>
  readonly variables: Map<string, Variable>
  priority: number
  place: Place | undefined
  /** Whether the inventory defines the group, even if it is empty; otherwise it is only named. */
  defined: boolean
  /** Whether the group can be undefined: then it is empty. */
  implied: boolean
}

/** Ansible's name of the port variable; our name overrides it at the same host. */
export const portName = 'ansible_port'

/** Adds a variable to a layer, and keeps the earlier value of the layer. */
export const setVariable = (layer: Map<string, Variable>, name: string, variable: Variable): void => {
  const before = layer.get(name)
  layer.set(name, before === undefined ? variable : { ...variable, before })
}

/**
 * An inventory that is being read. Sources write to it in order, and later ones override earlier ones. Each kind of source
 * (YAML, INI, the output of an executable, a module) calls these methods.
 */
export class InventoryDraft {
  readonly #hosts = new Map<string, Map<string, Variable>>()
  readonly #groups = new Map<string, DraftGroup>()
  readonly #warnings: Warning[] = []
  /** The file that first names each host. */
  readonly #sources = new Map<string, string>()
  #source: string | undefined

  constructor() {
    // the first groups, as in Ansible: patterns such as `*` match groups in order
    this.group('all')
    this.group('ungrouped')
  }

  /** Begins a file, or a source that is not one. */
  reading(source: string | undefined): void {
    this.#source = source
  }

  /** Whether a group is already defined or named. */
  has(name: string): boolean {
    return this.#groups.has(name)
  }

  /** Defines a group. */
  group(name: string, place?: Place): void {
    this.#define(name, place)
  }

  /** Adds a child to a group. The child must be defined in any source, earlier or later. */
  child(parent: string, name: string, place: Place): void {
    this.#group(name, place)
    this.#group(parent).children.add(name)
  }

  /** Adds a child to a group. If the child is never defined, it is empty, with a warning. */
  impliedChild(parent: string, name: string, place: Place): void {
    this.child(parent, name, place)
    this.#group(name).implied = true
  }

  /** Adds a warning. */
  warn(message: string, place: Place, hint?: string): void {
    this.#warnings.push(warning(message, place, hint))
  }

  /** Names a group that must be defined in any source, earlier or later. */
  mention(name: string, place: Place): void {
    this.#group(name, place)
  }

  /**
   * Adds a host to a group. As in Ansible, its port is only read where the inventory names the host first; a different port later
   * is a warning.
   */
  host(name: string, group: string | undefined, port?: Variable): void {
    const known = this.#hosts.get(name)
    if (known === undefined) {
      this.#hosts.set(name, new Map(port === undefined ? [] : [[portName, port]]))
      if (this.#source !== undefined) this.#sources.set(name, this.#source)
    } else if (port !== undefined) this.#warnOfPort(name, port, known.get(portName))
    if (group !== undefined) this.#define(group).hosts.add(name)
  }

  /**
   * Sets a variable of a host. As in Ansible, it belongs to the group of that name if there is one already.
   *
   * @throws `inventory-invalid` for a priority that is not an integer.
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
   * Sets a variable of a group, which can be defined or mentioned later.
   *
   * @throws `inventory-invalid` for a priority that is not an integer.
   */
  groupVariable(group: string, name: string, variable: Variable): void {
    const { variables } = this.#group(group, variable.place)
    if (name === priorityName) this.#group(group).priority = priorityOf(variable)
    else setVariable(variables, name, variable)
  }

  /**
   * Returns the inventory.
   *
   * @throws `inventory-invalid` if groups contain each other, or a group is not defined.
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
    for (const [name, variables] of this.#hosts)
      hosts.set(name, { name, variables, source: this.#sources.get(name) })
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

  /** Makes every group without a parent a child of `all`: `ungrouped` first, then the children that `all` names. */
  #placeTopGroups(): void {
    const all = this.#group('all')
    const below = new Set([...this.#groups.values()].flatMap(({ children }) => [...children]))
    const orphans = [...this.#groups.keys()].filter((name) => name !== 'all' && !below.has(name))
    const named = [...all.children]
    all.children.clear()
    for (const name of ['ungrouped', ...named, ...orphans]) all.children.add(name)
  }

  /** Adds all hosts that are in no group except `all` to `ungrouped`. */
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
        throw new CoxswainError('inventory-invalid', `groups contain each other: ${circle}`, {
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
      before === undefined ? 'was named before without a port' : `already has port ${String(before.value)}`
    this.warn(
      `port ${String(value)} of ${host} is ignored: the host ${why}`,
      place,
      `as in Ansible, the port is only read where the host is named first; set ${portName} instead`,
    )
  }

  #warnOfTwins(): void {
    for (const [name, { place }] of this.#groups) {
      if (!this.#hosts.has(name)) continue
      this.warn(
        `${name} is the name of a group and a host`,
        place ?? { file: name },
        `variables of the host can apply to the group, and ${name} matches the host in one pattern and the group in another: rename one of them`,
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
          ? `to define an empty group, write \`${name}: { hosts: {} }\` (YAML) or [${name}] (INI)`
          : `did you mean ${guess}?`
      const message = `the group ${name} is not defined`
      if (!implied) throw new CoxswainError('inventory-invalid', message, { place, hint })
      this.warn(`${message}: it is read as an empty group`, place ?? { file: name }, hint)
    }
  }
}
