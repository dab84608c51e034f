/**
 * A simulated world: a time, the disk of a state folder, hosts, and the runs that connect to them. One seed decides
 * everything.
 */
import { Controller, Running } from './controller.ts'
import { Host } from './host.ts'
import type { Effect } from './host.ts'
import { Random } from './random.ts'
import { Disk } from './state-folder.ts'
import { Time } from './time.ts'
import type { SimulatedTransport } from './transport.ts'

/** IDs of simulated processes; no real process has them. */
const firstPid = 100_000_000

export class World {
  readonly random: Random
  readonly time: Time
  readonly disk = new Disk()
  readonly running: Running
  readonly hosts: readonly Host[]
  readonly processes = new Map<number, Controller>()
  readonly transports = new Set<SimulatedTransport>()
  readonly effects: Effect[] = []
  /** Wrong passwords that were given after one had been refused. */
  readonly guesses: string[] = []
  /** Called with each effect when it happens. */
  onEffect: (effect: Effect) => void = () => {}
  /** The history, one line for each event, as printed for a seed. */
  readonly log: string[] = []
  #ids = 0

  /** @param several whether several runs are active at a time. */
  constructor(seed: number, { hosts, several }: { hosts: readonly string[]; several: boolean }) {
    this.running = new Running(several)
    this.random = new Random(seed)
    this.time = new Time(this.random.fork())
    this.hosts = hosts.map((name) => new Host(name))
  }

  nextId(): number {
    return (this.#ids += 1)
  }

  note(text: string): void {
    this.log.push(`${(this.time.now / 1000).toFixed(3).padStart(9)} ${text}`)
  }

  effect(what: Omit<Effect, 'time'>): void {
    const effect = { time: this.time.now, ...what }
    this.effects.push(effect)
    this.note(
      `    ${effect.host}: ${effect.verb} ${effect.key} ${effect.value} (${effect.run}, shell ${effect.shell})`,
    )
    this.onEffect(effect)
  }

  controller(name: string): Controller {
    const controller = new Controller(name, firstPid + this.processes.size)
    this.processes.set(controller.pid, controller)
    return controller
  }

  /** Some virtual milliseconds. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.time.after(milliseconds, this.running.owned(resolve)))
  }
}
