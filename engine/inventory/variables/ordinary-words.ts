/** Our names of settings that are ordinary words: in an inventory of Ansible, they are variables like any other. */
import { groupsOfHosts } from '../graph.ts'
import type { Inventory, Variable, Variables } from '../types.ts'
import { warning } from '../warning.ts'
import type { Warning } from '../warning.ts'
import { firstSet } from './first-set.ts'
import { layersOf } from './layers.ts'
import type { Layer } from './layers.ts'
import { ansibleNames, settingWith } from './setting-names.ts'

/** Settings that an inventory of Ansible can have as variables of an application. */
const ordinaryWords: ReadonlySet<string> = new Set([
  'address',
  'port',
  'user',
  'password',
  'connection',
  'become',
])

/** Whether a name is Ansible's. The priority of groups has no other name here. */
const isAnsibles = (name: string): boolean => name.startsWith('ansible_') && name !== 'ansible_group_priority'

/** Whether a layer is of the inventory: not the settings of a project, which have our names, nor the command line. */
const isOfInventory = ({ label }: Layer): boolean => label !== 'settings' && label !== '-e'

/** The first variable of a host's inventory with a name of Ansible. */
const ownOfAnsible = (layers: readonly Layer[]): string | undefined => {
  for (const layer of layers.filter(isOfInventory))
    for (const [name, { implied }] of layer.variables) if (isAnsibles(name) && implied !== true) return name
  return undefined
}

/** Whether a name is ours on purpose: that of an address, or one that no application has. */
const isOurs = (name: string): boolean =>
  name === 'address' || (Object.hasOwn(ansibleNames, name) && !ordinaryWords.has(name))

/**
 * A variable with a name of Ansible that decides about a host: one of its own, or a connection variable of another host or group. A host
 * without names of Ansible has ours on purpose if it has an `address`, or another one that no application has.
 */
const firstOfAnsible = (layers: readonly Layer[]): string | undefined => {
  const own = ownOfAnsible(layers)
  if (own !== undefined) return own
  const hasOurs = layers.some((layer) => isOfInventory(layer) && [...layer.variables.keys()].some(isOurs))
  return hasOurs ? undefined : layers[0]?.ansibleName
}

/** A connection variable with a name of Ansible that a host or group of an inventory sets. */
export const connectionNameOfAnsible = (
  inventory: Pick<Inventory, 'hosts' | 'groups' | 'folders'>,
): string | undefined =>
  [...firstSet(inventory)].find(
    ([name, { implied }]) => isAnsibles(name) && settingWith(name) !== undefined && implied !== true,
  )?.[0]

const without = (variables: Variables): Variables =>
  [...ordinaryWords].some((word) => variables.has(word))
    ? new Map([...variables].filter(([name]) => !ordinaryWords.has(name)))
    : variables

/**
 * The layers of a host as its connection reads them: where a variable named `ansible_…` decides, ordinary words such as `port` and
 * `user` are not settings, except in the settings of the project.
 */
export const connectionLayers = (layers: readonly Layer[]): Variables[] => {
  const isPlain = firstOfAnsible(layers) !== undefined
  return layers.map(({ label, variables }) =>
    isPlain && label !== 'settings' ? without(variables) : variables,
  )
}

/** Whether a variable of a layer is a setting of the connection of the host. */
export const isSettingIn = (layers: readonly Layer[], layer: Layer, name: string): boolean =>
  !ordinaryWords.has(name) || layer.label === 'settings' || firstOfAnsible(layers) === undefined

/** Whether a name is a variable like any other on the host, though it is the name of a setting elsewhere. */
export const isOrdinary = (layers: readonly Layer[], name: string): boolean =>
  ordinaryWords.has(name) &&
  firstOfAnsible(layers) !== undefined &&
  layers.some(({ label, variables }) => label !== 'settings' && variables.has(name))

/** One warning for all hosts where ordinary words are not settings. */
export const ordinaryVariables = (inventory: Inventory): Warning[] => {
  const set = firstSet(inventory)
  if (![...ordinaryWords].some((word) => set.has(word))) return []
  const found = new Map<string, Variable>()
  let because: string | undefined
  for (const [host, groups] of groupsOfHosts(inventory)) {
    const layers = layersOf(inventory, host, groups)
    const name = firstOfAnsible(layers)
    if (name === undefined) continue
    for (const { variables } of layers.filter(isOfInventory))
      for (const word of ordinaryWords) {
        const variable = variables.get(word)
        if (variable === undefined || found.has(word)) continue
        because ??=
          ownOfAnsible(layers) === undefined
            ? `in an inventory with connection variables named ansible_…, as it has ${name}`
            : `on a host with variables named ansible_…, as ${host} has ${name}`
        found.set(word, variable)
      }
  }
  const [first] = found.values()
  if (because === undefined || first === undefined) return []
  const names = [...found.keys()]
  const theirs = names.map((name) => settingWith(name)?.[1] ?? name)
  const are = names.length === 1 ? 'is not a connection setting' : 'are not connection settings'
  return [
    warning(
      `${names.join(', ')} ${are} ${because}`,
      first.place,
      `for the connection, write ${theirs.join(', ')}; a variable of an application can stay, or gets a name such as app_${names[0] ?? ''}`,
    ),
  ]
}
