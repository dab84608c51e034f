import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where runs are remembered: `$XDG_STATE_HOME/coxswain`, or `~/.local/state/coxswain`.
 *
 * A relative `XDG_STATE_HOME` counts as none, as the XDG Base Directory Specification has it.
 */
export const stateFolder = (env: Environment): string => {
  const given = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'coxswain')
}

/** How much is kept of earlier runs. */
export interface Retention {
  /** Runs of each playbook and inventory. */
  readonly keep: number
  /** Days since a run was last written to. */
  readonly days: number
  /** MiB of all runs together. */
  readonly mib: number
}

/** What is kept by default. */
export const usualRetention: Retention = { keep: 50, days: 365, mib: 1024 }

const numberOf = (text: string | undefined, usual: number): number => {
  const given = Number(text ?? '')
  return Number.isInteger(given) && given >= 1 ? given : usual
}

/** What `COXSWAIN_STATE_KEEP`, `COXSWAIN_STATE_DAYS` and `COXSWAIN_STATE_MIB` say, whole numbers from 1, or the default. */
export const retentionOf = (env: Environment): Retention => ({
  keep: numberOf(env['COXSWAIN_STATE_KEEP'], usualRetention.keep),
  days: numberOf(env['COXSWAIN_STATE_DAYS'], usualRetention.days),
  mib: numberOf(env['COXSWAIN_STATE_MIB'], usualRetention.mib),
})

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
 * Why a state folder cannot be trusted: whoever may write to it can make `--resume` skip tasks. Undefined where it can, or
 * where there is none.
 */
export const distrust = (folder: string): string | undefined => {
  let found: Stats
  try {
    found = statSync(folder)
  } catch {
    // whoever wants to use it is told what is wrong with it
    return undefined
  }
  if (process.getuid === undefined) return undefined
  if (found.uid !== process.getuid())
    return `${folder} belongs to another user (id ${found.uid}); set XDG_STATE_HOME to a folder of your own`
  if ((found.mode & 0o022) !== 0)
    return `other users can write to ${folder}; run chmod go-w ${folder}, after a look at what is in it`
  return undefined
}

/**
 * Makes the state folder, for its owner only. What a symbolic link leads to keeps its mode: it may be meant for more.
 *
 * @throws what the file system says when it cannot be made, or why it cannot be trusted.
 */
export const makePrivate = (folder: string): void => {
  makeFolder(folder)
  const why = distrust(folder)
  if (why !== undefined) throw new Error(why)
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) !== 0)
    chmodSync(folder, 0o700)
}
