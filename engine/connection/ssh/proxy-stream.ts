import type { Duplex } from 'node:stream'

/** A stream to a server that goes through a jump host or a ProxyCommand. */
export interface ProxyStream {
  readonly stream: Duplex
  /** Why the stream ended, where the jump host or the ProxyCommand says it. */
  readonly lastWords: () => Promise<string | undefined>
  /** Closes what the stream goes through. Idempotent. */
  readonly close: () => Promise<void>
}
