import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { isCoxswainError } from '../../errors.ts'
import type { Channel, Transport } from '../transport.ts'

/** How often to ask a server again that refuses a channel though we hold none: it may still be clearing up. */
const allowedRefusals = 4

/** How a channel is wanted. */
export interface ChannelRequest<Other> {
  readonly signal: AbortSignal
  /** What would do as well, asked whenever there is no room for another channel. */
  readonly instead: () => Other | undefined
  /** Lets go of something that nobody needs now, when there is no room. */
  readonly makeRoom: () => void
}

/** The channels of a connection: as many as its server allows, which it only says by refusing; who gets none waits. */
export class Channels {
  readonly #transport: Transport
  // open, or being opened
  #held = 0
  #limit = Infinity
  #everHeld = false
  readonly #waiting = new Set<() => void>()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** To be called when something has changed that those who wait may have waited for. */
  changed(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /**
   * Opens a channel, or finds something that does as well, as soon as there is room.
   *
   * @param command made anew for each try.
   * @throws `channel-refused` when waiting does not help, and what the transport throws.
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
        // with nothing of ours that could end, only the server itself can make room
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
        // nobody waits for it any more
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
