import type { Playbook, RawContext, RawHost, SealedPlay } from '../../dsl/playbook.ts'
import type { Outcome } from '../../dsl/outcome.ts'
import type { Portion } from '../../dsl/play.ts'
import { candidatePattern } from '../../dsl/select.ts'
import type { Selector, Task } from '../../dsl/types.ts'
import { stepsOf } from '../../dsl/step.ts'
import { CoxswainError } from '../../errors.ts'
import { authored } from './authored.ts'
import { checkSerial } from './batches.ts'
import { notifier, planHandlers } from './handlers.ts'
import { givensOf, tasksOf } from './planned-steps.ts'
import type { PlannedStep, PlannedTask } from './planned-steps.ts'
import { RoleHandlers } from './role-handlers.ts'
import { checkSourceHosts } from './source-hosts.ts'
import { usualSettings, within } from './settings.ts'
import type { Settings } from './settings.ts'
import { ownSources } from './step-lists.ts'
import { unfold } from './unfold.ts'

/** The steps of a host in a play. */
export interface HostPlan {
  readonly steps: readonly PlannedStep[]
  /** In the order of execution. */
  readonly handlers: readonly PlannedTask[]
  /** The run that this one resumes. */
  readonly resumes?: EarlierRun
}

/** What an earlier run left of tasks of a host. */
export interface EarlierResults {
  /** Outcomes of tasks that ended. */
  readonly past: ReadonlyMap<Task, Outcome>
  /** Tasks that had begun to change the host and did not complete. */
  readonly unfinished: ReadonlySet<Task>
}

/** The results of the planned tasks of a host, and those of tasks that are made later. */
export interface EarlierRun extends EarlierResults {
  readonly earlier: (made: readonly PlannedTask[]) => EarlierResults
}

/** Whether a host can have a handler: one of those that are known, or one of a role that is made at its turn. */
export const canHaveHandler = ({ steps, handlers }: HostPlan, name: string): boolean =>
  handlers.some(({ handler }) => handler === name) || givensOf(steps).length > 0

export const nothingEarlier: EarlierResults = { past: new Map(), unfinished: new Set() }

export interface PlannedPlay {
  readonly name: string
  readonly hosts: Selector
  /** The inventory does not have the group, and the play is optional. */
  readonly absent: boolean
  /** None of its tasks was chosen: it is skipped. */
  readonly leftOut: boolean
  readonly settings: Settings
  /** Sizes of its batches; empty for all hosts at once. */
  readonly portions: readonly Portion[]
  readonly strategy: 'free' | 'linear'
  readonly anyErrorsFatal: boolean
  readonly maxFailPercentage: number | undefined
  /** Every host that the selector can select, after `--limit`, in the order of its pattern, with its steps. */
  readonly candidates: ReadonlyMap<string, HostPlan>
}

/** Plays × hosts × flags: all that is known before anything connects. */
export interface Plan {
  readonly playbook: string
  readonly plays: readonly PlannedPlay[]
  /** Every host of any play, in the order of `all`. */
  readonly hosts: readonly string[]
}

/** The inventory for planning. */
export interface InventoryView {
  /** Hosts with merged variables, in the order of `all`. */
  readonly hosts: ReadonlyMap<string, RawHost>
  /** Hosts of a pattern; throws `pattern-invalid`. `name` describes the pattern in the error. */
  match(pattern: string, name?: string): readonly string[]
  /** Hosts of a group; throws if the group does not exist. */
  group(name: string): readonly string[]
  hasGroup(name: string): boolean
}

/** Plans the steps and handlers of a host. */
const planHost = (play: SealedPlay, context: RawContext, settings: Settings): HostPlan => {
  const steps = stepsOf(`play "${play.name}": tasks(…)`, play.tasks(context))
  const handlers = play.handlers(context)
  const notifies = notifier(`play "${play.name}"`, handlers)
  const roles = new RoleHandlers(play.name, settings)
  const planned = unfold(steps, { play: play.name, settings, notifies, roles })
  const from = tasksOf(planned, 'all').length
  const all = [...planHandlers(handlers, notifies, { settings, from }), ...roles.planned]
  return { steps: planned, handlers: all.map((handler, index) => ({ ...handler, position: from + index })) }
}

