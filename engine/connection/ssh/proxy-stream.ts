import type { Duplex } from 'node:stream'

/** A stream to a server through a jump host or a ProxyCommand. */
export interface ProxyStream {
  readonly stream: Duplex
  /** Why the stream ended, if the jump host or the ProxyCommand reports it. */
  readonly lastWords: () => Promise<string | undefined>
  /** Closes the stream and its ProxyCommand or jump host. Idempotent. */
  readonly close: () => Promise<void>
}
