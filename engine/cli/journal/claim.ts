/** Claims the next run number of a state folder, safely with other runs at the same time. */
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { claimOf, listingOf } from './names.ts'
import type { Listing } from './names.ts'

/** A claimed run number: a file without a header. */
export interface Claim {
  readonly run: number
  readonly path: string
  /** The open file, in append mode. */
  readonly file: number
  /** The files of the folder, read after the claim, so that it has every active run with a lower number. */
  readonly listing: Listing
}

const exists = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'

/** Creates the file that claims a number; undefined if another run has the number. */
const take = (path: string): number | undefined => {
  try {
    return openSync(path, 'ax', 0o600)
  } catch (error) {
    if (exists(error)) return undefined
    throw error
  }
}

/**
 * Claims the next number.
 *
 * @param subject whose runs are listed.
 * @param seen the highest number that was recently seen in the folder, which saves reading it once. Newer runs are found.
 * @throws the error of the file system if the file cannot be created.
 */
export const claimRun = (folder: string, subject: string, seen?: number): Claim => {
  let last = seen ?? listingOf(readdirSync(folder), subject).last
  for (;;) {
    const run = last + 1
    const path = join(folder, claimOf(run))
    const file = take(path)
    if (file === undefined) {
      last = run
      continue
    }
    const listing = listingOf(readdirSync(folder), subject)
    const highest = Math.max(listing.others, ...listing.runs.slice(-1).map((other) => other.run))
    if (highest < run) {
      const claims = listing.claims.filter((other) => other < run)
      return { run, path, file, listing: { ...listing, claims } }
    }
    // runs with higher numbers have started in the meantime
    closeSync(file)
    rmSync(path, { force: true })
    last = highest
  }
}
