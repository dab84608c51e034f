/** Process exit statuses, as the README documents them. */
export const exitCodes = {
  ok: 0,
  usage: 1,
  failed: 2,
  /**
   * A host differs from what is wanted: with `--check --exit-code` something would change, or tasks had findings and nothing else
   * failed. Other tasks of such a run can have changed hosts.
   */
  differs: 3,
  unreachable: 4,
  interrupted: 130,
} as const

/** An exit status. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
