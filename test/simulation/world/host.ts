/** A simulated host: its keys, and its shells. */
import type { Shell } from './shell.ts'
import type { Event } from './time.ts'

/** Something that took effect on a host: a read or a change. */
export interface Effect {
  readonly time: number
  readonly host: string
  /** The run that sent the command. */
  readonly run: string
  /** The shell that ran it; unique in the world. */
  readonly shell: number
  readonly verb: 'get' | 'set' | 'add' | 'start' | 'rise'
  /** The acting user; empty for the login user. */
  readonly user: string
  readonly key: string
  readonly value: string
}

/** Whether an effect is a change by a run. */
export const isChange = ({ verb }: Pick<Effect, 'verb'>): boolean => verb !== 'get' && verb !== 'rise'

/** How a host answers commands that change something: with faulty hosts, tests show that the invariants detect faults. */
export interface Temper {
  /** Share of changes that are refused: nothing happens, exit status 1. */
  refuses: number
  /** Share of changes that happen and are answered with exit status 1. */
  lies: number
  /** Share of changes that do not happen and are answered with exit status 0. */
  forgets: number
  /** Share of commands with an exit status that is not a number. */
  babbles: number
}

/** What its sudo requires: nothing, or a password that runs know, know wrongly, or do not know. */
export type Password = 'none' | 'right' | 'wrong' | 'missing'

export class Host {
  readonly name: string
  readonly state = new Map<string, string>()
  readonly shells = new Set<Shell>()
  readonly temper: Temper = { refuses: 0, lies: 0, forgets: 0, babbles: 0 }
  password: Password = 'none'
  /** Whether a login prints text of its own. */
  noisy = false
  /** The holder of each user's lock. */
  readonly holders = new Map<string, string>()
  /** Keys that are being set, and what sets them. */
  readonly rising = new Map<string, Event>()
  /** Whether it is reachable. */
  up = true
  /** How many channels its server allows per connection. */
  channels = Infinity
  /** Maximum milliseconds of a change. */
  longest = 6000
  /** Share of bytes that are delayed by some tenths of a second. */
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

  /** From now on, it has no faults and no delays. */
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

  /** All its processes end. */
  reboot(): void {
    for (const shell of this.shells) shell.kill()
    for (const [key, event] of this.rising) {
      event.cancelled = true
      this.state.set(key, '')
    }
    this.rising.clear()
  }
}
