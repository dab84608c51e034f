import { schemasOf } from '../../dsl/playbook.ts'
import type { z } from 'zod'
import type { Playbook, RawHost, SealedPlay } from '../../dsl/playbook.ts'
import { namesRead, secretNames } from '../../dsl/schema.ts'
import { candidatePattern } from '../../dsl/select.ts'
import { isCoxswainError } from '../../errors.ts'
import type { CoxswainError } from '../../errors.ts'
import { hasSealedSetting } from '../../inventory/secrets/hosts.ts'
import type { Opening, VariableNames } from '../../inventory/secrets/hosts.ts'
import type { Host } from '../../inventory/types.ts'
import { parseVariables } from '../../inventory/variables/parse.ts'
import { validateAll } from '../../inventory/variables/validate.ts'
import { makePlan } from '../../run/plan/plan.ts'
import type { Plan, InventoryView } from '../../run/plan/plan.ts'
import { givensOf, tasksOf } from '../../run/plan/planned-steps.ts'
import type { PlannedTask } from '../../run/plan/planned-steps.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import type { PlayHosts } from './listing.ts'
import type { Workspace } from './workspace.ts'

/** The candidate hosts of a play that match `--limit`, in the order of its pattern. */
export const hostsOfPlay = (
  { name: play, hosts, optional }: SealedPlay,
  { inventoryView, limit }: Pick<Workspace, 'inventoryView' | 'limit'>,
): readonly string[] => {
  const pattern = candidatePattern(hosts)
  if (optional === true && !inventoryView.hasGroup(pattern)) return []
  return inventoryView
    .match(pattern, `hosts of play "${play}"`)
    .filter((name) => limit === undefined || limit.includes(name))
}

/** The candidate hosts of each play. It reads no variable and opens no secret. */
export const hostsOfPlays = ({ plays }: Playbook, workspace: Workspace): PlayHosts[] =>
  plays.map((play, index) => ({
    index,
    name: play.name,
    hosts: play.hosts,
    names: hostsOfPlay(play, workspace),
  }))

/** The names that schemas read. */
export const namesReadBy = (schemas: readonly z.ZodType[]): VariableNames => {
  const all = schemas.map(namesRead)
  return all.includes('all') ? 'all' : new Set(all.flatMap((names) => (names === 'all' ? [] : [...names])))
}

/** The one value of all, if they are the same. */
const sameOf = <Value>(all: readonly Value[], text: (value: Value) => string): Value | undefined => {
  const [first, ...others] = all
  return first !== undefined && others.every((one) => text(one) === text(first)) ? first : undefined
}

/** Tells what `ansible_play_hosts`, `ansible_play_batch` and `ansible_play_name` are in the inventory, if all plays have the same. */
export const tellPlays = ({ plays }: Playbook, workspace: Workspace): void => {
  workspace.setPlays({
    playHosts: sameOf(
      plays.map((play) => hostsOfPlay(play, workspace)),
      (names) => names.join(),
    ),
    serial: plays.some(({ serial }) => serial !== undefined),
    playName: sameOf(
      plays.map(({ name }) => name),
      (name) => name,
    ),
  })
}

/** The hosts whose sealed variables a play has read. */
const stillSealed = (error: unknown): readonly string[] => {
  if (!isCoxswainError(error) || error.code !== 'secret-sealed' || !Array.isArray(error.cause)) return []
  return error.cause.filter((name) => typeof name === 'string')
}

/**
 * Passes all secret variables to the redactor, also those that are not parameters of a task: a condition can read them.
 * Sealed ones are skipped, as they cannot be shown.
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
  /** The plan is only listed: secrets stay sealed, except in files with other variables that a play reads. */
  readonly listing?: boolean
  /** Prints which files were not opened. */
  readonly notice?: (text: string) => void
}

/** The inventory for a plan that is only listed. */
export const listed = (inventoryView: InventoryView): InventoryView => ({
  ...inventoryView,
  hosts: new Map([...inventoryView.hosts].map(([name, host]) => [name, withFlag(host)])),
})

/** A host for a plan that is only listed; its address is read on demand. */
const withFlag = (host: RawHost): RawHost => {
  const { name, groups, variables, inventoryFolder } = host
  return {
    name,
    groups,
    variables,
    inventoryFolder,
    get address() {
      return host.address
    },
    listed: true,
  }
}

/**
 * Whether files without a key can stay encrypted: the plan reads no variable, and no connection variable is known to be
 * encrypted.
 */
const canStayEncrypted = (
  error: unknown,
  { wanted, connection }: Opening,
  hosts: readonly Host[],
): error is CoxswainError =>
  isCoxswainError(error) &&
  error.code === 'secret-locked' &&
  wanted !== 'all' &&
  wanted.size === 0 &&
  !hosts.some((host) => hasSealedSetting(host, connection))

/** Opens sealed variables of hosts. Files without a key stay encrypted if no variable in them is certainly needed. */
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
    if (!canStayEncrypted(error, opening, touched)) throw error
    notice(`connection variables in encrypted files are ignored: ${error.message}`)
  }
}

/** Hosts on which a task uses become, or can use it: its host is picked at run time, or the task is only made then. */
const becomingHosts = ({ plays }: Plan, { fleet }: Workspace): Set<string> => {
  const becomes = ({ settings: { become } }: PlannedTask, host: string): boolean =>
    (become ?? fleet.hosts.get(host)?.become ?? false) !== false
  return new Set(
    plays.flatMap(({ hosts, candidates }) =>
      [...candidates].flatMap(([host, { steps, handlers }]) => {
        const tasks = [...tasksOf(steps, 'all'), ...handlers]
        const open = typeof hosts !== 'string' || givensOf(steps).length > 0
        return open || tasks.some((task) => becomes(task, host)) ? [host] : []
      }),
    ),
  )
}

/**
 * Plans a playbook. First it opens and validates the sealed variables that the playbook reads on the hosts of its plays, and
 * those of other hosts if a play reads them. It does not prompt for secrets that are not needed.
 *
 * @throws CoxswainError for invalid variables, patterns, parameters or notifications.
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
  // an included playbook has its own variables
  const touched = new Map(schemasOf(book).map((vars) => [vars, new Set<string>()]))
  for (const play of book.plays)
    for (const name of hostsOfPlay(play, workspace)) touched.get(play.vars)?.add(name)
  tellPlays(book, workspace)
  if (listing) await workspace.evaluate(namesReadBy([...touched.keys()]))
  for (const [vars, names] of listing ? [] : touched) {
    await openWhatIsNeeded(workspace, names, { wanted: namesRead(vars), connection: 'login' }, noticeOnce)
    validateAll(
      vars,
      [...workspace.hosts.values()].filter(({ name }) => names.has(name)),
    )
  }
  for (const opened = new Set<string>(); ;) {
    try {
      // planning is pure and can be repeated
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
