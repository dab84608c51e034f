/** Opens the sealed variables of hosts that a run needs. */
import { isCoxswainError } from '../../errors.ts'
import { groupsOfHosts } from '../graph.ts'
import { discreet } from '../place.ts'
import { Scalar } from '../scalar.ts'
import type { Host, Inventory, Variable, Variables, VariablesFolder } from '../types.ts'
import { resolveHosts } from '../variables/resolve.ts'
import { isLockedFile, unlockLayer } from '../variables/file.ts'
import type { Keyring } from './keyring.ts'
import { holdsSealed, openAll, secretsIn } from './sealed.ts'

/** Names of variables, or all of them. */
export type VariableNames = ReadonlySet<string> | 'all'

/** What to open of a host. */
export interface Opening {
  readonly wanted: VariableNames
  /** Whether to open connection variables too: all, or only those for the login. */
  readonly connection: ConnectionOpening
}

/** Which connection variables to open: all, those for the login (not for become), or none. */
export type ConnectionOpening = boolean | 'login'

/** Settings that only become needs. */
const becomeSettings: ReadonlySet<string> = new Set(['become_password'])

const isForConnection = (connection: ConnectionOpening, setting: string): boolean =>
  connection === true || (connection === 'login' && !becomeSettings.has(setting))

const open = async (variable: Variable, keys: Keyring): Promise<Variable> => {
  const { value, written, place } = variable
  if (!holdsSealed(value)) return variable
  try {
    const learn = (leaf: unknown): unknown => {
      keys.learn(secretsIn(leaf))
      return leaf
    }
    return {
      ...variable,
      value: await openAll(value, keys, learn),
      written: await openAll(written, keys, (leaf) =>
        typeof leaf === 'number' ? new Scalar({ text: String(leaf), value: leaf, place }) : leaf,
      ),
      hidden: true,
    }
  } catch (error) {
    throw isCoxswainError(error) ? error.at({ place: discreet(place) }) : error
  }
}

const openNamed = async (variables: Variables, wanted: VariableNames, keys: Keyring): Promise<Variables> => {
  const opened = new Map<string, Variable>()
  for (const [name, variable] of variables)
    opened.set(name, wanted === 'all' || wanted.has(name) ? await open(variable, keys) : variable)
  return opened
}

const unlockNamed = async (
  layers: ReadonlyMap<string, Variables>,
  names: ReadonlySet<string>,
  keys: Keyring,
): Promise<Map<string, Variables>> => {
  const unlocked = new Map(layers)
  for (const [name, layer] of layers) if (names.has(name)) unlocked.set(name, await unlockLayer(layer, keys))
  return unlocked
}

/** Opens the encrypted files of hosts and of their groups. */
const unlock = async (
  inventory: Inventory,
  names: ReadonlySet<string>,
  keys: Keyring,
): Promise<Inventory> => {
  const groupsOf = groupsOfHosts(inventory)
  const groups = new Set([...names].flatMap((name) => groupsOf.get(name) ?? []))
  const folders: VariablesFolder[] = []
  for (const folder of inventory.folders) {
    const ofGroups = await unlockNamed(folder.groups, groups, keys)
    folders.push({ ...folder, groups: ofGroups, hosts: await unlockNamed(folder.hosts, names, keys) })
  }
  return { ...inventory, folders }
}

/**
 * Opens the encrypted files of hosts and their groups, the wanted sealed variables and, if requested, the connection
 * variables. Returns the hosts by name.
 *
 * @throws `secret-locked`, `secret-broken`, `secret-missing`, `secret-command-failed`, at the place of the variable.
 */
export const openHosts = async (
  inventory: Inventory,
  extra: Variables,
  openings: ReadonlyMap<string, Opening>,
  keys: Keyring,
): Promise<Map<string, Host>> => {
  const unlocked = await unlock(inventory, new Set(openings.keys()), keys)
  const resolved = resolveHosts(unlocked, await unlockLayer(extra, keys))
  const hosts = new Map<string, Host>()
  for (const [name, { wanted, connection }] of openings) {
    const host = resolved.get(name)
    if (host === undefined) continue
    const variables = await openNamed(host.variables, wanted, keys)
    const named = [...host.settings.keys()].filter((setting) => isForConnection(connection, setting))
    const settings = await openNamed(host.settings, new Set(named), keys)
    hosts.set(name, { ...host, variables, settings })
  }
  return hosts
}

/** Combines two openings. */
export const bothOpenings = (one: Opening, other: Opening): Opening => ({
  wanted: one.wanted === 'all' || other.wanted === 'all' ? 'all' : new Set([...one.wanted, ...other.wanted]),
  connection: [one.connection, other.connection].includes(true) || one.connection || other.connection,
})

const isShut = ([name, { value }]: readonly [string, Variable]): boolean =>
  isLockedFile(name) || holdsSealed(value)

/** Whether a wanted variable of a host is not opened yet. */
export const needsOpening = ({ variables }: Pick<Host, 'variables'>, wanted: VariableNames): boolean =>
  // a schema that reads nothing needs nothing
  (wanted === 'all' || wanted.size > 0) &&
  [...variables].some(
    (entry) => (isLockedFile(entry[0]) || wanted === 'all' || wanted.has(entry[0])) && isShut(entry),
  )

/** Whether a connection variable of a host is not opened yet. */
export const isUnreadable = (
  { variables, settings }: Pick<Host, 'variables' | 'settings'>,
  connection: ConnectionOpening = true,
): boolean =>
  connection !== false &&
  ([...variables.keys()].some(isLockedFile) ||
    [...settings].some((entry) => isForConnection(connection, entry[0]) && isShut(entry)))

/** Whether a connection variable is known to be sealed. */
export const hasSealedSetting = (
  { settings }: Pick<Host, 'settings'>,
  connection: ConnectionOpening,
): boolean =>
  [...settings].some(
    (entry) => isForConnection(connection, entry[0]) && isShut(entry) && !isLockedFile(entry[0]),
  )

/** The encrypted files of a host that are not opened. */
export const lockedFiles = ({ variables }: Pick<Host, 'variables'>): readonly string[] =>
  [...variables].flatMap(([name, { place }]) => (isLockedFile(name) ? [place.file] : []))

/** Variables without those that are still sealed. */
export const withoutShut = (variables: Variables): Variables =>
  new Map([...variables].filter((entry) => !isShut(entry)))

/** A host without settings that are still sealed. */
export const withoutSealed = (host: Host): Host => ({
  ...host,
  settings: withoutShut(host.settings),
})
