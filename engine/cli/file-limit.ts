/** How many files this process may open, and whether that is enough for the hosts of a run. */
import { readFileSync, readdirSync } from 'node:fs'
import { CoxswainError } from '../errors.ts'
import type { Fleet } from '../run/fleet.ts'
import type { Plan } from '../run/plan/plan.ts'

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
 * Refuses a plan whose hosts cannot all be connected to: connections stay open until the run ends.
 *
 * @throws `too-few-open-files`, before anything connects.
 */
export const refuseTooManyHosts = ({ plays }: Plan, { hosts }: Fleet, limit = fileLimit()): void => {
  if (limit === undefined) return
  const names = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  const wanted = [...names].reduce((sum, name) => sum + (hosts.get(name)?.files ?? 1), limit.open + ownFiles)
  if (wanted <= limit.allowed) return
  throw new CoxswainError(
    'too-few-open-files',
    `connections to ${names.size} hosts take at least ${wanted} open files, and this process may open ${limit.allowed}`,
  )
}
