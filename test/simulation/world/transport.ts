/**
 * The connection from a run to a simulated host: channels whose bytes arrive later, in order, until the connection is cut.
 */
import { Readable, Writable } from 'node:stream'
import type { Channel, ChannelEnd, Transport } from '../../../engine/connection/transport.ts'
import { CoxswainError } from '../../../engine/errors.ts'
import type { Controller } from './controller.ts'
import type { Host } from './host.ts'
import type { Random } from './random.ts'
import { Shell } from './shell.ts'
import type { World } from './world.ts'

/** Actions that happen in the order in which they were added, each after its own delay. */
class Wire {
  readonly #world: World
  readonly #host: Host
  readonly #underway: (() => void)[] = []
  #last = 0

  constructor(world: World, host: Host) {
    this.#world = world
    this.#host = host
  }

  carry(act: () => void): void {
    const { time, random } = this.#world
    const latency = random.integer(1, random.chance(this.#host.jitter) ? 400 : 20) * this.#host.slowness
    this.#last = Math.max(this.#last, time.now + latency)
    this.#underway.push(act)
    // actions of the same time happen in any order, so the first byte sent is the first to arrive
    time.after(this.#last - time.now, () => this.#underway.shift()?.())
  }
}

/** One channel, seen from both ends. */
class Link {
  readonly channel: Channel
  readonly #world: World
  readonly #run: Controller
  readonly #shell: Shell
  readonly #toHost: Wire
  /** Set when the connection no longer passes data. */
  #silent = false
  #over = false
  readonly #end: (end: ChannelEnd) => void

  constructor(world: World, host: Host, run: Controller, command: string) {
    this.#world = world
    this.#run = run
    this.#toHost = new Wire(world, host)
    const wires = { stdout: new Wire(world, host), stderr: new Wire(world, host) }
    const streams = { stdout: new Readable({ read() {} }), stderr: new Readable({ read() {} }) }
    const hear = (name: 'stdout' | 'stderr', act: () => void): void =>
      wires[name].carry(() => {
        if (!this.#silent && run.alive) world.running.run(run, act)
      })
    let resolve: (end: ChannelEnd) => void = () => {}
    const ended = new Promise<ChannelEnd>((end) => (resolve = end))
    this.#end = resolve
    let code: number | undefined
    this.#shell = new Shell(world, {
      host,
      run,
      command,
      ends: {
        print: (name, text) => hear(name, () => streams[name].push(Buffer.from(text))),
        exited: (status) => {
          code = status
          for (const name of ['stdout', 'stderr'] as const) hear(name, () => streams[name].push(null))
        },
      },
    })
    let open = 2
    for (const stream of Object.values(streams))
      stream.once('end', () => {
        open -= 1
        if (open === 0) resolve({ code })
      })
    const stdin = new Writable({
      decodeStrings: false,
      write: (chunk: Buffer | string, _, done) => {
        const text = chunk.toString()
        if (!this.#silent) this.#toHost.carry(() => this.#shell.feed(text))
        done()
      },
      final: (done) => {
        if (!this.#silent) this.#hangUp(0)
        done()
      },
    })
    this.channel = { stdin, ...streams, ended, destroy: () => this.cut(0) }
  }

  /** The connection no longer passes data, and neither end has noticed. */
  silence(): void {
    this.#silent = true
  }

  /** The connection no longer passes data; the run knows it immediately, the host after some milliseconds. */
  cut(notices: number): void {
    if (this.#over) return
    this.#over = true
    this.#silent = true
    this.#hangUp(notices)
    // a killed process no longer receives data
    if (!this.#run.alive) return
    this.channel.stdout.destroy()
    this.channel.stderr.destroy()
    this.#end({ code: undefined })
  }

  #hangUp(notices: number): void {
    this.#toHost.carry(() => this.#world.time.after(notices, () => this.#shell.hangUp()))
  }
}

/** A connection of a run to a host. It connects when a channel is first needed, and again after it was cut. */
export class SimulatedTransport implements Transport {
  readonly user = 'root'
  readonly run: Controller
  readonly host: Host
  readonly #world: World
  readonly #links = new Set<Link>()
  #silent = false

  constructor(world: World, host: Host, run: Controller) {
    this.#world = world
    this.host = host
    this.run = run
    // the system closes the connections of an ended process, as far as possible
    run.onDeath.add(() => this.cut(this.#world.random.pick([0, this.#world.random.integer(0, 60_000)])))
    world.transports.add(this)
  }

  get description(): string {
    return this.host.name
  }

  async open(command: string): Promise<Channel> {
    const { random } = this.#world
    await this.#world.pause(random.integer(2, 60) * this.host.slowness)
    if (!this.host.up) {
      await this.#world.pause(random.integer(10, 10_000))
      throw new CoxswainError('connect-failed', `${this.description} does not answer`)
    }
    if (this.#silent)
      throw new CoxswainError('connection-lost', `the connection to ${this.description} is gone`)
    if (this.#links.size >= this.host.channels)
      throw new CoxswainError('channel-refused', `${this.description} has no room for another channel`)
    const link = new Link(this.#world, this.host, this.run, command)
    this.#links.add(link)
    void link.channel.ended.then(() => this.#links.delete(link))
    return link.channel
  }

  async close(): Promise<void> {
    this.cut(0)
    await this.#world.pause(1)
  }

  /** Ends one channel, or all of them. */
  cut(notices: number, only?: Random): void {
    const links = [...this.#links]
    const chosen = only === undefined ? links : [only.pick(links)].flatMap((link) => link ?? [])
    for (const link of chosen) link.cut(notices)
  }

  /** No data passes for some milliseconds; then this end gives up, and the host notices some time later. */
  silence(duration: number, notices: number): void {
    for (const link of this.#links) link.silence()
    this.#silent = true
    this.#world.time.after(duration, () => {
      this.#silent = false
      if (this.run.alive) this.#world.running.run(this.run, () => this.cut(notices))
    })
  }
}
