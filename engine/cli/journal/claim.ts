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

/**
 * Takes the next number.
 *
 * @param subject whose runs are listed.
 * @throws what the file system says when no file can be made.
 */
export const claimRun = (folder: string, subject: string): Claim => {
  for (;;) {
    // nothing but the highest number is asked for
    let run = listingOf(readdirSync(folder), subject).last
    for (;;) {
      run += 1
      const path = join(folder, claimOf(run))
      let file: number
      try {
        file = openSync(path, 'ax', 0o600)
      } catch (error) {
        if (exists(error)) continue
        throw error
      }
      const listing = listingOf(readdirSync(folder), subject)
      const later = listing.runs.some((other) => other.run >= run) || listing.others >= run
      if (!later) {
        const claims = listing.claims.filter((other) => other < run)
        return { run, path, file, listing: { ...listing, claims } }
      }
      // it slept since it had looked, and runs with higher numbers have begun meanwhile
      closeSync(file)
      rmSync(path, { force: true })
      break
    }
  }
}
