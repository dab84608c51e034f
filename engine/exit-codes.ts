/** Process exit statuses, as the README documents them. */
export const exitCodes = {
  ok: 0,
  usage: 1,
  failed: 2,
  wouldChange: 3,
  unreachable: 4,
  interrupted: 130,
} as const

/** An exit status. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
