/** The limit of open files of this process, and whether it is enough for the hosts of a run. */
import { readFileSync, readdirSync } from 'node:fs'
import type { OpenFiles } from '../../connection/open-files.ts'
import { CoxswainError } from '../../errors.ts'
import { identityOf } from '../../run/fleet.ts'
import type { Fleet } from '../../run/fleet.ts'
import { everyTask } from '../../run/plan/choose-tasks.ts'
import type { Plan } from '../../run/plan/plan.ts'

/** Open files of this process. */
export interface FileLimit {
  /** The limit. */
  readonly allowed: number
  /** The number that is open now. */
  readonly open: number
}

/** Files that a run opens for itself: its journal, keys, reports. */
const ownFiles = 16

/**
 * The limit of open files of this process; undefined if the system does not report it. Node raises it to the hard limit when
 * it starts.
 */
export const fileLimit = (): FileLimit | undefined => {
  try {
    const allowed = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return allowed === undefined
      ? undefined
      : { allowed: Number(allowed), open: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}

/**
 * The acting users of each host that the run certainly needs, by host name: those of tasks without a condition, if no task
 * fails. The login user is `''`.
 */
const usersOf = (plan: Plan, { hosts }: Fleet): Map<string, Set<string>> => {
  const users = new Map(
    plan.plays.flatMap(({ candidates }) => [...candidates.keys()]).map((name) => [name, new Set<string>()]),
  )
  for (const { host, planned } of everyTask(plan, 'success-path')) {
    const { become, conditional, on, oncePer } = planned.settings
    const known = hosts.get(host)
    if (known === undefined || conditional || on !== undefined || oncePer !== undefined) continue
    users.get(host)?.add(identityOf(known, become ?? known.become)?.user ?? '')
  }
  return users
}

/** The number of files that the connections to all hosts keep open; a shared connection counts once. */
const filesOf = async (
  users: ReadonlyMap<string, ReadonlySet<string>>,
  { hosts }: Fleet,
): Promise<number> => {
  const alone = Promise.resolve<OpenFiles>({ count: 1 })
  const each = await Promise.all([...users].map(([name, of]) => hosts.get(name)?.files?.(of) ?? alone))
  const groups = new Map(each.map((files, index) => [files.shared ?? index, files.count]))
  return [...groups.values()].reduce((sum, count) => sum + count, 0)
}

/**
 * Refuses a plan with more hosts than the limit of open files allows: connections stay open until the run ends. Hosts with
 * the same jump host share its connection. Connections through a program have one shell per acting user.
 *
 * @throws `too-few-open-files`, before anything connects.
 */
export const refuseTooManyHosts = async (plan: Plan, fleet: Fleet, limit = fileLimit()): Promise<void> => {
  if (limit === undefined) return
  const users = usersOf(plan, fleet)
  const before = limit.open + ownFiles
  // few hosts are always fine, without asking ssh for their settings: no connection needs more than three files per user
  const most = [...users.values()].reduce((sum, of) => sum + 3 * Math.max(1, of.size), before)
  if (most <= limit.allowed) return
  const wanted = before + (await filesOf(users, fleet))
  if (wanted <= limit.allowed) return
  throw new CoxswainError(
    'too-few-open-files',
    `connections to ${users.size} hosts need at least ${wanted} open files, and the limit of this process is ${limit.allowed}`,
  )
}
