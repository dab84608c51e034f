import { dirname, resolve } from 'node:path'
import type { RawHost } from '../../dsl/playbook.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { requireGroup } from '../../inventory/graph.ts'
import { loadInventory } from '../../inventory/load.ts'
import { readPatternFile } from '../../inventory/patterns/file.ts'
import { matchHosts } from '../../inventory/patterns/match.ts'
import { connectionVarsOf } from '../../inventory/variables/connection-vars.ts'
import type { ConnectionVars } from '../../inventory/variables/connection-vars.ts'
import {
  bothOpenings,
  isUnreadable,
  needsEvaluation,
  needsOpening,
  openHosts,
  withoutSealed,
} from '../../inventory/secrets/hosts.ts'
import type { OpenContext, Opening, VariableNames } from '../../inventory/secrets/hosts.ts'
import type { Host, Inventory } from '../../inventory/types.ts'
import { resolveHosts } from '../../inventory/variables/resolve.ts'
import type { RunFacts } from '../../inventory/expressions/shared-scope.ts'
import { parseExtra } from '../../inventory/variables/typed.ts'
import type { Fleet, FleetHost } from '../../run/fleet.ts'
import type { InventoryView } from '../../run/plan/plan.ts'
import { Redactor } from '../../run/masking/redactor.ts'
import type { Asked, Connector } from './connector.ts'
import { keysOf } from './keys.ts'
import type { HostOptions } from '../options/run.ts'
import { outletsOf } from '../outlets.ts'
import type { Project } from '../project/project.ts'
import { Prompt, ownTerminal } from './prompt.ts'

/** The inventory with the options of the command line: hosts to plan with and to connect to. */
export interface Workspace {
  readonly inventory: Inventory
  readonly hosts: ReadonlyMap<string, Host>
  readonly inventoryView: InventoryView
  /** The hosts, without their connections. */
  readonly fleet: { readonly hosts: ReadonlyMap<string, Omit<FleetHost, 'connect' | 'files'>> }
  /** Loads the code that connects, which listings do without, and returns the hosts to connect to. */
  readonly loadFleet: () => Promise<Fleet>
  /** Hosts that match `--limit`; undefined if it is not given. */
  readonly limit: readonly string[] | undefined
  /** Opens sealed variables of hosts, and evaluates expressions in them. */
  readonly open: (names: readonly string[], opening: Opening) => Promise<void>
  /** Evaluates the expressions in variables of all hosts that need no secret and no program. */
  readonly evaluate: (wanted: VariableNames) => Promise<void>
  /** Says what expressions of the inventory read of the plays, such as `ansible_play_hosts`. */
  readonly setPlays: (plays: PlayFacts) => void
}

/** Options of {@link openWorkspace}. */
export interface WorkspaceDetails {
  /** The folder of the playbook, whose `group_vars/` and `host_vars/` are read too. */
  readonly playbookFolder?: string | undefined
  /** Learns every secret that is read or entered. */
  readonly redactor?: Redactor
  /** Whether `-k` and `-K` ask for passwords; listing hosts does not need them. */
  readonly asks?: boolean
  /** The settings of the project: what connections are like where no inventory says it. */
  readonly project?: Pick<Project, 'connection'>
  /** The options of a run that expressions of the inventory can read. */
  readonly run?: Pick<RunFacts, 'check' | 'diff' | 'tags' | 'skipTags'>
}

/** What expressions read of plays. */
type PlayFacts = Pick<RunFacts, 'playHosts' | 'serial' | 'playName'>

const becomeOf = ({ become, becomeUser }: HostOptions, vars: ConnectionVars): boolean | string => {
  const wanted = become ?? (becomeUser === undefined ? (vars.become ?? false) : true)
  return wanted && (becomeUser ?? vars.become_user ?? true)
}

/**
 * The address of a host, even if other connection variables are invalid.
 *
 * @throws `inventory-invalid` for an invalid address.
 */
const addressOf = ({ name, settings }: Host): string => {
  const given = settings.get('address')
  return given === undefined
    ? name
    : (connectionVarsOf({ name, settings: new Map([['address', given]]) }).address ?? name)
}

/**
 * Reads the inventory and asks for passwords, as the options say. It does not connect, and sealed variables stay sealed until
 * they are needed. Invalid connection variables of a host are an error only when the host is needed.
 *
 * @throws CoxswainError for an invalid inventory or option.
 */
