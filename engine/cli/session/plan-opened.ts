import { schemasOf } from '../../dsl/playbook.ts'
import type { z } from 'zod'
import type { Playbook, RawHost, SealedPlay } from '../../dsl/playbook.ts'
import { namesRead, secretNames } from '../../dsl/schema.ts'
import { candidatePattern } from '../../dsl/select.ts'
import { isCoxswainError } from '../../errors.ts'
import type { CoxswainError } from '../../errors.ts'
import { hasSealedSetting } from '../../inventory/secrets/hosts.ts'
import type { Opening } from '../../inventory/secrets/hosts.ts'
import type { Host } from '../../inventory/types.ts'
import { parseVariables } from '../../inventory/variables/parse.ts'
import { validateAll } from '../../inventory/variables/validate.ts'
import { makePlan } from '../../run/plan/plan.ts'
import type { Plan, InventoryView } from '../../run/plan/plan.ts'
import { tasksOf } from '../../run/plan/planned-steps.ts'
import type { PlannedTask } from '../../run/plan/planned-steps.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import type { PlayHosts } from './listing.ts'
import type { Workspace } from './workspace.ts'

/** The hosts that a play could touch, after `--limit`, in the order of its pattern. */
const hostsOfPlay = (
  { name: play, hosts, optional }: SealedPlay,
  { inventoryView, limit }: Pick<Workspace, 'inventoryView' | 'limit'>,
): readonly string[] => {
  const pattern = candidatePattern(hosts)
  if (optional === true && !inventoryView.hasGroup(pattern)) return []
  return inventoryView
    .match(pattern, `hosts of play "${play}"`)
    .filter((name) => limit === undefined || limit.includes(name))
}

/** The hosts that each play could touch. No variable is read for it, and no secret opened. */
export const hostsOfPlays = ({ plays }: Playbook, workspace: Workspace): PlayHosts[] =>
  plays.map((play, index) => ({
    index,
    name: play.name,
    hosts: play.hosts,
    names: hostsOfPlay(play, workspace),
  }))

/** Hosts whose variables a play reads, and which are still sealed. */
const stillSealed = (error: unknown): readonly string[] => {
  if (!isCoxswainError(error) || error.code !== 'secret-sealed' || !Array.isArray(error.cause)) return []
  return error.cause.filter((name) => typeof name === 'string')
}

/**
 * Tells the redactor of the secrets among the variables, whether or not a task takes them as parameters: a condition may read
 * one, too. Those that are still sealed nobody can know, nor show.
 */
const learnSecrets = (schemas: readonly z.ZodType[], { hosts }: Workspace, redactor: Redactor): void => {
  for (const schema of schemas.filter((one) => secretNames(one).size > 0)) {
    for (const { variables } of hosts.values()) {
      try {
        redactor.learn(parseVariables(schema, variables).data)
      } catch (error) {
        if (!isCoxswainError(error) || error.code !== 'secret-sealed') throw error
      }
    }
  }
}

export interface PlanOptions {
  /** The plan is only listed: nothing is opened for it, unless a play reads a variable that is no secret. */
  readonly listing?: boolean
  /** Tells what was left unopened. */
  readonly notice?: (text: string) => void
}

/** The hosts as a listing sees them. */
const listed = (inventoryView: InventoryView): InventoryView => ({
  ...inventoryView,
  hosts: new Map([...inventoryView.hosts].map(([name, host]) => [name, withFlag(host)])),
})

/** A host that is only listed; its address may be read later, or not at all. */
const withFlag = (host: RawHost): RawHost => {
  const { name, groups, variables } = host
  return {
    name,
    groups,
    variables,
    get address() {
      return host.address
    },
    listed: true,
  }
}

/**
 * Whether nothing is lost for certain when files stay encrypted that nobody has a key for: no variable is read, and none
 * that is known to say how to reach a host is encrypted itself.
 */
const isNeedless = (
  error: unknown,
  { wanted, connection }: Opening,
  hosts: readonly Host[],
): error is CoxswainError =>
  isCoxswainError(error) &&
  error.code === 'secret-locked' &&
  wanted !== 'all' &&
  wanted.size === 0 &&
  !hosts.some((host) => hasSealedSetting(host, connection))

/** Opens what is wanted of hosts, and leaves files that no one has a key for where nothing is lost by it for certain. */
const openWhatIsNeeded = async (
  { hosts, open }: Workspace,
  names: ReadonlySet<string>,
  opening: Opening,
  notice: (text: string) => void,
): Promise<void> => {
  const touched = [...hosts.values()].filter(({ name }) => names.has(name))
  try {
    await open([...names], opening)
  } catch (error) {
    if (!isNeedless(error, opening, touched)) throw error
    notice(`not opened, so what it says of connections does not count: ${error.message}`)
  }
}

/** Hosts on which a task becomes another user, or may when its host is picked. */
const becomingHosts = ({ plays }: Plan, { fleet }: Workspace): Set<string> => {
  const becomes = ({ settings: { become } }: PlannedTask, host: string): boolean =>
    (become ?? fleet.hosts.get(host)?.become ?? false) !== false
  return new Set(
    plays.flatMap(({ hosts, candidates }) =>
      [...candidates].flatMap(([host, { steps, handlers }]) => {
        const tasks = [...tasksOf(steps, 'all'), ...handlers]
        return typeof hosts !== 'string' || tasks.some((task) => becomes(task, host)) ? [host] : []
      }),
    ),
  )
}

/**
 * Plans a playbook. Before that, sealed variables that it reads are opened on the hosts that its plays touch, and checked;
 * those of other hosts when a play turns out to read them. A secret that nobody needs is not asked for.
 *
 * @throws CoxswainError for whatever is wrong with variables, patterns, parameters or notifications.
 */
export const planOpened = async (
  book: Playbook,
  workspace: Workspace,
  redactor: Redactor,
  { listing = false, notice = () => {} }: PlanOptions = {},
): Promise<Plan> => {
  const said = new Set<string>()
  const noticeOnce = (text: string): void => {
    if (!said.has(text)) notice(text)
    said.add(text)
  }
  // an included playbook reads variables of its own
  const touched = new Map(schemasOf(book).map((vars) => [vars, new Set<string>()]))
  for (const play of book.plays)
    for (const name of hostsOfPlay(play, workspace)) touched.get(play.vars)?.add(name)
  for (const [vars, names] of listing ? [] : touched) {
    await openWhatIsNeeded(workspace, names, { wanted: namesRead(vars), connection: 'login' }, noticeOnce)
    validateAll(
      vars,
      [...workspace.hosts.values()].filter(({ name }) => names.has(name)),
    )
  }
  for (const opened = new Set<string>(); ;) {
    try {
      // planning is pure: it may be begun anew
      const plan = makePlan(
        book,
        listing ? listed(workspace.inventoryView) : workspace.inventoryView,
        workspace.limit,
      )
      if (!listing) {
        const becoming = becomingHosts(plan, workspace)
        await openWhatIsNeeded(workspace, becoming, { wanted: new Set(), connection: true }, noticeOnce)
      }
      learnSecrets([...touched.keys()], workspace, redactor)
      return plan
    } catch (error) {
      const missing = stillSealed(error).filter((name) => !opened.has(name))
      if (missing.length === 0) throw error
      for (const name of missing) opened.add(name)
      for (const vars of touched.keys())
        await workspace.open(missing, { wanted: namesRead(vars), connection: false })
    }
  }
}
