import { setMaxListeners } from 'node:events'
import { isSecret } from '../../secret.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { linkedSignal, throwIfAborted, unlessAborted } from '../abort.ts'
import type { Transport } from '../transport.ts'
import type { Connection, Identity, Input, Request, Result } from '../types.ts'
import { Terminal } from './become.ts'
import { rawCommand } from './bootstrap.ts'
import { Channels } from './channels.ts'
import { ShellSessionEnded } from './exchange.ts'
import type { Send } from './exchange.ts'
import { frame, longestFrameInput } from './frame.ts'
import { handshake } from './handshake.ts'
import { ShellSessions } from './shell-sessions.ts'
import { LeftBehind, newMark } from './left-behind.ts'
import { watchLock } from './lock.ts'
import type { HostLock } from './lock.ts'
import { executeRaw } from './raw.ts'
import { Turns } from './turns.ts'

export interface ShellOptions {
  /** Timeout for opening a shell in seconds, including become; 60 by default. */
  readonly shellTimeout?: number | undefined
  /** Locks the host against other runs while there is a shell on it. */
  readonly lock?: HostLock | undefined
}

/** How often a request is sent again after its connection was lost. */
const resends = 2

/** Input that fits into a frame, as bytes; undefined if it needs its own channel. */
const frameInput = (input: Input | undefined): Buffer | undefined => {
  if (input === undefined) return Buffer.alloc(0)
  const text = isSecret(input) ? input.reveal() : input
  if (typeof text !== 'string' && !(text instanceof Uint8Array)) return undefined
  return text.length > longestFrameInput ? undefined : Buffer.from(text)
}

/** The error of a request whose session ended. */
const lost = (description: string, cause: ShellSessionEnded | CoxswainError): CoxswainError =>
  cause instanceof ShellSessionEnded && cause.killed
    ? new CoxswainError('connection-lost', `the shell on ${description} was killed while it ran a command`, {
        cause,
        hint: 'a host that runs out of memory kills processes (`dmesg` shows which); run again to continue',
      })
    : new CoxswainError('connection-lost', `the connection to ${description} was lost`, { cause })

/** A connection that runs shells on a transport. */
export class ShellConnection implements Connection {
  readonly #transport: Transport
  readonly #shellTimeout: number
  readonly #lock: HostLock | undefined
  readonly #channels: Channels
  readonly #sessions: ShellSessions
  // changes run in the order of the calls, also while a shell is opening
  readonly #waiting = new Map<string, Turns>()
  readonly #closing = new AbortController()
  readonly #terminal = new Terminal()
  readonly #left = new LeftBehind()
  // shells of streams that are ending
  readonly #leaving = new Set<Promise<void>>()
  #streaming = 0

