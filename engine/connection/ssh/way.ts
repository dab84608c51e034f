import type { Duplex } from 'node:stream'

/** A stream to a server, which somebody else has connected. */
export interface Way {
  readonly stream: Duplex
  /** What whoever made it says of its end, where it says anything. */
  readonly lastWords: () => Promise<string | undefined>
  /** Lets go of what the stream goes through. Idempotent. */
  readonly close: () => Promise<void>
}
