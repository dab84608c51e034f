import { randomBytes } from 'node:crypto'
import { isSecret } from '../../secret.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import type { Transport } from '../transport.ts'
import type { Connection, Identity, Input, Request, Result } from '../types.ts'
import { laneCommand, rawCommand } from './bootstrap.ts'
import { LaneEnded } from './exchange.ts'
import type { Send } from './exchange.ts'
import { frame, longestFrameInput } from './frame.ts'
import { handshake } from './handshake.ts'
import { Lane } from './lane.ts'
import { executeRaw } from './raw.ts'
import { Turns } from './turns.ts'

export interface ShellOptions {
  /** Seconds until a shell must be ready, becoming another user included; 30 unless told. */
  readonly shellTimeout?: number | undefined
}

/** How often a request may lose its connection and be sent again by itself. */
const resends = 2

/** Input that fits into a frame, as bytes; undefined when it needs a channel of its own. */
const frameInput = (input: Input | undefined): Buffer | undefined => {
  if (input === undefined) return Buffer.alloc(0)
  const text = isSecret(input) ? input.reveal() : input
  if (typeof text !== 'string' && !(text instanceof Uint8Array)) return undefined
  return text.length > longestFrameInput ? undefined : Buffer.from(text)
}

/** A connection made of shells on a transport: for each user one that reads and one that changes things. */
export class ShellConnection implements Connection {
  readonly description: string
  readonly #transport: Transport
  readonly #shellTimeout: number
  readonly #lanes = new Map<string, Promise<Lane>>()
  // what changes things is done in the order of the calls, also while a shell is being opened
  readonly #waiting = new Map<string, Turns>()
  #closed = false

  constructor(transport: Transport, { shellTimeout = 30 }: ShellOptions = {}) {
    this.description = transport.description
    this.#transport = transport
    this.#shellTimeout = shellTimeout
  }

  async execute(request: Request): Promise<Result> {
    throwIfAborted(request.signal)
    const input = frameInput(request.stdin)
    const asked = { ...request, identity: this.#other(request.identity) }
    if (input === undefined) {
      this.#mustBeOpen()
      return this.#raw(asked)
    }
    if (request.lane === 'query') return this.#framed(asked, input)
    return this.#turns(asked.identity).take(() => this.#framed(asked, input), request.signal)
  }

  /** Sends a request, again where that is safe: when it only reads, or was not written to a shell yet. */
  async #framed(request: Request, input: Buffer): Promise<Result> {
    const { lane: purpose, identity, script, timeout, signal } = request
    const send: Send = (stdin, nonce) => {
      // the remote side has its own alarm, a little later, for the case that we are gone by then
      const limit = timeout === undefined ? undefined : timeout + 5
      stdin.write(frame(nonce, { script, input, timeout: limit }))
    }
    for (let losses = 0; ;) {
      this.#mustBeOpen()
      const lane = await unlessAborted(this.#lane(purpose, identity), signal)
      throwIfAborted(signal)
      try {
        return await lane.execute(request, send)
      } catch (error) {
        if (!(error instanceof LaneEnded)) throw error
        if (error.lost) losses += 1
        const harmless = purpose === 'query' || !error.begun
        if (!harmless || losses > resends || this.#closed) {
          throw new CoxswainError('connection-lost', `the connection to ${this.description} was lost`, {
            cause: error,
          })
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const lanes = await Promise.allSettled(this.#lanes.values())
    const alive = lanes.flatMap((lane) =>
      lane.status === 'fulfilled' && lane.value.alive ? [lane.value] : [],
    )
    await Promise.all(alive.map((lane) => lane.close()))
    await this.#transport.close()
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new CoxswainError('internal', `the connection to ${this.description} is closed`)
  }

  /** Where those wait who want to change something as a user. */
  #turns(identity: Identity | undefined): Turns {
    const user = identity?.user ?? ''
    const turns = this.#waiting.get(user) ?? new Turns()
    this.#waiting.set(user, turns)
    return turns
  }

  /** Nobody needs to become who they are. */
  #other(identity: Identity | undefined): Identity | undefined {
    return identity?.user === this.#transport.user ? undefined : identity
  }

  async #raw(request: Request): Promise<Result> {
    const nonce = newNonce()
    const channel = await this.#transport.open(rawCommand(nonce, request.identity))
    return executeRaw(channel, nonce, request, this.#shellTimeout)
  }

  /** The lane for a purpose and a user, opened when there is none that lives. */
  async #lane(purpose: Request['lane'], identity: Identity | undefined): Promise<Lane> {
    const key = `${purpose} ${identity?.user ?? ''}`
    const known = this.#lanes.get(key)
    if (known !== undefined) {
      const lane = await known
      if (lane.alive) return lane
      // somebody else may have opened another while we waited
      if (this.#lanes.get(key) !== known) return this.#lane(purpose, identity)
    }
    const opening = this.#open(purpose, identity)
    this.#lanes.set(key, opening)
    opening.catch(() => {
      if (this.#lanes.get(key) === opening) this.#lanes.delete(key)
    })
    return opening
  }

  async #open(purpose: Request['lane'], identity: Identity | undefined): Promise<Lane> {
    const nonce = newNonce()
    try {
      const channel = await this.#transport.open(laneCommand(nonce, identity))
      return new Lane(channel, nonce, await handshake(channel, nonce, identity, this.#shellTimeout))
    } catch (error) {
      const other = purpose === 'query' ? 'run' : 'query'
      const sibling = await this.#lanes.get(`${other} ${identity?.user ?? ''}`)?.catch(() => undefined)
      // a server with MaxSessions 1: what we have serves both purposes
      if (isCoxswainError(error) && error.code === 'channel-refused' && sibling?.alive === true)
        return sibling
      throw error
    }
  }
}

const newNonce = (): string => randomBytes(16).toString('hex')
