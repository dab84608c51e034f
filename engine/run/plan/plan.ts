import { inspect } from 'node:util'
import type { Playbook, RawContext, RawHost, SealedPlay } from '../../dsl/playbook.ts'
import type { Outcome } from '../../dsl/outcome.ts'
import type { Portion } from '../../dsl/play.ts'
import { candidatePattern } from '../../dsl/select.ts'
import type { Selector, Task } from '../../dsl/types.ts'
import { stepsOf } from '../../dsl/step.ts'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { checkSerial } from './batches.ts'
import { notifier, planHandlers } from './handlers.ts'
import { tasksOf, unfold, usualSettings, within } from './planned-steps.ts'
import type { PlannedStep, PlannedTask, Settings } from './planned-steps.ts'

/** The steps of a host in a play. */
export interface HostPlan {
  readonly steps: readonly PlannedStep[]
  /** In the order of execution. */
  readonly handlers: readonly PlannedTask[]
  /** Outcomes of tasks in the run that this one resumes. */
  readonly past?: ReadonlyMap<Task, Outcome>
  /** Tasks that had begun to change the host in that run and did not complete. */
  readonly unfinished?: ReadonlySet<Task>
}

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

/**
 * Calls code of a playbook's author. Its errors get their place in the author's file.
 *
 * @throws `playbook-invalid` for an error of the author, or the error itself if it has a code.
 */
const authored = <Value>(play: string, work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    const place = authorsPlace(error)
    const about = `play "${play}"`
    if (isCoxswainError(error)) {
      const said = error.code !== 'playbook-invalid' || error.message.startsWith(about)
      throw error.at({ place, about: said ? undefined : about })
    }
    const message = error instanceof Error ? error.message : `threw ${inspect(error)}`
    throw new CoxswainError('playbook-invalid', `${about}: ${message}`, {
      cause: error,
      place,
      hint: 'fix the code at the line shown',
    })
  }
}

/** Plans the steps and handlers of a host. */
const planHost = (play: SealedPlay, context: RawContext, settings: Settings): HostPlan => {
  const steps = stepsOf(play.name, play.tasks(context))
  const handlers = play.handlers(context)
  const notifies = notifier(play.name, handlers)
  const planned = unfold(steps, { play: play.name, settings, notifies })
  const from = tasksOf(planned, 'all').length
  return { steps: planned, handlers: planHandlers(handlers, notifies, { settings, from }) }
}

const planPlay = (
  play: SealedPlay,
  inventoryView: InventoryView,
  limit: ReadonlySet<string> | undefined,
): PlannedPlay => {
  const raw = (name: string): RawHost => {
    const host = inventoryView.hosts.get(name)
    if (host === undefined) throw new CoxswainError('internal', `no variables for the host ${name}`)
    return host
  }
  const group = (name: string): RawHost[] => inventoryView.group(name).map(raw)
  const { name, hosts, become, env, cwd, tags } = play
  const settings = within(usualSettings, { become, env, cwd, tags })
  const candidates = new Map<string, HostPlan>()
  const pattern = candidatePattern(hosts)
  const absent = play.optional === true && !inventoryView.hasGroup(pattern)
  for (const host of absent ? [] : inventoryView.match(pattern, `hosts of play "${name}"`)) {
    if (limit !== undefined && !limit.has(host)) continue
    candidates.set(
      host,
      authored(name, () => planHost(play, { host: raw(host), group }, settings)),
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
 * Plans a playbook: calls `tasks` of every play for every host that the play can select.
 *
 * @throws CoxswainError for an invalid pattern, parameter or notification.
 */
export const makePlan = (
  playbook: Playbook,
  inventoryView: InventoryView,
  limit?: readonly string[],
): Plan => {
  const limited = limit === undefined ? undefined : new Set(limit)
  const plays = playbook.plays.map((play) => planPlay(play, inventoryView, limited))
  const touched = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  const hosts = [...inventoryView.hosts.keys()].filter((name) => touched.has(name))
  if (hosts.length === 0) {
    throw new CoxswainError('no-hosts', `no host is left for ${playbook.name}`, {
      hint: 'check the hosts of the plays and --limit: run … --list-hosts',
    })
  }
  return { playbook: playbook.name, plays, hosts }
}
