/** The variables that every host has: its name, its groups, other hosts. */
import { dirname, resolve } from 'node:path'
import { hostsOfGroup } from '../graph.ts'
import type { Host } from '../types.ts'
import { undefinedName } from './facts.ts'
import { runNames } from './run-names.ts'
import type { SharedScope } from './shared-scope.ts'
import { Dict, Lazy, Omit, Undefined } from './values.ts'
import type { Value } from './values.ts'

/** What magic variables are made from. */
export interface MagicInput {
  readonly host: Host
  readonly shared: SharedScope
  /** The variables of the host. */
  readonly variables: () => Dict
  /** The variables of any host. */
  readonly variablesOf: (name: string) => Dict
}

/** The folder of the file that names a host; undefined for a host of `-i a,b,`. */
export const sourceFolderOf = (
  { inventory }: Pick<SharedScope, 'inventory'>,
  host: string,
): string | undefined => {
  const source = inventory.hosts.get(host)?.source
  return source === undefined ? undefined : dirname(resolve(source))
}

const ofFile =
  (pick: (file: string) => string) =>
  ({ host: { name }, shared: { inventory } }: MagicInput): Value => {
    const source = inventory.hosts.get(name)?.source
    return source === undefined
      ? new Undefined(`${name} is not in a file of the inventory`)
      : pick(resolve(source))
  }

const groups = ({ shared: { inventory, library } }: MagicInput): Value =>
  new Dict(
    new Map(
      [...inventory.groups.keys()].map((name) => [
        name,
        new Lazy(() => library.machine.list(hostsOfGroup(inventory, name))),
      ]),
    ),
  )

const hostvars = ({ shared: { hosts }, variablesOf }: MagicInput): Value =>
  new Dict(new Map([...hosts.keys()].map((name) => [name, new Lazy(() => variablesOf(name))])), (name) => {
    const { hint } = undefinedName(name, hosts.keys())
    return new Undefined(`${name} is not a host of the inventory`, { word: name, hint })
  })

const magic: Readonly<Record<string, (input: MagicInput) => Value>> = {
  inventory_hostname: ({ host }) => host.name,
  inventory_hostname_short: ({ host }) => host.name.split('.', 1)[0] ?? '',
  group_names: ({ host, shared: { library } }) =>
    library.machine.list(host.groups.filter((group) => group !== 'all').toSorted()),
  groups,
  hostvars,
  vars: ({ variables }) => variables(),
  inventory_dir: ofFile(dirname),
  inventory_file: ofFile((file) => file),
  playbook_dir: ({ shared: { run } }) => resolve(run.playbookFolder ?? process.cwd()),
  omit: () => new Omit(),
  ...Object.fromEntries(
    Object.entries(runNames).map(([name, make]) => [name, ({ shared }: MagicInput) => make(shared)]),
  ),
}

/** Names that every host has. */
export const magicNames: readonly string[] = Object.keys(magic)

/** Those that are the same for all hosts, and large. */
const common = new Set(['groups', 'hostvars'])

/** The value of a magic variable; undefined for another name. */
export const magicValue = (name: string, input: MagicInput): Value | undefined => {
  const known = input.shared.common.get(name)
  if (known !== undefined) return known
  const value = Object.hasOwn(magic, name) ? magic[name]?.(input) : undefined
  if (value !== undefined && common.has(name)) input.shared.common.set(name, value)
  return value
}
