/** Opens the sealed variables of hosts that a run needs, and evaluates their expressions. */
import { isCoxswainError } from '../../errors.ts'
import { groupsOfHosts } from '../graph.ts'
import type { EvaluatedVariable, Evaluator } from '../expressions/evaluate-host.ts'
import type { RunFacts } from '../expressions/shared-scope.ts'
import { holdsExpression } from '../holds-expression.ts'
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
 * The inventory with the encrypted files of one host and its groups opened: their variables are hidden. Files without a key stay encrypted.
 *
 * @throws for a key that cannot be read, and a file that is broken.
 */
export const withFilesOf = async (inventory: Inventory, name: string, keys: Keyring): Promise<Inventory> => {
  try {
    return await unlock(inventory, new Set([name]), keys)
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'secret-locked') return inventory
    throw error
  }
}

/** The variables of a host with expressions, evaluated where that opens nothing. */
export const evaluatedVariables = async (
  context: OpenContext,
  name: string,
): Promise<ReadonlyMap<string, EvaluatedVariable>> => {
  const hosts = resolveHosts(context.inventory, context.extra)
  const variables = hosts.get(name)?.variables ?? new Map<string, Variable>()
  const found = new Map<string, EvaluatedVariable>()
  if (!holdsAny(variables)) return found
  const { reading } = await evaluatorsFor(context, hosts, undefined, async () => {})
  for (const [one, variable] of variables)
    if (holdsExpression(variable.written)) found.set(one, await reading.variable(name, one, variable))
  return found
}

const holdsAny = (variables: Variables): boolean =>
  [...variables.values()].some(({ written }) => holdsExpression(written))

/** What is known when hosts are opened. */
export interface OpenContext {
  readonly inventory: Inventory
  /** Variables of the command line. */
  readonly extra: Variables
  readonly run: RunFacts
  /** Names of variables that are secrets, whatever their names suggest. */
  readonly secretNames?: ReadonlySet<string>
}

/** The evaluators of hosts, whose code is loaded if there is an expression. */
interface Evaluators {
  /** Opens what expressions read. */
  readonly opening: Evaluator
  /** Neither opens secrets nor runs programs: what needs that stays as it is. */
  readonly reading: Evaluator
}

const evaluatorsFor = async (
  { inventory, run, secretNames = new Set() }: OpenContext,
  hosts: ReadonlyMap<string, Host>,
  keys: Keyring | undefined,
  unlockHost: (name: string, into: Map<string, Host>) => Promise<void>,
): Promise<Evaluators> => {
  const { Evaluator: Made } = await import('../expressions/evaluate-host.ts')
  const make = (given: Keyring | undefined): Evaluator => {
    const own = new Map(hosts)
    const unlockOne = (name: string): Promise<void> => unlockHost(name, own)
    const learn = (secrets: Parameters<Keyring['learn']>[0]): void => keys?.learn(secrets)
    return new Made({ inventory, hosts: own, run, keys: given, unlock: unlockOne, secretNames }, learn)
  }
  const reading = make(undefined)
  return { reading, opening: keys === undefined ? reading : make(keys) }
}

/**
 * Opens the encrypted files of hosts and their groups, the wanted sealed variables and, if requested, the connection
 * variables, and evaluates the expressions in them. Returns the hosts by name.
 *
 * Expressions in other connection variables are evaluated where that opens nothing. What cannot be evaluated is an error when it is
 * read.
 *
 * @param keys undefined to open nothing, and only evaluate.
 * @throws `secret-locked`, `secret-broken`, `secret-missing`, `secret-command-failed`, at the place of the variable.
 */
export const openHosts = async (
  context: OpenContext,
  openings: ReadonlyMap<string, Opening>,
  keys: Keyring | undefined,
): Promise<Map<string, Host>> => {
  const { inventory, extra } = context
  const resolve = async (names: ReadonlySet<string>): Promise<Map<string, Host>> =>
    keys === undefined
      ? resolveHosts(inventory, extra)
      : resolveHosts(await unlock(inventory, names, keys), await unlockLayer(extra, keys))
  const resolved = await resolve(new Set(openings.keys()))
  let loaded: Evaluators | undefined
  const evaluators = async (): Promise<Evaluators> =>
    (loaded ??= await evaluatorsFor(context, resolved, keys, async (name, into) => {
      const host = (await resolve(new Set([name]))).get(name)
      if (host !== undefined) into.set(name, host)
    }))
  const hosts = new Map<string, Host>()
  for (const [name, { wanted, connection }] of openings) {
    const host = resolved.get(name)
    if (host === undefined) continue
    const isNamed = (one: string): boolean => wanted === 'all' || wanted.has(one)
    const isOpened = (setting: string): boolean => isForConnection(connection, setting)
    let { variables, settings } = host
    if (keys !== undefined) {
      variables = await openNamed(variables, wanted, keys)
      settings = await openNamed(settings, new Set([...settings.keys()].filter(isOpened)), keys)
    }
    if (holdsAny(variables) || holdsAny(settings)) {
      const { opening, reading } = await evaluators()
      variables = await opening.variables(name, variables, isNamed)
      settings = await opening.variables(name, settings, isOpened)
      settings = await reading.variables(name, settings, () => true)
    }
    hosts.set(name, { ...host, variables, settings })
  }
  return hosts
}

/** Combines two openings. */
export const bothOpenings = (one: Opening, other: Opening): Opening => ({
  wanted: one.wanted === 'all' || other.wanted === 'all' ? 'all' : new Set([...one.wanted, ...other.wanted]),
  connection: [one.connection, other.connection].includes(true) || one.connection || other.connection,
})

const isShut = ([name, { value, written }]: readonly [string, Variable]): boolean =>
  isLockedFile(name) || holdsSealed(value) || holdsExpression(written)

/** Whether a wanted variable of a host is not opened or evaluated yet. */
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

/** Whether a variable or setting of a host has an expression that is not evaluated. */
export const needsEvaluation = ({ variables, settings }: Pick<Host, 'variables' | 'settings'>): boolean =>
  holdsAny(variables) || holdsAny(settings)

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