  constructor(transport: Transport, { shellTimeout = 60, lock }: ShellOptions = {}) {
    this.#transport = transport
    this.#shellTimeout = shellTimeout
    this.#lock = lock
    this.#channels = new Channels(transport)
    setMaxListeners(0, this.#closing.signal)
    this.#sessions = new ShellSessions(this.#channels, {
      shellTimeout,
      closing: this.#closing.signal,
      lock,
      terminal: this.#terminal,
      left: this.#left,
      description: this.description,
    })
  }

  get description(): string {
    return this.#transport.description
  }

  async execute(request: Request): Promise<Result> {
    throwIfAborted(request.signal)
    // every request of a run can listen to the same signal
    if (request.signal !== undefined) setMaxListeners(0, request.signal)
    const input = frameInput(request.stdin)
    const other = this.#other(request.identity)
    // do not await a known identity: requests keep their order
    const identity = other instanceof Promise ? await other : other
    const asked = { ...request, identity }
    if (input === undefined) return this.#raw(asked)
    if (request.purpose === 'query') return this.#framed(asked, input)
    return this.#turns(asked.identity).take(() => this.#framed(asked, input), request.signal)
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoxswainError('interrupted', `the connection to ${this.description} was closed`))
    await Promise.all([this.#sessions.close(), ...this.#leaving])
    await this.#transport.close()
  }

  /** Runs a request in a shared shell. */
  #framed(request: Request, input: Buffer): Promise<Result> {
    const { purpose, identity, script, timeout, signal } = request
    const send: Send = (stdin, nonce) => {
      // the host has its own alarm, a little later, in case the engine has ended by then
      const limit = timeout === undefined ? undefined : timeout + 5
      stdin.write(frame(nonce, { script, input, timeout: limit }))
    }
    return this.#sessions.use(purpose, identity, (open) =>
      this.#again(purpose, async () => {
        if (this.#left.any) await this.#endLeft(signal)
        const session = await unlessAborted(open(), signal)
        throwIfAborted(signal)
        return session.execute(request, send)
      }),
    )
  }

  /** Runs a request in its own shell, with streamed input. */
  async #raw(request: Request): Promise<Result> {
    const { signal, unlink } = linkedSignal([request.signal, this.#closing.signal])
    try {
      // a source can be read only once, so only opening the shell can be retried
      const shell = await this.#again('query', async () => {
        if (this.#left.any) await this.#endLeft(signal)
        return this.#terminal.learn(() => this.#openRaw(request.identity, signal))
      })
      this.#streaming += 1
      try {
        const { result, gone } = await executeRaw(shell, { ...request, signal })
        this.#leaving.add(gone)
        void gone.finally(() => this.#leaving.delete(gone))
        return result
      } finally {
        this.#streaming -= 1
      }
    } finally {
      unlink()
    }
  }

  async #openRaw(identity: Identity | undefined, signal: AbortSignal) {
    const lock = this.#lock
    const mark = newMark()
    const command = (): string => rawCommand({ identity, mark, terminal: this.#terminal.needed, lock })
    const channel = await this.#channels.open<never>(command, {
      signal,
      instead: () => undefined,
      // streams wait for each other; if none is open, an idle shell is closed
      makeRoom: () => this.#streaming === 0 && this.#sessions.closeIdle(),
    })
    const rest = await handshake(channel, identity, {
      seconds: this.#shellTimeout,
      signal,
      lock: lock && watchLock(lock, this.description),
    })
    const leaves = (): void => this.#left.add({ mark, identity })
    return { channel, rest, description: this.description, shellTimeout: this.#shellTimeout, leaves }
  }

  /** Ends what can still run in lost shells, before any other request to the host. */
  #endLeft(signal: AbortSignal | undefined): Promise<void> {
    const ending = this.#left.end((script, identity) =>
      this.#sessions.use('query', identity, async (open) => {
        const session = await open()
        try {
          return await session.execute({ script, identity, purpose: 'query' }, (stdin, nonce) => {
            stdin.write(frame(nonce, { script, input: undefined, timeout: undefined }))
          })
        } catch (cause) {
          if (!(cause instanceof ShellSessionEnded)) throw cause
          throw new CoxswainError('connection-lost', `the connection to ${this.description} was lost`, {
            cause,
          })
        }
      }),
    )
    return unlessAborted(ending, signal)
  }

  /** Repeats work after a lost connection if that is safe: it only reads, or was not written to a shell yet. */
  async #again<Value>(purpose: Request['purpose'], work: () => Promise<Value>): Promise<Value> {
    for (let losses = 0; ;) {
      if (this.#closing.signal.aborted)
        throw new CoxswainError('internal', `the connection to ${this.description} is closed`)
      try {
        return await work()
      } catch (error) {
        const ended = error instanceof ShellSessionEnded
        if (!ended && !(isCoxswainError(error) && error.code === 'connection-lost')) throw error
        // a session that the engine ended because of another request does not count: that cannot repeat forever
        if (!ended || error.lost) losses += 1
        const harmless = purpose === 'query' || !ended || !error.begun
        if (!harmless || losses > resends || this.#closing.signal.aborted) {
          throw lost(this.description, error)
        }
      }
    }
  }

  /** The queue of changes as a user. */
  #turns(identity: Identity | undefined): Turns {
    const user = identity?.user ?? ''
    const turns = this.#waiting.get(user) ?? new Turns()
    this.#waiting.set(user, turns)
    return turns
  }

  /** The identity, or undefined if it is the login user. */
  #other(identity: Identity | undefined): Identity | undefined | Promise<Identity | undefined> {
    if (identity === undefined) return undefined
    const { user } = this.#transport
    const unless = (name: string): Identity | undefined => (identity.user === name ? undefined : identity)
    return typeof user === 'string' ? unless(user) : user.then(unless)
  }
}
