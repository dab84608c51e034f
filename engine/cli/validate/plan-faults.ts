/** Faults of a playbook that its plays have with the hosts of an inventory. Nothing connects, and nothing is decrypted. */
import { refuseMaskedParams } from '../../dsl/parse-params.ts'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { namesRead } from '../../dsl/schema.ts'
import { isCoxswainError } from '../../errors.ts'
import type { CoxswainError } from '../../errors.ts'
import { placeText } from '../../inventory/place.ts'
import { isUnreadable, lockedFiles, needsOpening, withoutSealed } from '../../inventory/secrets/hosts.ts'
import type { Host } from '../../inventory/types.ts'
import { connectionVarsOf } from '../../inventory/variables/connection-vars.ts'
import { variableFaults } from '../../inventory/variables/validate.ts'
import { makePlan } from '../../run/plan/plan.ts'
import { givensOf, tasksOf } from '../../run/plan/planned-steps.ts'
import type { PlannedTask } from '../../run/plan/planned-steps.ts'
import { describeGiven } from '../session/listing.ts'
import { hostsOfPlay, listed, namesReadBy, tellPlays } from '../session/plan-opened.ts'
import type { Workspace } from '../session/workspace.ts'

/** Faults, and what could not be looked at because it is encrypted. */
export interface PlanFaults {
  readonly faults: readonly unknown[]
  /** Hosts that were not planned. */
  readonly sealed: ReadonlySet<string>
  /** Encrypted files that were not opened. */
  readonly files: ReadonlySet<string>
  /** Hosts that were planned, with variables that were not checked. */
  readonly unchecked: ReadonlySet<string>
  /** Steps whose tasks are made when their values are known, and were not looked at. */
  readonly unknown: ReadonlySet<string>
}

/** What a list of faults grows by when work fails. */
const attempt = async (faults: unknown[], work: () => unknown): Promise<void> => {
  try {
    await work()
  } catch (error) {
    faults.push(error)
  }
}

const isSealed = (error: unknown): boolean => isCoxswainError(error) && error.code === 'secret-sealed'

/** Faults of tasks on this machine: masks of secrets in parameters, local files and templates that cannot be read. */
const needsOf = async (tasks: readonly PlannedTask[], faults: unknown[]): Promise<void> => {
  for (const { task } of tasks)
    await attempt(faults, async () => {
      refuseMaskedParams(task)
      try {
        await task.needs?.()
      } catch (error) {
        throw isCoxswainError(error) ? error.at({ place: task.place(), task: task.title }) : error
      }
    })
}

/** Connections that are not supported, once for each place that sets one: a group can set it for many hosts. */
class UnsupportedConnections {
  readonly #faults = new Map<string, CoxswainError>()

  add(host: Host): void {
    try {
      const { unsupported } = connectionVarsOf(withoutSealed(host))
      if (unsupported === undefined) return
      const { message, place } = unsupported
      const key = `${message} ${place === undefined ? '' : placeText(place)}`
      if (!this.#faults.has(key)) this.#faults.set(key, unsupported.at({ host: host.name }))
    } catch (error) {
      // reported when the host was opened
      if (!isCoxswainError(error)) throw error
    }
  }

  faults(): readonly CoxswainError[] {
    return [...this.#faults.values()]
  }
}

/** All faults of a playbook. */
export const planFaults = async (book: Playbook, workspace: Workspace): Promise<PlanFaults> => {
  const faults: unknown[] = []
  const sealed = new Set<string>()
  const view = listed(workspace.inventoryView)
  const touched = new Map(schemasOf(book).map((vars) => [vars, new Set<string>()]))
  const plays: { readonly play: (typeof book.plays)[number]; readonly names: readonly string[] }[] = []
  for (const play of book.plays)
    await attempt(faults, () => {
      const names = hostsOfPlay(play, workspace)
      plays.push({ play, names })
      for (const name of names) touched.get(play.vars)?.add(name)
    })
  if (plays.length === book.plays.length) tellPlays(book, workspace)
  await workspace.evaluate(namesReadBy([...touched.keys()]))
  const wrong = new Set<string>()
  const files = new Set<string>()
  const unchecked = new Set<string>()
  const unknown = new Set<string>()
  for (const [vars, names] of touched) {
    const hosts = [...workspace.hosts.values()].filter(({ name }) => names.has(name))
    const shut = new Set(hosts.filter((host) => needsOpening(host, namesRead(vars))))
    for (const { name } of shut) unchecked.add(name)
    for (const file of hosts.flatMap(lockedFiles)) files.add(file)
    const open = hosts.filter((host) => !shut.has(host))
    for (const fault of variableFaults(vars, open)) {
      faults.push(fault.error)
      for (const name of fault.hosts) wrong.add(name)
    }
  }
  const connections = new UnsupportedConnections()
  for (const name of new Set(plays.flatMap(({ names }) => names))) {
    const host = workspace.hosts.get(name)
    if (host === undefined || isUnreadable(host)) continue
    await attempt(faults, () => workspace.open([name], { wanted: new Set(), connection: true }))
    connections.add(host)
  }
  faults.push(...connections.faults())
  for (const { play, names } of plays)
    for (const name of names) {
      // its tasks would only repeat what is wrong with its variables
      if (wrong.has(name)) continue
      try {
        const plan = makePlan({ ...book, plays: [play] }, view, [name])
        const all = plan.plays.flatMap(({ candidates }) =>
          [...candidates.values()].flatMap((one) => one.steps),
        )
        for (const given of givensOf(all)) unknown.add(describeGiven(given))
        const tasks = plan.plays.flatMap(({ candidates }) =>
          [...candidates.values()].flatMap(({ steps, handlers }) => [...tasksOf(steps, 'all'), ...handlers]),
        )
        await needsOf(tasks, faults)
      } catch (error) {
        if (isSealed(error)) sealed.add(name)
        else faults.push(error)
      }
    }
  // what only shows in all plays together, such as that no host is left
  if (faults.length === 0 && sealed.size === 0)
    await attempt(faults, () => makePlan(book, view, workspace.limit))
  for (const name of sealed) unchecked.delete(name)
  return { faults, sealed, files, unchecked, unknown }
}
