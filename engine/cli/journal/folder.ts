import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** How many runs of a playbook and inventory are kept, unless `COXSWAIN_STATE_KEEP` says otherwise. */
const usualKeep = 50

/**
 * Where runs are remembered: `$XDG_STATE_HOME/coxswain`, or `~/.local/state/coxswain`.
 *
 * A relative `XDG_STATE_HOME` counts as none, as the XDG Base Directory Specification has it.
 */
export const stateFolder = (env: Environment): string => {
  const given = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'coxswain')
}

/** How many runs of each playbook and inventory are kept: `COXSWAIN_STATE_KEEP`, at least 1, or 50. */
export const runsToKeep = (env: Environment): number => {
  const given = Number(env['COXSWAIN_STATE_KEEP'] ?? '')
  return Number.isInteger(given) && given >= 1 ? given : usualKeep
}

/** Makes a folder and those above it. Node's own way tries for ever where the file system refuses, as `/proc` does. */
const makeFolder = (folder: string): void => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // another run may have been quicker
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (!statSync(folder).isDirectory()) throw error
  }
}

/**
 * Makes the state folder, for its owner only. What a symbolic link leads to, or belongs to somebody else, keeps its mode:
 * it may be meant for more than this, and root must not close it for all others.
 *
 * @throws what the file system says when it cannot be made.
 */
export const makePrivate = (folder: string): void => {
  makeFolder(folder)
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) !== 0)
    chmodSync(folder, 0o700)
}

/** Name of the file of a run; numbers are padded so that a listing is in order. */
export const fileOfRun = (run: number): string => `${String(run).padStart(6, '0')}.jsonl`

/** The number of the run that a file is of; undefined for files of others. */
export const runOfFile = (name: string): number | undefined => {
  const [, digits] = /^(\d{6,})\.jsonl$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}
