/**
 * Replaces everything that makes a process differ between runs: timers, clocks, random numbers, the answers of disks, and
 * the list of processes. The engine uses these from Node under any name, so they are replaced in Node itself, and restored
 * at the end. `syncBuiltinESMExports` passes the change on to modules that have imported them by name.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import type { Controller, Running } from './controller.ts'
import type { Random } from './random.ts'
import type { Disk } from './state-folder.ts'
import type { Event, Time } from './time.ts'

export interface Nature {
  readonly time: Time
  readonly random: Random
  readonly disk: Disk
  readonly running: Running
  /** Processes of the controller's machine, by ID. */
  readonly processes: Map<number, Controller>
}

class Timer {
  readonly #start: () => Event
  #event: Event

  constructor(start: () => Event) {
    this.#start = start
    this.#event = start()
  }

  readonly ref = (): this => this
  readonly unref = (): this => this
  readonly hasRef = (): boolean => true
  readonly close = (): void => {
    this.#event.cancelled = true
  }
  readonly refresh = (): this => {
    this.close()
    this.#event = this.#start()
    return this
  }
}

type Callback = (...given: unknown[]) => void

const aborted = (signal: AbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  })

const sleeper =
  ({ time, running }: Nature) =>
  <Value>(
    delay = 1,
    value?: Value,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Value | undefined> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(aborted(signal))
      const onAbort = (): void => {
        event.cancelled = true
        if (signal !== undefined) reject(aborted(signal))
      }
      const event = time.after(
        delay,
        running.owned(() => {
          signal?.removeEventListener('abort', onAbort)
          resolve(value)
        }),
      )
      signal?.addEventListener('abort', onAbort, { once: true })
    })

/** Replaces members of Node's modules. Returns a function that restores them. */
export const takeOver = (nature: Nature): (() => void) => {
  const { time, random, disk, processes, running } = nature
  const undo: (() => void)[] = []
  const replace = (target: object, name: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
    undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(target, name)
      else Object.defineProperty(target, name, before)
    })
  }
  const clear = (timer: unknown): void => {
    if (timer instanceof Timer) timer.close()
  }
  replace(globalThis, 'setTimeout', (callback: Callback, delay = 1, ...given: unknown[]) => {
    const act = running.owned(() => callback(...given))
    return new Timer(() => time.after(delay, act))
  })
  replace(globalThis, 'clearTimeout', clear)
  replace(globalThis, 'setImmediate', (callback: Callback, ...given: unknown[]) => {
    const act = running.owned(() => callback(...given))
    return new Timer(() => time.after(0, act))
  })
  replace(timers, 'setTimeout', sleeper(nature))
  replace(Date, 'now', () => time.calendar())
  replace(performance, 'now', () => time.now)
  replace(performance, 'timeOrigin', time.origin)
  replace(Math, 'random', () => random.next())
  replace(crypto, 'randomBytes', (size: number) => Buffer.from(random.hex(size), 'hex'))
  const kill = process.kill.bind(process)
  replace(process, 'kill', (pid: number, signal?: string | number) => {
    const known = processes.get(pid)
    if (known === undefined) return kill(pid, signal)
    if (!known.alive) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
    return true
  })
  const [on, off] = [process.on.bind(process), process.off.bind(process)]
  const forget = new Set<() => void>()
  const exits = (given: Callback): void => {
    forget.add(() => off('exit', given))
  }
  replace(process, 'on', (name: string, listener: Callback) => {
    if (name === 'exit') exits(listener)
    return on(name, listener)
  })
  undo.push(() => forget.forEach((one) => one()))
  const { openSync, closeSync, writeSync } = fs
  replace(fs, 'openSync', (path: fs.PathLike, flags?: fs.OpenMode, mode?: fs.Mode) => {
    if (flags !== undefined && /[aw]/.test(String(flags))) disk.takes()
    const file = openSync(path, flags ?? 'r', mode)
    disk.opened(file, running.controller)
    return file
  })
  replace(fs, 'closeSync', (file: number) => {
    disk.closed(file)
    closeSync(file)
  })
  replace(fs, 'writeSync', (file: number, ...given: [Buffer, number?]) => {
    if (disk.holds(file)) disk.takes()
    return writeSync(file, ...given)
  })
  for (const name of ['fdatasyncSync', 'fsyncSync']) replace(fs, name, (file: number) => disk.synced(file))
  for (const name of ['fdatasync', 'fsync'])
    replace(fs, name, (file: number, done: (error: Error | null) => void) => {
      time.after(
        random.integer(1, 30),
        running.owned(() => {
          if (disk.holds(file)) disk.synced(file)
          done(null)
        }),
      )
    })
  syncBuiltinESMExports()
  return () => {
    for (const back of undo.toReversed()) back()
    syncBuiltinESMExports()
  }
}
