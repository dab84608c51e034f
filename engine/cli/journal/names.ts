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

/** Digits of the highest number. */
const mostDigits = 12

/** The number at the beginning of a name, so many digits; undefined where something else stands there. */
const numberIn = (name: string, length: number): number | undefined => {
  let number = 0
  for (let at = 0; at < length; at += 1) {
    const digit = name.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return number
}

/** A file of a run of a subject, read without a regular expression: there may be thousands. */
const runOf = (name: string, dash: number, subject: string): RunName | undefined => {
  const end = dash + 1 + subject.length
  const check = name.length === end + 12 && name.endsWith('-check.jsonl')
  if (!check && !(name.length === end + 6 && name.endsWith('.jsonl'))) return undefined
  const run = dash > mostDigits ? undefined : numberIn(name, dash)
  return run === undefined ? undefined : { name, run, subject, check }
}

const byNumber = (a: RunName, b: RunName): number => a.run - b.run

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
    if (subject !== undefined && dash >= 6) {
      if (name.startsWith(subject, dash + 1)) {
        const run = runOf(name, dash, subject)
        if (run !== undefined) runs.push(run)
        if (run !== undefined && run.run > last) last = run.run
      } else if (dash <= mostDigits) others = Math.max(others, numberIn(name, dash) ?? 0)
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
    // they come in the order of their names, which is that of their numbers up to a million
    runs: runs.every((run, index) => index === 0 || byNumber(runs[index - 1] ?? run, run) <= 0)
      ? runs
      : runs.toSorted(byNumber),
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
