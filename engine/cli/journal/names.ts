/**
 * Names of the files in a state folder. They have the number of the run and a hash of its playbook and inventory, so that
 * a run only opens files of its own playbook and inventory.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { subjectKey } from './header.ts'
import type { Subject } from './header.ts'

/** The parts of the file name of a run. */
export interface RunName {
  readonly name: string
  readonly run: number
  /** See {@link subjectHash}. */
  readonly subject: string
  readonly check: boolean
}

/** The files of a state folder, by name. */
export interface Listing {
  /** Files of runs, the oldest first. */
  readonly runs: readonly RunName[]
  /** Claimed numbers of runs that have not written their header yet. */
  readonly claims: readonly number[]
  /** Journals of an earlier version. */
  readonly foreign: readonly string[]
  /** The highest number in the folder. */
  readonly last: number
  /** The highest number of a run with another subject. */
  readonly others: number
}

/** A short, stable name for a playbook with an inventory. */
export const subjectHash = (subject: Subject): string =>
  createHash('sha256').update(subjectKey(subject)).digest('hex').slice(0, 16)

const digits = (run: number): string => String(run).padStart(6, '0')

/** The file name of a run. */
export const fileOfRun = (run: number, subject: string, check: boolean): string =>
  `${digits(run)}-${subject}${check ? '-check' : ''}.jsonl`

/** The name of the file that claims a number until the header of its run is written. */
export const claimOf = (run: number): string => `${digits(run)}.claim`

const pattern = /^(\d{6,12})(?:-([0-9a-f]{16})(-check)?\.jsonl|(\.claim)|(\.jsonl))$/

/** The most digits of a number. */
const mostDigits = 12

/** Parses the first `length` characters of a name as a number; undefined if they are not digits. */
const parseNumber = (name: string, length: number): number | undefined => {
  let number = 0
  for (let at = 0; at < length; at += 1) {
    const digit = name.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return number
}

/** Parses a file name of a subject without a regular expression, as there can be thousands of files. */
const parseName = (name: string, dash: number, subject: string): RunName | undefined => {
  const end = dash + 1 + subject.length
  const check = name.length === end + 12 && name.endsWith('-check.jsonl')
  if (!check && !(name.length === end + 6 && name.endsWith('.jsonl'))) return undefined
  const run = dash > mostDigits ? undefined : parseNumber(name, dash)
  return run === undefined ? undefined : { name, run, subject, check }
}

const byNumber = (a: RunName, b: RunName): number => a.run - b.run

/**
 * Classifies file names, and ignores other files.
 *
 * @param subject only list runs of this subject; of others, only the highest number.
 */
export const listingOf = (names: readonly string[], subject?: string): Listing => {
  const runs: RunName[] = []
  const claims: number[] = []
  const foreign: string[] = []
  let last = 0
  let others = 0
  for (const name of names) {
    // the subject follows the number; most files have another subject
    const dash = name.indexOf('-')
    if (subject !== undefined && dash >= 6) {
      if (name.startsWith(subject, dash + 1)) {
        const run = parseName(name, dash, subject)
        if (run !== undefined) runs.push(run)
        if (run !== undefined && run.run > last) last = run.run
      } else if (dash <= mostDigits) others = Math.max(others, parseNumber(name, dash) ?? 0)
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
    // the order of names is the order of numbers up to a million
    runs: runs.every((run, index) => index === 0 || byNumber(runs[index - 1] ?? run, run) <= 0)
      ? runs
      : runs.toSorted(byNumber),
    claims,
    foreign,
    last: Math.max(last, others),
    others,
  }
}

/** Lists a state folder, see {@link listingOf}; empty if it cannot be read. */
export const listState = (folder: string, subject?: string): Listing => {
  try {
    return listingOf(readdirSync(folder), subject)
  } catch {
    return listingOf([])
  }
}