export const openWorkspace = async (
  options: HostOptions,
  { playbookFolder, redactor = new Redactor(), asks = true, project, run }: WorkspaceDetails = {},
): Promise<Workspace> => {
  // one prompt for all questions: several answers can arrive in one chunk
  const prompt = new Prompt(ownTerminal(outletsOf(redactor)))
  const { keyring, stopAsking } = keysOf(options, prompt, redactor)
  const inventory = await loadInventory(options.inventory, {
    playbookFolder,
    defaults: project?.connection,
    keys: keyring,
    within: options.within,
  })
  const extra = await parseExtra(options.extraVars)
  const hosts = resolveHosts(inventory, extra)
  const match = (pattern: string, name?: string): string[] =>
    matchHosts(inventory, pattern, { ...(name !== undefined && { name }), readFile: readPatternFile })
  const limit = options.limit === undefined ? undefined : match(options.limit, '--limit')
  const asked: Asked = {
    login: asks && options.askPass ? await prompt.secret('Login password') : undefined,
    become: asks && options.askBecomePass ? await prompt.secret('Become password') : undefined,
  }
  let loaded: Connector | undefined
  const connections = (): Connector => {
    if (loaded === undefined) throw new CoxswainError('internal', 'the connector is not loaded')
    return loaded
  }
  let plays: PlayFacts = {}
  const context = (): OpenContext => ({
    inventory,
    extra,
    run: { playbookFolder, sources: options.inventory, forks: options.forks, ...run, ...plays },
  })
  const raw = new Map<string, RawHost>()
  const fleetHosts = new Map<string, FleetHost>()
  const openings = new Map<string, Opening>()
  const invalid = new Map<string, CoxswainError>()
  const open = async (names: readonly string[], wished: Opening): Promise<void> => {
    // a typed password overrides the inventory
    const typed = asked.become !== undefined && wished.connection === true
    const opening: Opening = typed ? { ...wished, connection: 'login' } : wished
    const shut = new Map<string, Opening>()
    for (const name of names) {
      const host = hosts.get(name)
      if (host === undefined) continue
      if (!needsOpening(host, opening.wanted) && !isUnreadable(host, opening.connection)) continue
      // a host is opened from the inventory again, including what was opened before
      const both = bothOpenings(openings.get(name) ?? opening, opening)
      openings.set(name, both)
      shut.set(name, both)
    }
    if (shut.size > 0) for (const host of (await openHosts(context(), shut, keyring)).values()) place(host)
    const wrong = opening.connection !== false ? names.find((name) => invalid.has(name)) : undefined
    if (wrong !== undefined) throw invalid.get(wrong)
  }
  /** The connection variables of a host. Invalid ones are an error only when the host is needed. */
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
    const source = inventory.hosts.get(name)?.source
    raw.set(name, {
      name,
      groups,
      variables,
      inventoryFolder: source === undefined ? undefined : dirname(resolve(source)),
      // read on demand: a playbook can use the address of a host that it does not connect to
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
      files: (users) => connections().files(name, vars, users),
      ready: isUnreadable(host)
        ? async (wanted = true) => {
            stopAsking()
            await open([name], { wanted: new Set(), connection: wanted })
          }
        : undefined,
      connect: (lock) => connections().connect(name, vars, lock),
    })
  }
  /** Evaluates what opens nothing: the addresses of all hosts, and variables that a listing reads. */
  const evaluate = async (wanted: VariableNames): Promise<void> => {
    const some = [...hosts.values()].filter(needsEvaluation)
    if (some.length === 0) return
    const opening = { wanted, connection: false }
    const evaluated = await openHosts(context(), new Map(some.map(({ name }) => [name, opening])), undefined)
    for (const host of evaluated.values()) hosts.set(host.name, host)
  }
  await evaluate(new Set())
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
    fleet: { hosts: fleetHosts },
    loadFleet: async () => {
      const { connector } = await import('./connector.ts')
      loaded ??= connector(options, asked)
      return { hosts: fleetHosts, match }
    },
    open,
    evaluate: async (wanted) => {
      await evaluate(wanted)
      for (const host of hosts.values()) place(host)
    },
    setPlays: (found) => {
      plays = found
    },
  }
}
