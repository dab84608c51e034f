/**
 * Names of the files in a state folder. They carry the number of the run and a hash of what it is remembered under, so that
 * a run opens only files of its own playbook and inventory, however many others there are.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { Subject } from './header.ts'

/** What the name of a run's file says. */
export interface RunName {
  readonly name: string
  readonly run: number
  /** See {@link subjectHash}. */
  readonly subject: string
  readonly check: boolean
}

/** What is in a state folder, by name alone. */
export interface Listing {
  /** Files of runs, the oldest first. */
  readonly runs: readonly RunName[]
  /** Numbers that a run has taken and not yet written its header for. */
  readonly claims: readonly number[]
  /** Journals of an earlier version. */
  readonly foreign: readonly string[]
  /** The highest number that was ever taken, as far as can be seen. */
  readonly last: number
  /** The highest number of a run that is of another subject than asked for. */
  readonly others: number
}

/** A name for a playbook with an inventory that is short, and always the same. */
export const subjectHash = ({ playbook, inventory }: Subject): string =>
  createHash('sha256')
    .update(JSON.stringify([playbook, inventory]))
    .digest('hex')
    .slice(0, 16)

const digits = (run: number): string => String(run).padStart(6, '0')

/** Name of the file of a run. */
export const fileOfRun = (run: number, subject: string, check: boolean): string =>
  `${digits(run)}-${subject}${check ? '-check' : ''}.jsonl`

/** Name of the file that holds a number until the header of its run is written. */
export const claimOf = (run: number): string => `${digits(run)}.claim`

const pattern = /^(\d{6,12})(?:-([0-9a-f]{16})(-check)?\.jsonl|(\.claim)|(\.jsonl))$/

/**
 * Sorts names of files. What is none of ours is left out.
 *
 * @param subject only runs of this one, where it is given: of all others only the number is looked at.
 */
export const listingOf = (names: readonly string[], subject?: string): Listing => {
  const runs: RunName[] = []
  const claims: number[] = []
  const foreign: string[] = []
  let last = 0
  let others = 0
  for (const name of names) {
    // what follows the number says whose it is; most files are of others
    const dash = name.indexOf('-')
    const other = subject !== undefined && dash >= 6 && !name.startsWith(subject, dash + 1)
    if (other) {
      const run = Number(name.slice(0, dash))
      if (run > others) others = run
      continue
    }
    const [, number, of, check, claim] = pattern.exec(name) ?? []
    if (number === undefined) continue
    const run = Number(number)
    last = Math.max(last, run)
    if (of !== undefined) runs.push({ name, run, subject: of, check: check !== undefined })
    else if (claim !== undefined) claims.push(run)
    else foreign.push(name)
  }
  return {
    runs: runs.toSorted((a, b) => a.run - b.run),
    claims,
    foreign,
    last: Math.max(last, others),
    others,
  }
}

/** What is in a state folder, see {@link listingOf}; nothing where it cannot be read. */
export const listState = (folder: string, subject?: string): Listing => {
  try {
    return listingOf(readdirSync(folder), subject)
  } catch {
    return listingOf([])
  }
}
