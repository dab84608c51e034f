/** One run of a plan in a simulated world, set up like the command line does it. */
import { closeSync } from 'node:fs'
import { usualRetention } from '../../engine/cli/journal/folder.ts'
import { openJournal } from '../../engine/cli/journal/journal.ts'
import { remember } from '../../engine/cli/journal/memory.ts'
import { newHeader } from '../../engine/cli/journal/header.ts'
import { optionsWith } from '../support/run-options.ts'
import { resumeState } from '../../engine/cli/session/resume.ts'
import type { HostLock } from '../../engine/connection/shell/lock.ts'
import { ShellConnection } from '../../engine/connection/shell/shell-connection.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import type { Fleet } from '../../engine/run/fleet.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { runPlan } from '../../engine/run/runner.ts'
import { Secret } from '../../engine/secret.ts'
import type { Controller } from './world/controller.ts'
import type { Password } from './world/host.ts'
import { password } from './world/protocol.ts'
import { SimulatedTransport } from './world/transport.ts'
import type { World } from './world/world.ts'

export interface RunSetup {
  readonly world: World
  readonly plan: Plan
  readonly folder: string
  readonly forks: number
  /** Whether it only predicts. */
  readonly check: boolean
  /** Whether it continues the last run. */
  readonly resume: boolean
  /** Seconds to wait for locks. */
  readonly wait: number
  readonly emit: (event: RunEvent) => void
  /** Called if something cannot be recorded. */
  readonly warn: (text: string) => void
  /** Called when it waits for a lock. */
  readonly waiting: (text: string) => void
}

/** The tasks of the simulation never change between two runs. */
const same = { definition: '', parameters: '', settings: '', variables: '', program: '' }

const subject = { playbook: '/simulation.ts', inventory: ['/simulation.yaml'], within: null }

/** What a run knows about the password of sudo. */
const passwords = {
  none: undefined,
  missing: undefined,
  right: new Secret(password),
  wrong: new Secret('n0t-the-password'),
} as const satisfies Readonly<Record<Password, Secret | undefined>>

const fleetOf = ({ world, plan }: RunSetup, controller: Controller): Fleet => {
  const hosts = new Map(
    world.hosts.map((host) => [
      host.name,
      {
        name: host.name,
        groups: ['all', 'web'],
        address: host.name,
        become: false,
        becomeMethod: 'sudo' as const,
        // as it is when it is requested
        get becomePassword() {
          return passwords[host.password]
        },
        secrets: host.password === 'right' || host.password === 'wrong' ? [passwords[host.password]] : [],
        connect: (lock?: HostLock) =>
          new ShellConnection(new SimulatedTransport(world, host, controller), { lock }),
      },
    ]),
  )
  return { hosts, match: (pattern) => (pattern === 'all' ? plan.hosts : [pattern]) }
}

export class Run {
  readonly name: string
  readonly controller: Controller
  /** Its number in the state folder, if it has one. */
  number: number | undefined
  /** How it ended; undefined while it is running. */
  over: 'ended' | 'killed' | 'threw' | undefined
  readonly #setup: RunSetup
  readonly #stopping = new AbortController()
  readonly #signal = new AbortController()

  constructor(name: string, setup: RunSetup) {
    this.name = name
    this.#setup = setup
    this.controller = setup.world.controller(name)
  }

  start(): void {
    const { world } = this.#setup
    const finish = (how: 'ended' | 'threw'): void => {
      this.over ??= how
      this.controller.kill()
    }
    world.running
      .run(this.controller, () => this.#run())
      .then(
        () => finish('ended'),
        (error: unknown) => {
          world.note(`${this.name} threw: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
          finish('threw')
        },
      )
  }

  /** Ctrl-C: the first lets running tasks end, the second stops them. */
  interrupt(): void {
    if (!this.controller.alive) return
    this.#setup.world.running.run(this.controller, () =>
      (this.#stopping.signal.aborted ? this.#signal : this.#stopping).abort(),
    )
  }

  /** Ends its process. @param power if the machine loses power: the share of unsynced bytes that is kept. */
  kill(power: number | undefined): void {
    const { disk } = this.#setup.world
    this.over ??= 'killed'
    this.controller.kill()
    for (const file of disk.filesOf(this.controller)) {
      if (power !== undefined) disk.cutBack(file, power)
      closeSync(file)
    }
  }

  async #run(): Promise<void> {
    const { world, plan, folder, forks, resume, check, wait, emit, warn, waiting } = this.#setup
    const options = optionsWith({ resume, check })
    const memory = remember(folder, subject)
    const heritage = resumeState(plan, memory, options, () => same)
    if (typeof heritage === 'string') return
    // the steps in between take time: another run can start meanwhile
    if (world.running.several) await world.pause(world.random.integer(0, 1500))
    const journal = openJournal({
      folder,
      seen: memory.seen,
      header: {
        ...newHeader(subject, options, [], heritage.resumes),
        pid: this.controller.pid,
        process: undefined,
      },
      retention: usualRetention,
      signatures: () => () => same,
      warn,
    })
    this.number = journal?.run
    const lock: HostLock = {
      token: world.random.hex(8),
      owner: this.name,
      purpose: 'simulation',
      pid: this.controller.pid,
      wait,
      stopping: this.#stopping.signal,
      waiting,
      absent: () => {},
    }
    const { exit } = await runPlan(heritage.plan, fleetOf(this.#setup, this.controller), {
      checkMode: check,
      forks,
      signal: this.#signal.signal,
      stopping: this.#stopping.signal,
      due: heritage.due,
      remembers: (host, handler) =>
        journal?.remembers(host, handler) === true ||
        plan.plays.some((_, play) => heritage.due(play, host).includes(handler)),
      // a run that only predicts changes nothing, so it does not take a lock
      ...(!check && { lock: () => lock }),
      emit: (event) => {
        journal?.record(event)
        emit(event)
      },
    })
    await journal?.close(exit)
  }
}
