import { z } from '../../engine/index.ts'

/** Text for one line of a file: no line breaks, and no control characters except tabs. */
export const oneLine = (what: string) =>
  z
    .string()
    .regex(/^(?:\t|[^\p{Cc}\u{2028}\u{2029}])*$/u, `${what} must be one line without control characters`)
