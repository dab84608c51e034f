import type { RawHost } from '../../dsl/playbook.ts'
import { isCoxswainError } from '../../errors.ts'
import type { CoxswainError } from '../../errors.ts'
import { requireGroup } from '../../inventory/graph.ts'
import { loadInventory } from '../../inventory/load.ts'
import { readPatternFile } from '../../inventory/patterns/file.ts'
import { matchHosts } from '../../inventory/patterns/match.ts'
import { connectionVarsOf } from '../../inventory/variables/connection-vars.ts'
import type { ConnectionVars } from '../../inventory/variables/connection-vars.ts'
import {
  bothOpenings,
  isUnreadable,
  needsOpening,
  openHosts,
  withoutSealed,
} from '../../inventory/secrets/hosts.ts'
import type { Opening } from '../../inventory/secrets/hosts.ts'
import type { Host, Inventory } from '../../inventory/types.ts'
import { resolveHosts } from '../../inventory/variables/resolve.ts'
import { parseExtra } from '../../inventory/variables/typed.ts'
import type { Fleet, FleetHost } from '../../run/fleet.ts'
import type { InventoryView } from '../../run/plan/plan.ts'
import { Redactor } from '../../run/masking/redactor.ts'
import { connector } from './connector.ts'
import type { Asked } from './connector.ts'
import { keysOf } from './keys.ts'
import type { HostOptions } from '../options/run.ts'
import { outletsOf } from '../outlets.ts'
import { Prompt, ownTerminal } from './prompt.ts'

/** The inventory as the command line means it: what can be planned with, and what can be connected to. */
export interface Workspace {
  readonly inventory: Inventory
  readonly hosts: ReadonlyMap<string, Host>
  readonly inventoryView: InventoryView
  readonly fleet: Fleet
  /** Hosts that `--limit` leaves; undefined when it is not given. */
  readonly limit: readonly string[] | undefined
  /** Opens what is sealed of hosts. */
  readonly open: (names: readonly string[], opening: Opening) => Promise<void>
}

/** What else opening the inventory depends on. */
export interface WorkspaceDetails {
  /** The folder of the playbook, whose `group_vars/` and `host_vars/` count too. */
  readonly playbookFolder?: string | undefined
  /** Learns every secret that is read or asked for. */
  readonly redactor?: Redactor
  /** Whether `-k` and `-K` ask for passwords; only listing hosts needs none. */
  readonly asks?: boolean
}

const becomeOf = ({ become, becomeUser }: HostOptions, vars: ConnectionVars): boolean | string => {
  const wanted = become ?? (becomeUser === undefined ? (vars.become ?? false) : true)
  return wanted && (becomeUser ?? vars.become_user ?? true)
}

/**
 * The address of a host, whatever else is wrong with how to reach it.
 *
 * @throws `inventory-invalid` for one that cannot be read.
 */
const addressOf = ({ name, settings }: Host): string => {
  const given = settings.get('address')
  return given === undefined
    ? name
    : (connectionVarsOf({ name, settings: new Map([['address', given]]) }).address ?? name)
}

/**
 * Reads the inventory and asks for passwords, as the options say. Nothing connects yet, and what is sealed in the
 * inventory stays so until it is wanted. A host that cannot be reached as its variables say is an error where it is wanted.
 *
 * @throws CoxswainError for everything that is wrong with either.
 */
export const openWorkspace = async (
  options: HostOptions,
  { playbookFolder, redactor = new Redactor(), asks = true }: WorkspaceDetails = {},
): Promise<Workspace> => {
  // one for all questions: their answers may come in one piece
  const prompt = new Prompt(ownTerminal(outletsOf(redactor)))
  const { keyring, stopAsking } = keysOf(options, prompt, redactor)
  const inventory = await loadInventory(options.inventory, { playbookFolder, keys: keyring })
  const extra = await parseExtra(options.extraVars)
  const hosts = resolveHosts(inventory, extra)
  const match = (pattern: string, name?: string): string[] =>
    matchHosts(inventory, pattern, { ...(name !== undefined && { name }), readFile: readPatternFile })
  const limit = options.limit === undefined ? undefined : match(options.limit, '--limit')
  const asked: Asked = {
    login: asks && options.askPass ? await prompt.secret('Login password') : undefined,
    become: asks && options.askBecomePass ? await prompt.secret('Become password') : undefined,
  }
  const ways = connector(options, asked)
  const raw = new Map<string, RawHost>()
  const fleetHosts = new Map<string, FleetHost>()
  const openings = new Map<string, Opening>()
  const invalid = new Map<string, CoxswainError>()
  const open = async (names: readonly string[], wished: Opening): Promise<void> => {
    // a password that was typed is the one that counts
    const typed = asked.become !== undefined && wished.connection === true
    const opening: Opening = typed ? { ...wished, connection: 'login' } : wished
    const shut = new Map<string, Opening>()
    for (const name of names) {
      const host = hosts.get(name)
      if (host === undefined) continue
      if (!needsOpening(host, opening.wanted) && !isUnreadable(host, opening.connection)) continue
      // a host is opened anew from what the inventory says: what was wanted of it before still is
      const whole = bothOpenings(openings.get(name) ?? opening, opening)
      openings.set(name, whole)
      shut.set(name, whole)
    }
    if (shut.size > 0)
      for (const host of (await openHosts(inventory, extra, shut, keyring)).values()) place(host)
    const wrong = opening.connection !== false ? names.find((name) => invalid.has(name)) : undefined
    if (wrong !== undefined) throw invalid.get(wrong)
  }
  /** How to reach a host. What is wrong with it is an error where the host is wanted, and only there. */
  const readConnectionVars = (host: Host): ConnectionVars => {
    invalid.delete(host.name)
    try {
      return connectionVarsOf(withoutSealed(host))
    } catch (error) {
      if (!isCoxswainError(error) || error.code !== 'inventory-invalid') throw error
      invalid.set(host.name, error)
      return { sshArguments: { before: [], after: [] }, unsupported: error }
    }
  }
  const place = (host: Host): void => {
    const { name, groups } = host
    const vars = readConnectionVars(host)
    const address = vars.address ?? name
    const secrets = [asked.login, asked.become, vars.password, vars.passphrase, vars.become_password].filter(
      (secret) => secret !== undefined,
    )
    redactor.learn(secrets)
    hosts.set(name, host)
    const { variables } = host
    raw.set(name, {
      name,
      groups,
      variables,
      // read on demand: a playbook may ask for the address of a host that it never reaches
      get address() {
        return invalid.has(name) ? addressOf(host) : address
      },
    })
    fleetHosts.set(name, {
      name,
      groups,
      address,
      become: becomeOf(options, vars),
      becomeMethod: options.becomeMethod ?? vars.become_method ?? 'sudo',
      becomePassword: asked.become ?? vars.become_password,
      secrets,
      files: (users) => ways.files(name, vars, users),
      ready: isUnreadable(host)
        ? async (wanted = true) => {
            stopAsking()
            await open([name], { wanted: new Set(), connection: wanted })
          }
        : undefined,
      connect: (lock) => ways.connect(name, vars, lock),
    })
  }
  for (const host of hosts.values()) place(host)
  return {
    inventory,
    hosts,
    limit,
    inventoryView: {
      hosts: raw,
      match,
      group: (name) => requireGroup(inventory, name),
      hasGroup: (name) => inventory.groups.has(name),
    },
    fleet: { hosts: fleetHosts, match },
    open,
  }
}
