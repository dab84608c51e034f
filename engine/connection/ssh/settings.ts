import type { Secret } from '../../secret.ts'
import type { Doors } from '../doors.ts'
import type { HostKeys } from './host-keys.ts'

/** Everything that is needed to log in to a host. */
export interface SshSettings {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Key files to offer; those that ssh offers by itself where absent. */
  readonly privateKeyFiles?: readonly string[] | undefined
  /** Opens encrypted key files. */
  readonly passphrase?: Secret | undefined
  readonly password?: Secret | undefined
  /** Socket of the agent; none when absent. */
  readonly agent?: string | undefined
  readonly hostKeys: HostKeys
  /** Seconds for one attempt to connect and log in. */
  readonly connectTimeout: number
  /** How often to try again, within that time, when nobody answers. A server that is too busy is asked all that time. */
  readonly connectRetries: number
  /** Shared by the connections of a run, so that they do not crowd one server; a door of its own where absent. */
  readonly doors?: Doors | undefined
  /** Seconds between signs of life; three unanswered ones end the connection. */
  readonly keepaliveInterval: number
}

export const usualSettings = {
  port: 22,
  connectTimeout: 10,
  connectRetries: 3,
  keepaliveInterval: 15,
} as const
