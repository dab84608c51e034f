import type { Identity, Request } from '../types.ts'
import type { Terminal } from './become.ts'
import { laneCommand } from './bootstrap.ts'
import type { Channels } from './channels.ts'
import { handshake } from './handshake.ts'
import { Lane } from './lane.ts'
import { newMark } from './left-behind.ts'
import type { LeftBehind } from './left-behind.ts'
import { watchLock } from './lock.ts'
import type { HostLock } from './lock.ts'

type Purpose = Request['lane']

/** A lane for one purpose and user, or its absence. */
interface Place {
  lane: Lane | undefined
  opening: Promise<Lane> | undefined
  /** How many requests want it now; their lane is not closed to make room. */
  wanted: number
}

/** What opening a lane takes. */
export interface LaneOptions {
  /** Seconds until a shell must be ready. */
  readonly shellTimeout: number
  /** Aborted when the connection is closed. */
  readonly closing: AbortSignal
  /** Held by every shell, where there is one. */
  readonly lock: HostLock | undefined
  /** Is told of shells that may go on when we have lost them. */
  readonly left: LeftBehind
  /** What is known of sudo here. */
  readonly terminal: Terminal
  /** Where the connection leads, for people. */
  readonly description: string
}

/** The shells of a connection: for each user one that reads and one that changes things, opened when they are needed. */
export class Lanes {
  readonly #channels: Channels
  readonly #options: LaneOptions
  readonly #places = new Map<string, Place>()

  constructor(channels: Channels, options: LaneOptions) {
    this.#channels = channels
    this.#options = options
  }

  /** Does work that needs a lane. It may ask for the lane as often as it ends. */
  async use<Value>(
    purpose: Purpose,
    identity: Identity | undefined,
    work: (lane: () => Promise<Lane>) => Promise<Value>,
  ): Promise<Value> {
    const place = this.#place(purpose, identity)
    place.wanted += 1
    try {
      return await work(() => this.#lane(place, purpose, identity))
    } finally {
      place.wanted -= 1
      if (place.wanted === 0) this.#channels.changed()
    }
  }

  /** Closes one lane that nobody wants now, so that another channel can be opened. */
  readonly closeIdle = (): void => {
    const places = [...this.#places.values()]
    const needed = new Set(places.filter((place) => place.wanted > 0).map(({ lane }) => lane))
    const idle = places.find(({ lane }) => lane?.alive === true && !needed.has(lane))
    void idle?.lane?.close()
  }

  async close(): Promise<void> {
    const lanes = new Set([...this.#places.values()].flatMap(({ lane }) => lane ?? []))
    await Promise.all([...lanes].map((lane) => lane.close()))
  }

  #place(purpose: Purpose, identity: Identity | undefined): Place {
    const key = `${purpose} ${identity?.user ?? ''}`
    const place = this.#places.get(key) ?? { lane: undefined, opening: undefined, wanted: 0 }
    this.#places.set(key, place)
    return place
  }

  /** The lane of a place, opened when there is none that lives. Those who ask meanwhile share the opening. */
  async #lane(place: Place, purpose: Purpose, identity: Identity | undefined): Promise<Lane> {
    if (place.lane?.alive === true) return place.lane
    place.opening ??= this.#options.terminal
      .learn(() => this.#open(purpose, identity))
      .then((lane) => (place.lane = lane))
      .finally(() => {
        place.opening = undefined
        this.#channels.changed()
      })
    return place.opening
  }

  async #open(purpose: Purpose, identity: Identity | undefined): Promise<Lane> {
    const { shellTimeout: seconds, closing: signal, lock, terminal, description, left } = this.#options
    const mark = newMark()
    const command = (): string => laneCommand({ identity, mark, terminal: terminal.needed, lock })
    const sibling = this.#place(purpose === 'query' ? 'run' : 'query', identity)
    const opened = await this.#channels.open(command, {
      signal,
      // a server with few sessions: a lane that is open already serves both purposes
      instead: () => (sibling.lane?.alive === true ? sibling.lane : undefined),
      makeRoom: this.closeIdle,
    })
    if (opened instanceof Lane) return opened
    const limits = { seconds, signal, lock: lock && watchLock(lock, description) }
    const rest = await handshake(opened, identity, limits)
    const leaves = (): void => left.add({ mark, identity })
    return new Lane({ channel: opened, description, rest, shellTimeout: seconds, leaves })
  }
}
