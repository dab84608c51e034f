import type { Identity, Request } from '../types.ts'
import type { Terminal } from './become.ts'
import { sessionCommand } from './bootstrap.ts'
import type { Channels } from './channels.ts'
import { handshake } from './handshake.ts'
import { ShellSession } from './shell-session.ts'
import { newMark } from './left-behind.ts'
import type { LeftBehind } from './left-behind.ts'
import { watchLock } from './lock.ts'
import type { HostLock } from './lock.ts'

type Purpose = Request['purpose']

/** A session for one purpose and user, or its absence. */
interface Place {
  session: ShellSession | undefined
  opening: Promise<ShellSession> | undefined
  /** How many requests want it now; their session is not closed to make room. */
  wanted: number
}

/** What opening a session takes. */
export interface ShellSessionOptions {
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
export class ShellSessions {
  readonly #channels: Channels
  readonly #options: ShellSessionOptions
  readonly #places = new Map<string, Place>()

  constructor(channels: Channels, options: ShellSessionOptions) {
    this.#channels = channels
    this.#options = options
  }

  /** Does work that needs a session. It may ask for the session as often as it ends. */
  async use<Value>(
    purpose: Purpose,
    identity: Identity | undefined,
    work: (session: () => Promise<ShellSession>) => Promise<Value>,
  ): Promise<Value> {
    const place = this.#place(purpose, identity)
    place.wanted += 1
    try {
      return await work(() => this.#session(place, purpose, identity))
    } finally {
      place.wanted -= 1
      if (place.wanted === 0) this.#channels.changed()
    }
  }

  /** Closes one session that no request needs now, so that another channel can be opened. */
  readonly closeIdle = (): void => {
    const places = [...this.#places.values()]
    const needed = new Set(places.filter((place) => place.wanted > 0).map(({ session }) => session))
    const idle = places.find(({ session }) => session?.alive === true && !needed.has(session))
    void idle?.session?.close()
  }

  async close(): Promise<void> {
    const sessions = new Set([...this.#places.values()].flatMap(({ session }) => session ?? []))
    await Promise.all([...sessions].map((session) => session.close()))
  }

  #place(purpose: Purpose, identity: Identity | undefined): Place {
    const key = `${purpose} ${identity?.user ?? ''}`
    const place = this.#places.get(key) ?? { session: undefined, opening: undefined, wanted: 0 }
    this.#places.set(key, place)
    return place
  }

  /** The session of a place, opened when there is none that lives. Those who ask meanwhile share the opening. */
  async #session(place: Place, purpose: Purpose, identity: Identity | undefined): Promise<ShellSession> {
    if (place.session?.alive === true) return place.session
    place.opening ??= this.#options.terminal
      .learn(() => this.#open(purpose, identity))
      .then((session) => (place.session = session))
      .finally(() => {
        place.opening = undefined
        this.#channels.changed()
      })
    return place.opening
  }

  async #open(purpose: Purpose, identity: Identity | undefined): Promise<ShellSession> {
    const { shellTimeout: seconds, closing: signal, lock, terminal, description, left } = this.#options
    const mark = newMark()
    const command = (): string => sessionCommand({ identity, mark, terminal: terminal.needed, lock })
    const sibling = this.#place(purpose === 'query' ? 'run' : 'query', identity)
    const opened = await this.#channels.open(command, {
      signal,
      // a server with few sessions: a session that is open already serves both purposes
      instead: () => (sibling.session?.alive === true ? sibling.session : undefined),
      makeRoom: this.closeIdle,
    })
    if (opened instanceof ShellSession) return opened
    const limits = { seconds, signal, lock: lock && watchLock(lock, description) }
    const rest = await handshake(opened, identity, limits)
    const leaves = (): void => left.add({ mark, identity })
    return new ShellSession({ channel: opened, description, rest, shellTimeout: seconds, leaves })
  }
}
