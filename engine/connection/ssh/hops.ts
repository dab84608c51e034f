/** Jump hosts (ProxyJump): one login at each, shared by all hosts that use it. */
import type { Client, ClientChannel } from 'ssh2'
import { unlessAborted } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Login } from './client.ts'
import { placeOf } from './settings.ts'
import type { SshSettings, Via, ProxyStreamOptions } from './settings.ts'
import type { ProxyStream } from './proxy-stream.ts'

interface Shared {
  readonly login: Promise<Login>
  readonly closing: AbortController
  users: number
}

interface Place {
  readonly address: string
  readonly port: number
}

/** Identifies equal logins at a jump host: the place, the user, the keys, and how its host key is checked. */
const keyOf = (hop: SshSettings): string =>
  JSON.stringify([
    placeOf(hop),
    hop.via?.key,
    hop.hostKeyAlias,
    hop.hostKeys.trust,
    hop.privateKeyFiles,
    hop.agent,
  ])

/** The jump hosts of a run. */
export class Hops {
  readonly #shared = new Map<string, Shared>()

  /** The route through a jump host, which can itself have a jump host. */
  via(hop: SshSettings): Via {
    const key = keyOf(hop)
    // through another jump host it is a channel of that connection
    const files = hop.via?.files ?? { count: 1 }
    const shared = { ...files, shared: files.shared ?? key }
    return { key, files: shared, open: (to, options) => this.#through(hop, key, to, options) }
  }

  async #through(
    hop: SshSettings,
    key: string,
    to: Place,
    options: ProxyStreamOptions,
  ): Promise<ProxyStream> {
    const shared = this.#enter(hop, key)
    let left: Promise<void> | undefined
    const close = (): Promise<void> => (left ??= this.#leave(key, shared))
    try {
      const { client } = await unlessAborted(shared.login, options.signal)
      const stream = await forward(client, hop, to, options)
      return { stream, lastWords: () => Promise.resolve(undefined), close }
    } catch (error) {
      await close()
      throw error
    }
  }

  #enter(hop: SshSettings, key: string): Shared {
    const known = this.#shared.get(key)
    if (known !== undefined) {
      known.users += 1
      return known
    }
    const closing = new AbortController()
    const shared = {
      login: import('./client.ts').then(({ logIn }) => logIn(hop, closing.signal)),
      closing,
      users: 1,
    }
    this.#shared.set(key, shared)
    // after a failure or a lost connection, the next use connects again
    const forget = (): void => {
      if (this.#shared.get(key) === shared) this.#shared.delete(key)
    }
    shared.login.then(({ client }) => client.once('close', forget), forget)
    return shared
  }

  /** The last user ends the login. */
  async #leave(key: string, shared: Shared): Promise<void> {
    shared.users -= 1
    if (shared.users > 0) return
    if (this.#shared.get(key) === shared) this.#shared.delete(key)
    shared.closing.abort(
      new CoxswainError('interrupted', 'the connection to the jump host is no longer needed'),
    )
    await shared.login.then(
      (login) => login.close(),
      () => {},
    )
  }
}

const prohibited =
  'the jump host does not allow forwarding: check AllowTcpForwarding and PermitOpen in its sshd_config'

/** Opens a connection from a jump host to another host, as a stream. */
const forward = (
  client: Client,
  hop: SshSettings,
  { address, port }: Place,
  { timeout, signal }: ProxyStreamOptions,
): Promise<ClientChannel> => {
  const failed = (what: string, hint?: string, cause?: unknown): CoxswainError =>
    new CoxswainError('connect-failed', `${placeOf(hop)} cannot connect to ${address}:${port}: ${what}`, {
      hint,
      cause,
    })
  let timer: NodeJS.Timeout | undefined
  let late = false
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    const gone = (): void => reject(failed('the connection to it was lost'))
    client.once('close', gone)
    timer = setTimeout(() => reject(failed('Timed out')), timeout * 1000)
    const answer = (error: (Error & { reason?: unknown }) | undefined, stream: ClientChannel): void => {
      client.off('close', gone)
      if (error === undefined) {
        if (late) stream.destroy()
        return resolve(stream)
      }
      const what = error.message.replace(/^\(SSH\) Channel open failure: /, '')
      // 1 is "administratively prohibited" (RFC 4254, 5.1)
      reject(failed(what, error.reason === 1 ? prohibited : undefined, error))
    }
    try {
      client.forwardOut('127.0.0.1', 0, address, port, answer)
    } catch (cause) {
      // ssh2 throws where the connection has just ended
      reject(failed('the connection to it was lost', undefined, cause))
    }
  })
  return unlessAborted(opened, signal)
    .catch((error: unknown) => {
      late = true
      throw error
    })
    .finally(() => clearTimeout(timer))
}
