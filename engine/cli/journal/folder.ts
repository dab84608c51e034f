import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of the journals: `$XDG_STATE_HOME/coxswain`, or `~/.local/state/coxswain`.
 *
 * A relative `XDG_STATE_HOME` is ignored, as the XDG Base Directory Specification requires.
 */
export const stateFolder = (env: Environment): string => {
  const given = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'coxswain')
}

/** The limits on recorded runs. */
export interface Retention {
  /** Runs of each playbook and inventory. */
  readonly keep: number
  /** Days since a run was last written to. */
  readonly days: number
  /** MiB of all runs together. */
  readonly mib: number
}

/** The default limits. */
export const usualRetention: Retention = { keep: 50, days: 365, mib: 1024 }

const numberOf = (text: string | undefined, usual: number): number => {
  const given = Number(text ?? '')
  return Number.isInteger(given) && given >= 1 ? given : usual
}

/** The limits from `COXSWAIN_STATE_KEEP`, `COXSWAIN_STATE_DAYS` and `COXSWAIN_STATE_MIB`: integers from 1, or the default. */
export const retentionOf = (env: Environment): Retention => ({
  keep: numberOf(env['COXSWAIN_STATE_KEEP'], usualRetention.keep),
  days: numberOf(env['COXSWAIN_STATE_DAYS'], usualRetention.days),
  mib: numberOf(env['COXSWAIN_STATE_MIB'], usualRetention.mib),
})

/** What to do about a state folder that another user owns. */
export const stateAdvice = 'set XDG_STATE_HOME to a folder of your own'
