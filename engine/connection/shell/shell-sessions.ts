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

/** The slot for a session of one purpose and user. */
interface Slot {
  session: ShellSession | undefined
  opening: Promise<ShellSession> | undefined
  /** The number of requests that use it now; then it is not closed to free a channel. */
  wanted: number
}

/** The options for opening sessions. */
export interface ShellSessionOptions {
  /** Timeout for opening a shell in seconds. */
  readonly shellTimeout: number
  /** Aborted when the connection is closed. */
  readonly closing: AbortSignal
  /** Held by every shell, if set. */
  readonly lock: HostLock | undefined
  /** Records shells that can still run after the connection to them was lost. */
  readonly left: LeftBehind
  /** Whether sudo requires a terminal. */
  readonly terminal: Terminal
  /** The host, for messages. */
  readonly description: string
}

/** The shells of a connection: for each user one for queries and one for runs, opened on demand. */
export class ShellSessions {
  readonly #channels: Channels
  readonly #options: ShellSessionOptions
  readonly #slots = new Map<string, Slot>()

  constructor(channels: Channels, options: ShellSessionOptions) {
    this.#channels = channels
    this.#options = options
  }

  /** Calls `work` with a function that returns the session, and opens a new one after it has ended. */
  async use<Value>(
    purpose: Purpose,
    identity: Identity | undefined,
    work: (session: () => Promise<ShellSession>) => Promise<Value>,
  ): Promise<Value> {
    const slot = this.#slot(purpose, identity)
    slot.wanted += 1
    try {
      return await work(() => this.#session(slot, purpose, identity))
    } finally {
      slot.wanted -= 1
      if (slot.wanted === 0) this.#channels.changed()
    }
  }

  /** Closes an idle session, so that another channel can be opened. */
  readonly closeIdle = (): void => {
    const slots = [...this.#slots.values()]
    const needed = new Set(slots.filter((slot) => slot.wanted > 0).map(({ session }) => session))
    const idle = slots.find(({ session }) => session?.alive === true && !needed.has(session))
    void idle?.session?.close()
  }

  async close(): Promise<void> {
    const sessions = new Set([...this.#slots.values()].flatMap(({ session }) => session ?? []))
    await Promise.all([...sessions].map((session) => session.close()))
  }

  #slot(purpose: Purpose, identity: Identity | undefined): Slot {
    const key = `${purpose} ${identity?.user ?? ''}`
    const slot = this.#slots.get(key) ?? { session: undefined, opening: undefined, wanted: 0 }
    this.#slots.set(key, slot)
    return slot
  }

  /** The session of a slot, opened if there is no live one. Concurrent calls share the opening. */
  async #session(slot: Slot, purpose: Purpose, identity: Identity | undefined): Promise<ShellSession> {
    if (slot.session?.alive === true) return slot.session
    slot.opening ??= this.#options.terminal
      .learn(() => this.#open(purpose, identity))
      .then((session) => (slot.session = session))
      .finally(() => {
        slot.opening = undefined
        this.#channels.changed()
      })
    return slot.opening
  }

  async #open(purpose: Purpose, identity: Identity | undefined): Promise<ShellSession> {
    const { shellTimeout: seconds, closing: signal, lock, terminal, description, left } = this.#options
    const mark = newMark()
    const command = (): string => sessionCommand({ identity, mark, terminal: terminal.needed, lock })
    const sibling = this.#slot(purpose === 'query' ? 'run' : 'query', identity)
    const opened = await this.#channels.open(command, {
      signal,
      // on a server with few sessions, an open session serves both purposes
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
