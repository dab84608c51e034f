/** How many files this process may open, and whether that is enough for the hosts of a run. */
import { readFileSync, readdirSync } from 'node:fs'
import type { OpenFiles } from '../../connection/open-files.ts'
import { CoxswainError } from '../../errors.ts'
import { identityOf } from '../../run/fleet.ts'
import type { Fleet } from '../../run/fleet.ts'
import { everyTask } from '../../run/plan/choose-tasks.ts'
import type { Plan } from '../../run/plan/plan.ts'

/** Numbers of files of this process. */
export interface FileLimit {
  /** That may be open at a time. */
  readonly allowed: number
  /** That are open now. */
  readonly open: number
}

/** Files that a run opens for itself: its journal, keys, reports. */
const ownFiles = 16

/**
 * The limit of open files of this process; undefined where the system does not tell. Node has raised it to the hard limit when
 * it started.
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
 * As whom the tasks of each host certainly act, by the name of the host: those without a condition, on the way that is gone
 * when all goes well. The login user is `''`.
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

/** The files that connections to hosts keep open together; those that hosts share count once. */
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
 * Refuses a plan whose hosts cannot all be connected to: connections stay open until the run ends. Hosts behind a jump host
 * share its connection. A shell of a program is one for each user that tasks act as.
 *
 * @throws `too-few-open-files`, before anything connects.
 */
export const refuseTooManyHosts = async (plan: Plan, fleet: Fleet, limit = fileLimit()): Promise<void> => {
  if (limit === undefined) return
  const users = usersOf(plan, fleet)
  const before = limit.open + ownFiles
  // ssh need not be asked for the ways of a few hosts: three files for each user are more than any connection takes
  const most = [...users.values()].reduce((sum, of) => sum + 3 * Math.max(1, of.size), before)
  if (most <= limit.allowed) return
  const wanted = before + (await filesOf(users, fleet))
  if (wanted <= limit.allowed) return
  throw new CoxswainError(
    'too-few-open-files',
    `connections to ${users.size} hosts take at least ${wanted} open files, and this process may open ${limit.allowed}`,
  )
}
