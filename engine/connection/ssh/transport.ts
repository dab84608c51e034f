import ssh2 from 'ssh2'
import type { Client, ClientChannel } from 'ssh2'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { Door, droppedHint } from '../doors.ts'
import type { Refusal } from '../doors.ts'
import type { Channel, ChannelEnd, Transport } from '../transport.ts'
import { authentication } from './authentication.ts'
import type { SshSettings } from './settings.ts'

/** Failures that may be gone a moment later: the server drops us for now (MaxStartups), or nobody listens yet. */
const busy = /ECONNRESET|EPIPE|Connection lost before handshake/
const away = /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Timed out/

const judge = (error: unknown): Refusal => {
  if (!isCoxswainError(error) || error.code !== 'connect-failed') return 'final'
  if (busy.test(error.message)) return 'busy'
  return away.test(error.message) ? 'away' : 'final'
}

/** Seconds that the server has to take note of the end. */
const farewellGrace = 2

const isRefusedChannel = (error: Error): boolean =>
  'reason' in error && (error.reason === 2 || error.reason === 1)

const asChannel = (stream: ClientChannel): Channel => ({
  stdin: stream,
  stdout: stream,
  stderr: stream.stderr,
  ended: new Promise<ChannelEnd>((resolve) => {
    let code: number | undefined
    // sshd names the signal when one ended the command; a shell would say 128 + n, and 143 is the one that we send
    stream.on('exit', (status: number | null) => (code = status ?? 143))
    stream.on('close', () => resolve({ code }))
    stream.on('error', () => {})
  }),
  destroy: () => {
    stream.end()
    stream.close()
  },
})

/** A connection to an sshd through ssh2: one for a host, made when it is first needed and again after it was lost. */
export class SshTransport implements Transport {
  readonly description: string
  readonly user: string
  readonly #settings: SshSettings
  #client: Promise<Client> | undefined
  readonly #closing = new AbortController()

  constructor(settings: SshSettings) {
    this.#settings = settings
    this.user = settings.user
    this.description = `${settings.user}@${settings.address}:${settings.port}`
  }

  async open(command: string): Promise<Channel> {
    const client = await this.#connected()
    return new Promise((resolve, reject) => {
      const gone = (cause?: Error): void =>
        reject(
          new CoxswainError('connection-lost', `the connection to ${this.description} was lost`, { cause }),
        )
      client.once('close', gone)
      client.exec(command, (error, stream) => {
        client.off('close', gone)
        if (error === undefined) resolve(asChannel(stream))
        else if (isRefusedChannel(error)) {
          reject(
            new CoxswainError(
              'channel-refused',
              `${this.description} opens no other session: ${error.message}`,
            ),
          )
        } else gone(error)
      })
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoxswainError('interrupted', `the connection to ${this.description} was closed`))
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    if (client === undefined) return
    await new Promise<void>((resolve) => {
      client.once('close', resolve)
      client.end()
      // a network that is gone does not tell that our goodbye was heard
      const timer = setTimeout(() => client.destroy(), farewellGrace * 1000)
      client.once('close', () => clearTimeout(timer))
    })
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined
      throw error
    })
    return this.#client
  }

  #connect(): Promise<Client> {
    const { address, port, doors, connectTimeout: seconds, connectRetries: retries } = this.#settings
    const door = doors?.of(`${address} ${port}`) ?? new Door()
    return door.enter(() => this.#attempt(), { judge, seconds, retries, signal: this.#closing.signal })
  }

  async #attempt(): Promise<Client> {
    const { address, port, user, hostKeys, connectTimeout, keepaliveInterval } = this.#settings
    const [auth, serverHostKey] = await Promise.all([
      authentication(this.#settings),
      hostKeys.algorithms(address, port),
    ])
    const { signal } = this.#closing
    throwIfAborted(signal)
    const client = new ssh2.Client()
    let refusal: unknown
    // one failure may be told more than once (a time-out, then the end of the socket); an event that nobody hears is fatal
    client.on('error', () => {})
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', resolve)
      client.once('error', (error) => reject(refusal ?? this.#explain(error, auth.story)))
      client.once('close', () =>
        reject(refusal ?? this.#explain(new Error('Connection lost before handshake'), auth.story)),
      )
      client.connect({
        host: address,
        port,
        username: user,
        authHandler: auth.handler,
        algorithms: { serverHostKey },
        hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
          hostKeys.verify(address, port, key).then(
            () => verify(true),
            (error: unknown) => {
              refusal = error
              verify(false)
            },
          )
        },
        readyTimeout: connectTimeout * 1000,
        keepaliveInterval: keepaliveInterval * 1000,
        keepaliveCountMax: 3,
      })
    })
    await unlessAborted(ready, signal).catch((error: unknown) => {
      client.destroy()
      throw error
    })
    // each channel that is being opened listens for its end
    client.setMaxListeners(0)
    // ssh2 leaves Nagle's algorithm on, which costs 40 ms a command
    client.setNoDelay(true)
    client.once('close', () => (this.#client = undefined))
    return client
  }

  #explain(error: Error & { level?: string }, story: () => string): CoxswainError {
    if (error.level === 'client-authentication') {
      return new CoxswainError('auth-failed', `${this.description} does not let us in: ${story()}`, {
        cause: error,
      })
    }
    return new CoxswainError('connect-failed', `cannot connect to ${this.description}: ${error.message}`, {
      cause: error,
      hint: busy.test(error.message) ? droppedHint : undefined,
    })
  }
}
