import { randomBytes } from 'node:crypto'
import { isSecret } from '../../secret.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Transport } from '../transport.ts'
import type { Connection, Identity, Input, Request, Result } from '../types.ts'
import { laneCommand, rawCommand } from './bootstrap.ts'
import { longestFrameInput } from './frame.ts'
import { handshake } from './handshake.ts'
import { Lane, LaneEnded } from './lane.ts'
import { executeRaw } from './raw.ts'

export interface ShellOptions {
  /** Seconds until a shell must be ready, becoming another user included; 30 unless told. */
  readonly shellTimeout?: number | undefined
}

/** How often a request that was certainly not begun, or that only reads, is sent again by itself. */
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
  #closed = false

  constructor(transport: Transport, { shellTimeout = 30 }: ShellOptions = {}) {
    this.description = transport.description
    this.#transport = transport
    this.#shellTimeout = shellTimeout
  }

  async execute(request: Request): Promise<Result> {
    if (this.#closed) throw new CoxswainError('internal', `the connection to ${this.description} is closed`)
    if (request.signal?.aborted === true)
      throw new CoxswainError('interrupted', 'interrupted before it was begun')
    const input = frameInput(request.stdin)
    const identity = this.#other(request.identity)
    if (input === undefined) return this.#raw({ ...request, identity })
    for (let again = 0; ; again += 1) {
      const lane = await this.#lane(request.lane, identity)
      try {
        return await lane.execute(request, input)
      } catch (error) {
        if (!(error instanceof LaneEnded)) throw error
        if (error.reason !== undefined) throw error.reason
        const harmless = request.lane === 'query' || !error.begun
        if (!harmless || again >= resends || this.#closed) {
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
