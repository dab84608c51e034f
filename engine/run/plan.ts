import type { Playbook, RawContext, RawHost, SealedPlay } from '../dsl/playbook.ts'
import type { Become } from '../dsl/play.ts'
import { candidatePattern } from '../dsl/select.ts'
import type { Selector } from '../dsl/select.ts'
import type { Task } from '../dsl/task.ts'
import { CoxswainError, authorsPlace, isCoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'

/** What a host shall go through in a play. */
export interface HostTasks {
  readonly tasks: readonly Task[]
  readonly handlers: Readonly<Record<string, Task>>
}

export interface PlannedPlay {
  readonly name: string
  readonly hosts: Selector
  /** The inventory lacks the group, and the play says that it may. */
  readonly absent: boolean
  readonly become: Become | undefined
  readonly serial: number
  /** Every host that the selector could give, after `--limit`, in inventory order, with its tasks. */
  readonly candidates: ReadonlyMap<string, HostTasks>
}

/** Plays × hosts × flags: all that can be known before anything connects. */
export interface Plan {
  readonly playbook: string
  readonly plays: readonly PlannedPlay[]
  /** Every host of any play, in inventory order. */
  readonly hosts: readonly string[]
}

/** What planning needs to know of the inventory. */
export interface Territory {
  /** Hosts with merged variables, in inventory order. */
  readonly hosts: ReadonlyMap<string, RawHost>
  /** Hosts of a pattern; throws `pattern-invalid`. */
  match(pattern: string): readonly string[]
  /** Hosts of a group; throws when there is no such group. */
  group(name: string): readonly string[]
  hasGroup(name: string): boolean
}

const notified = ({ options: { notify = [] } }: Task): readonly string[] =>
  typeof notify === 'string' ? [notify] : notify

/** The names of handlers that a task notifies. */
export const handlersOf = notified

const checkNotifications = (play: string, { tasks, handlers }: HostTasks): void => {
  const names = Object.keys(handlers)
  for (const task of tasks) {
    for (const name of notified(task)) {
      if (names.includes(name)) continue
      const guess = nearest(name, names)
      throw new CoxswainError('playbook-invalid', `play "${play}": no handler is named "${name}"`, {
        task: task.title,
        hint: guess === undefined ? 'add it to the play under `handlers`' : `did you mean "${guess}"?`,
      })
    }
  }
}

/**
 * Calls what the author of a playbook wrote. What it throws is told with its place in the author's file.
 *
 * @throws `playbook-invalid` for a slip of the author, or the error itself where it has a code.
 */
const authored = <Value>(play: string, work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    const place = authorsPlace(error)
    if (isCoxswainError(error)) throw error.at({ place })
    const message = error instanceof Error ? error.message : String(error)
    throw new CoxswainError('playbook-invalid', `play "${play}": ${message}`, { cause: error, place })
  }
}

const planPlay = (
  play: SealedPlay,
  territory: Territory,
  limit: ReadonlySet<string> | undefined,
): PlannedPlay => {
  const raw = (name: string): RawHost => {
    const host = territory.hosts.get(name)
    if (host === undefined) throw new CoxswainError('internal', `no variables for the host ${name}`)
    return host
  }
  const group = (name: string): RawHost[] => territory.group(name).map(raw)
  const candidates = new Map<string, HostTasks>()
  const pattern = candidatePattern(play.hosts)
  const absent = play.optional === true && !territory.hasGroup(pattern)
  for (const name of absent ? [] : territory.match(pattern)) {
    if (limit !== undefined && !limit.has(name)) continue
    const context: RawContext = { host: raw(name), group }
    const planned = authored(play.name, () => ({
      tasks: play.tasks(context),
      handlers: play.handlers(context),
    }))
    checkNotifications(play.name, planned)
    candidates.set(name, planned)
  }
  const serial = play.serial ?? Infinity
  if (!(serial >= 1)) {
    throw new CoxswainError(
      'playbook-invalid',
      `play "${play.name}": serial is ${serial}; it counts hosts, from 1`,
    )
  }
  return { name: play.name, hosts: play.hosts, absent, become: play.become, serial, candidates }
}

/**
 * Plans a playbook: asks every play for the tasks of every host that it could touch.
 *
 * @throws CoxswainError for whatever is wrong with a pattern, a parameter or a notification.
 */
export const makePlan = (playbook: Playbook, territory: Territory, limit?: readonly string[]): Plan => {
  const limited = limit === undefined ? undefined : new Set(limit)
  const plays = playbook.plays.map((play) => planPlay(play, territory, limited))
  const touched = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  const hosts = [...territory.hosts.keys()].filter((name) => touched.has(name))
  if (hosts.length === 0) {
    throw new CoxswainError('no-hosts', `no host is left for ${playbook.name}`, {
      hint: 'see which hosts the plays name and what --limit leaves: run … --list-hosts',
    })
  }
  return { playbook: playbook.name, plays, hosts }
}
