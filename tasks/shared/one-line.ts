import { z } from '../../engine/index.ts'

/** Text for a field of a line: it has no line break and no other control character but tabs, which would end or hide it. */
export const oneLine = (what: string) =>
  z.string().regex(/^(?:\t|[^\p{Cc}\u{2028}\u{2029}])*$/u, `${what} is one line without control characters`)
