/** A simulated host: what it holds, and the shells on it. */
import type { Shell } from './shell.ts'

/** Something that took effect on a host: a look, or a change. */
export interface Effect {
  readonly time: number
  readonly host: string
  /** The run whose command it was. */
  readonly run: string
  /** The shell that did it; unique in the world. */
  readonly shell: number
  readonly verb: 'get' | 'set' | 'add'
  readonly key: string
  readonly value: string
}

/** How a host answers commands that change something: deliberately broken hosts show that the invariants see it. */
export interface Temper {
  /** Share of changes that are refused: nothing happens, exit status 1. */
  refuses: number
  /** Share of changes that happen and are answered with exit status 1. */
  lies: number
  /** Share of changes that do not happen and are answered with exit status 0. */
  forgets: number
}

export class Host {
  readonly name: string
  readonly state = new Map<string, string>()
  readonly shells = new Set<Shell>()
  readonly temper: Temper = { refuses: 0, lies: 0, forgets: 0 }
  /** Whose the lock's record is. */
  holder = ''
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

  /** The tokens of those who hold its lock. */
  lockedBy(): Set<string> {
    return new Set([...this.shells].flatMap(({ token }) => token ?? []))
  }
}