/** The host of an inventory with this name. */
const rawHost = ({ hosts }: InventoryView, name: string): RawHost => {
  const host = hosts.get(name)
  if (host === undefined) throw new CoxswainError('internal', `no variables for the host ${name}`)
  return host
}

const groupsOf =
  (inventoryView: InventoryView) =>
  (name: string): RawHost[] =>
    inventoryView.group(name).map((host) => rawHost(inventoryView, host))

const planPlay = (
  play: SealedPlay,
  inventoryView: InventoryView,
  limit: ReadonlySet<string> | undefined,
): PlannedPlay => {
  const group = groupsOf(inventoryView)
  const { name, hosts, become, env, cwd, tags } = play
  const settings = { ...within(usualSettings, { become, env, cwd, tags }), readOnly: play.readOnly === true }
  const candidates = new Map<string, HostPlan>()
  const pattern = candidatePattern(hosts)
  const absent = play.optional === true && !inventoryView.hasGroup(pattern)
  for (const host of absent ? [] : inventoryView.match(pattern, `hosts of play "${name}"`)) {
    if (limit !== undefined && !limit.has(host)) continue
    candidates.set(
      host,
      authored(`play "${name}"`, () =>
        planHost(play, { host: rawHost(inventoryView, host), group }, settings),
      ),
    )
  }
  return {
    name,
    hosts,
    absent,
    leftOut: false,
    settings,
    portions: checkSerial(name, play.serial),
    strategy: play.strategy ?? 'free',
    anyErrorsFatal: play.anyErrorsFatal ?? false,
    maxFailPercentage: play.maxFailPercentage,
    candidates,
  }
}

/**
 * Refuses steps with the value of a task that acts and has not had its turn before, in this play or an earlier one. Those that are made
 * later are not known yet.
 */
const refuseEarlyValues = (plays: readonly PlannedPlay[]): void => {
  const before = new Map<string, Set<Task>>()
  for (const { name, candidates } of plays)
    for (const [host, { steps }] of candidates) {
      const known = before.get(host) ?? new Set<Task>()
      before.set(host, known)
      const places = new Map(tasksOf(steps, 'all').map(({ task, position }) => [task, position]))
      for (const { about, sources } of givensOf(steps))
        for (const task of ownSources(sources)) {
          const place = places.get(task)
          if (task.apply === undefined || known.has(task) || (place !== undefined && place < about.position))
            continue
          throw new CoxswainError(
            'playbook-invalid',
            `play "${name}": the value of "${task.title}" is used, and the task has no turn before`,
            {
              task: about.task.title,
              place: about.task.place(),
              hint: 'put the task into the list, before the step that uses its value',
            },
          )
        }
      for (const task of places.keys()) known.add(task)
    }
}

/**
 * Plans a playbook: calls `tasks` of every play for every host that the play can select.
 *
 * @throws CoxswainError for an invalid pattern, parameter or notification, and for an inventory that the playbook refuses.
 */
export const makePlan = (
  playbook: Playbook,
  inventoryView: InventoryView,
  limit?: readonly string[],
): Plan => {
  const limited = limit === undefined ? undefined : new Set(limit)
  for (const requires of playbook.requires)
    authored(`playbook ${playbook.name}`, () => requires({ group: groupsOf(inventoryView) }))
  const plays = playbook.plays.map((play) => planPlay(play, inventoryView, limited))
  refuseEarlyValues(plays)
  checkSourceHosts(plays, (pattern) => inventoryView.match(pattern))
  const touched = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  const hosts = [...inventoryView.hosts.keys()].filter((name) => touched.has(name))
  if (hosts.length === 0) {
    throw new CoxswainError('no-hosts', `no host is left for ${playbook.name}`, {
      hint: 'check the hosts of the plays and --limit: run … --list-hosts',
    })
  }
  return { playbook: playbook.name, plays, hosts }
}
