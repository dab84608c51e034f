import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

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

/** Name of the file of a run; numbers are padded so that a listing is in order. */
export const fileOfRun = (run: number): string => `${String(run).padStart(6, '0')}.jsonl`

/** The number of the run that a file is of; undefined for files of others. */
export const runOfFile = (name: string): number | undefined => {
  const [, digits] = /^(\d{6,})\.jsonl$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}
