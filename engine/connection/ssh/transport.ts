import type { ClientChannel } from 'ssh2'
import { CoxswainError } from '../../errors.ts'
import type { Channel, ChannelEnd, Transport } from '../transport.ts'
import type { Login } from './client.ts'
import { placeOf } from './settings.ts'
import type { LateSettings, SshSettings } from './settings.ts'

const isRefusedChannel = (error: Error): boolean =>
  'reason' in error && (error.reason === 2 || error.reason === 1)

const asChannel = (stream: ClientChannel): Channel => ({
  stdin: stream,
  stdout: stream,
  stderr: stream.stderr,
  ended: new Promise<ChannelEnd>((resolve) => {
    let code: number | undefined
    // sshd reports a signal instead of a status; 143 is the status for the SIGTERM that the engine sends
    stream.on('exit', (status: number | null) => (code = status ?? 143))
    stream.on('close', () => resolve({ code }))
    stream.on('error', () => {})
  }),
  destroy: () => {
    stream.end()
    stream.close()
  },
})

/** A connection to an sshd through ssh2: one per host, opened on demand and again after it was lost. */
export class SshTransport implements Transport {
  readonly #late: LateSettings | undefined
  #settings: SshSettings | undefined
  #login: Promise<Login> | undefined
  readonly #closing = new AbortController()

  constructor(settings: SshSettings | LateSettings) {
    if ('settings' in settings) this.#late = settings
    else this.#settings = settings
  }

  get description(): string {
    return this.#settings === undefined ? (this.#late?.description ?? '') : placeOf(this.#settings)
  }

  get user(): string | Promise<string> {
    return this.#settings?.user ?? this.#known().then(({ user }) => user)
  }

  async open(command: string): Promise<Channel> {
    const { client } = await this.#connected()
    return new Promise((resolve, reject) => {
      const gone = (cause?: Error): void =>
        reject(
          new CoxswainError('connection-lost', `the connection to ${this.description} was lost`, { cause }),
        )
      const take = (error: Error | undefined, stream: ClientChannel): void => {
        client.off('close', gone)
        if (error === undefined) resolve(asChannel(stream))
        else if (isRefusedChannel(error)) {
          reject(
            new CoxswainError(
              'channel-refused',
              `${this.description} refuses another session: ${error.message}`,
            ),
          )
        } else gone(error)
      }
      client.once('close', gone)
      try {
        client.exec(command, take)
      } catch (error) {
        // if the connection ended after the login, ssh2 throws without an event
        client.off('close', gone)
        gone(error instanceof Error ? error : undefined)
      }
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoxswainError('interrupted', `the connection to ${this.description} was closed`))
    const login = await this.#login?.catch(() => undefined)
    this.#login = undefined
    await login?.close()
  }

  #connected(): Promise<Login> {
    this.#login ??= this.#connect().catch((error: unknown) => {
      this.#login = undefined
      throw error
    })
    return this.#login
  }

  async #connect(): Promise<Login> {
    // ssh2 is loaded on demand
    const { logIn } = await import('./client.ts')
    const login = await logIn(this.#settings ?? (await this.#known()), this.#closing.signal)
    login.client.once('close', () => (this.#login = undefined))
    return login
  }

  async #known(): Promise<SshSettings> {
    const settings = this.#settings ?? (await this.#late?.settings())
    if (settings === undefined) throw new CoxswainError('internal', 'an ssh connection without settings')
    this.#settings = settings
    return settings
  }
}
