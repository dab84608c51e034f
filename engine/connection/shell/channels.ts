import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { isCoxswainError } from '../../errors.ts'
import type { Channel, Transport } from '../transport.ts'

/** Retries after a server refuses a channel though none is open: it can still be cleaning up. */
const allowedRefusals = 4

/** How to open a channel. */
export interface ChannelRequest<Other> {
  readonly signal: AbortSignal
  /** Returns a replacement for the channel, if there is one; called when no channel is free. */
  readonly instead: () => Other | undefined
  /** Closes an idle channel, when no channel is free. */
  readonly makeRoom: () => void
}

/** The channels of a connection. The server's limit is only known from a refusal; then further requests wait. */
export class Channels {
  readonly #transport: Transport
  // open or opening
  #held = 0
  #limit = Infinity
  #everHeld = false
  readonly #waiting = new Set<() => void>()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Wakes the waiting requests after a change. */
  changed(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /**
   * Opens a channel or returns a replacement, as soon as the limit allows.
   *
   * @param command called for each attempt.
   * @throws `channel-refused` if waiting does not help, and the errors of the transport.
   */
  async open<Other>(
    command: () => string,
    { signal, instead, makeRoom }: ChannelRequest<Other>,
  ): Promise<Channel | Other> {
    for (let refusals = 0; ;) {
      throwIfAborted(signal)
      if (this.#held < this.#limit) {
        const outcome = await this.#try(command(), signal)
        if (outcome.channel !== undefined) return outcome.channel
        // without open channels of ours, only the server can free one
        if (this.#held === 0) {
          refusals += 1
          if (!this.#everHeld || refusals > allowedRefusals) throw outcome.refusal
          await unlessAborted(sleep(100 * 2 ** refusals), signal)
        }
      }
      const other = instead()
      if (other !== undefined) return other
      if (this.#held < this.#limit) continue
      const change = new Promise<void>((resolve) => this.#waiting.add(resolve))
      makeRoom()
      await unlessAborted(change, signal)
    }
  }

  async #try(
    command: string,
    signal: AbortSignal,
  ): Promise<{ channel: Channel } | { channel: undefined; refusal: unknown }> {
    this.#held += 1
    const opening = this.#transport.open(command)
    opening.then(
      (channel) => {
        this.#everHeld = true
        void channel.ended.then(() => this.#release())
        // no longer needed
        if (signal.aborted) channel.destroy()
      },
      (error: unknown) => {
        this.#release()
        if (isRefusal(error)) this.#limit = Math.max(1, this.#held)
      },
    )
    try {
      return { channel: await unlessAborted(opening, signal) }
    } catch (error) {
      if (!isRefusal(error)) throw error
      return { channel: undefined, refusal: error }
    }
  }

  #release(): void {
    this.#held -= 1
    this.changed()
  }
}

const isRefusal = (error: unknown): boolean => isCoxswainError(error) && error.code === 'channel-refused'
