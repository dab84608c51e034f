/** What expressions read of this machine: where, and whether they can. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Scalar } from '../scalar.ts'
import { Fault } from './fault.ts'

/** A path with the home of this user in the place of `~`. */
export const expandHome = (path: string): string =>
  path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path

/** The places of a path, in the order in which a file is looked for. */
export const placesOf = (folders: readonly string[], path: string): readonly string[] => {
  const found = expandHome(path)
  return isAbsolute(found)
    ? [found]
    : folders.flatMap((folder) => [join(folder, 'files', found), join(folder, found)])
}

/**
 * Refuses what reads this machine in a text that a program printed: names and tags of a cloud must not.
 *
 * @param what the filter, test or function.
 */
export const refuseReading = (scalar: Scalar | undefined, what: string): void => {
  if (scalar?.lookups !== false) return
  throw new Fault(`${what} is not possible in what a program printed`, {
    word: what,
    hint: 'set the variable in a file of the inventory, or let the program print the value',
  })
}
