/** A simulated host: what it holds, and the shells on it. */
import type { Shell } from './shell.ts'
import type { Event } from './time.ts'

/** Something that took effect on a host: a look, or a change. */
export interface Effect {
  readonly time: number
  readonly host: string
  /** The run whose command it was. */
  readonly run: string
  /** The shell that did it; unique in the world. */
  readonly shell: number
  readonly verb: 'get' | 'set' | 'add' | 'start' | 'rise'
  /** As whom; empty for the login user. */
  readonly user: string
  readonly key: string
  readonly value: string
}

/** Whether something that took effect is a change that a run has made. */
export const isChange = ({ verb }: Pick<Effect, 'verb'>): boolean => verb !== 'get' && verb !== 'rise'

/** How a host answers commands that change something: deliberately broken hosts show that the invariants see it. */
export interface Temper {
  /** Share of changes that are refused: nothing happens, exit status 1. */
  refuses: number
  /** Share of changes that happen and are answered with exit status 1. */
  lies: number
  /** Share of changes that do not happen and are answered with exit status 0. */
  forgets: number
  /** Share of commands whose exit status is no number. */
  babbles: number
}

/** What its sudo wants: nothing, or a password that runs know, know wrongly, or do not know. */
export type Password = 'none' | 'right' | 'wrong' | 'missing'

export class Host {
  readonly name: string
  readonly state = new Map<string, string>()
  readonly shells = new Set<Shell>()
  readonly temper: Temper = { refuses: 0, lies: 0, forgets: 0, babbles: 0 }
  password: Password = 'none'
  /** Whether a login prints text of its own. */
  noisy = false
  /** Whose the record of each user's lock is. */
  readonly holders = new Map<string, string>()
  /** Keys that are being set, with what sets them. */
  readonly rising = new Map<string, Event>()
  /** Whether it can be reached. */
  up = true
  /** How many channels its server allows a connection. */
  channels = Infinity
  /** Milliseconds that a change takes at most. */
  longest = 6000
  /** Share of bytes that are late by some tenths of a second. */
  jitter = 0.05
  /** Factor of all its times. */
  slowness = 1

  constructor(name: string) {
    this.name = name
  }

  /** Shells that hold the lock of a user. */
  lockedBy(user: string): Shell[] {
    return [...this.shells].filter((shell) => shell.user === user && shell.token !== undefined)
  }

  /** Nothing goes wrong on it from now on, and nothing takes long. */
  heal(): void {
    this.up = true
    this.channels = Infinity
    this.slowness = 1
    this.longest = 50
    this.jitter = 0
    this.noisy = false
    Object.assign(this.temper, { refuses: 0, lies: 0, babbles: 0 })
    if (this.password !== 'none') this.password = 'right'
  }

  /** All that runs on it ends. */
  reboot(): void {
    for (const shell of this.shells) shell.kill()
    for (const [key, event] of this.rising) {
      event.cancelled = true
      this.state.set(key, '')
    }
    this.rising.clear()
  }
}
