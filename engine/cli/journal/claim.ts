/** Takes the next number of a state folder, however many runs begin at once. */
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { claimOf, listingOf } from './names.ts'
import type { Listing } from './names.ts'

/** A number that is taken, by a file that has no header yet. */
export interface Claim {
  readonly run: number
  readonly path: string
  /** An open file, for writing at its end. */
  readonly file: number
  /** What is in the folder, read after the number was taken: every run with a lower number that lives is in it. */
  readonly listing: Listing
}

const exists = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'

/** A file that holds a number, made now; undefined where another run has the number. */
const take = (path: string): number | undefined => {
  try {
    return openSync(path, 'ax', 0o600)
  } catch (error) {
    if (exists(error)) return undefined
    throw error
  }
}

/**
 * Takes the next number.
 *
 * @param subject whose runs are listed.
 * @param seen the highest number that was seen in the folder lately: that saves reading it once. What began since is found.
 * @throws what the file system says when no file can be made.
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
    // runs with higher numbers have begun since it had looked
    closeSync(file)
    rmSync(path, { force: true })
    last = highest
  }
}
