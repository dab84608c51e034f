/** One seed, from its playbook to what is wrong with its history. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawFaults } from './faults.ts'
import { invariants } from './invariants/all.ts'
import { planOf, wanted } from './playbook.ts'
import { keysOf, makeRecipe, tasksIn } from './recipe.ts'
import type { Recipe } from './recipe.ts'
import { Run } from './run.ts'
import type { RunSetup } from './run.ts'
import type { History, Moment } from './timeline.ts'
import { Random } from './world/random.ts'
import { takeOver } from './world/take-over.ts'
import { World } from './world/world.ts'

/** What came of a seed. */
export interface Report {
  readonly seed: number
  readonly recipe: Recipe
  readonly history: History
  /** What happened, for people. */
  readonly log: readonly string[]
  /** Every event of every run, one JSON text each. */
  readonly events: readonly string[]
  /** What is wrong, with the name of the invariant. */
  readonly wrong: readonly string[]
}

/** What a test changes of a world. */
export interface Change {
  /** Called before the first run, to break something on purpose. */
  readonly prepare?: (world: World) => void
  /** Without it, nothing goes wrong by itself. */
  readonly faults?: boolean
  readonly recipe?: Recipe
}

/** A disk in memory, where there is one: a seed makes and removes some files. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const setImmediateNow = setImmediate

/** Lets all that can go on without time go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediateNow(resolve))

/** How often an empty queue is looked at again: real reading of files may be under way. */
const patience = 20

/** Lets time pass until something is so. Gives false when nothing more happens and it is not so. */
const passUntil = async (world: World, done: () => boolean): Promise<boolean> => {
  for (let idle = 0; idle < patience;) {
    await settle()
    if (done()) return true
    idle = world.time.step() ? 0 : idle + 1
  }
  return done()
}

/** Some keys are there already, some with another value. */
const prepareHosts = (world: World, recipe: Recipe, random: Random): History['before'] => {
  for (const host of world.hosts)
    for (const task of recipe.plays.flatMap(({ steps }) => tasksIn(steps)))
      for (const key of task.does === 'hold' ? keysOf(task, host.name) : [])
        if (random.chance(0.5)) host.state.set(key, random.pick([wanted, 'v0']))
  return Object.fromEntries(world.hosts.map(({ name, state }) => [name, Object.fromEntries(state)]))
}

/** A stack tells of who called the simulation, too. */
const withoutStack = (key: string, value: unknown): unknown => (key === 'stack' ? undefined : value)

class Simulation {
  readonly #world: World
  readonly #random: Random
  readonly #recipe: Recipe
  readonly #folder: string
  readonly #moments: Moment[] = []
  readonly #events: string[] = []
  #remembered = true

  constructor(world: World, random: Random, { recipe, folder }: { recipe: Recipe; folder: string }) {
    this.#world = world
    this.#random = random
    this.#recipe = recipe
    this.#folder = folder
    world.onEffect = (effect) => {
      const host = world.hosts.find(({ name }) => name === effect.host)
      const holders = [...(host?.shells ?? [])].filter(({ token }) => token !== undefined)
      const others = [...new Set(holders.map(({ run }) => run))].filter((run) => run !== effect.run)
      this.#moments.push({ kind: 'effect', time: world.time.now, effect, others })
    }
  }

  async all(
    faulty: boolean,
    rival: boolean,
  ): Promise<Pick<History, 'moments' | 'calm' | 'remembered' | 'locks'>> {
    const { hosts, time } = this.#world
    const first = this.#begin('run1', { resume: false }, faulty ? 4 : 0)
    if (rival) {
      const wait = this.#random.whole(0, 5000)
      time.after(wait, () => {
        if (first.over === undefined) others.push(this.#begin('rival', { resume: false }, 0))
      })
    }
    const others: Run[] = []
    await this.#end([first], others)
    if (faulty && this.#random.chance(0.7))
      await this.#end([this.#begin('run2', { resume: this.#random.chance(0.5) }, this.#random.whole(0, 2))])
    this.#heal()
    // what is left of runs that were cut off ends by itself, and nobody waits for hosts to notice
    await passUntil(this.#world, () => hosts.every(({ shells }) => shells.size === 0))
    const calm = ['calm1', 'calm2']
    for (const name of calm) await this.#end([this.#begin(name, { resume: false }, 0)])
    await passUntil(this.#world, () => false)
    const locks = hosts.flatMap(({ name, shells }) => [...shells].map(({ run }) => `${name} ${run}`))
    return { moments: this.#moments, calm, remembered: this.#remembered, locks }
  }

  get events(): readonly string[] {
    return this.#events
  }

  #begin(name: string, { resume }: Pick<RunSetup, 'resume'>, faults: number): Run {
    const world = this.#world
    world.note(`${name} begins${resume ? ', with --resume' : ''}`)
    const run = new Run(name, {
      world,
      plan: planOf(this.#recipe),
      folder: this.#folder,
      forks: this.#random.whole(1, 4),
      resume,
      wait: this.#random.pick([0, 60]),
      emit: (event) => {
        if (!run.controller.alive) return
        this.#moments.push({ kind: 'event', time: world.time.now, run: name, event })
        this.#events.push(JSON.stringify(event, withoutStack))
        world.note(`${name}: ${toldOf(event)}`)
      },
      warn: (text) => {
        this.#remembered = false
        world.note(`${name} warns: ${text}`)
      },
    })
    drawFaults(
      {
        world,
        random: this.#random,
        run,
        note: (text, about) => {
          world.note(`--- ${text}`)
          this.#moments.push({ kind: 'fault', time: world.time.now, text, run: about?.name })
        },
      },
      faults,
    )
    run.start()
    return run
  }

  async #end(runs: readonly Run[], more: readonly Run[] = []): Promise<void> {
    const all = (): Run[] => [...runs, ...more]
    await passUntil(this.#world, () => all().every(({ over }) => over !== undefined))
    for (const { name, over = 'hung' } of all()) {
      this.#world.note(`${name} ${over}`)
      this.#moments.push({ kind: 'over', time: this.#world.time.now, run: name, how: over })
    }
  }

  #heal(): void {
    const { hosts, disk } = this.#world
    disk.full = false
    for (const host of hosts) {
      host.up = true
      host.channels = Infinity
      host.slowness = 1
      host.longest = 50
      host.jitter = 0
      host.temper.refuses = 0
      host.temper.lies = 0
    }
  }
}

const toldOf = (event: Extract<Moment, { kind: 'event' }>['event']): string => {
  switch (event.type) {
    case 'task-start':
      return `${event.task.host} ${event.task.title} begins (${event.task.role} ${event.task.id})`
    case 'task-progress':
      return `${event.task.host} ${event.task.title} ${event.what} ${event.why ?? ''}`
    case 'task-end':
      return `${event.task.host} ${event.task.title} ${event.outcome} ${event.why ?? ''}${event.error?.message ?? ''} (${event.task.id})`
    case 'handlers-due':
      return `${event.task.host} ${event.task.title} calls for ${event.handlers.join(' ')}`
    case 'host-end':
      return `${event.host} is through: ${event.standing}`
    case 'play-start':
      return `play ${event.name} on ${event.hosts.join(' ')}`
    case 'play-end':
      return `play over ${event.note ?? ''}`
    case 'run-end':
      return `run over, due: ${JSON.stringify(event.due)} ${event.stopped?.message ?? ''}`
    default:
      return event.type
  }
}

/** Simulates a seed. While it does, the time and the randomness of this process are the world's. */
export const simulate = async (seed: number, change: Change = {}): Promise<Report> => {
  const random = new Random(seed)
  const recipe = change.recipe ?? makeRecipe(random.fork())
  const faulty = change.faults ?? true
  const rival = faulty && random.chance(0.15)
  const world = new World(random.whole(0, 2 ** 31), { hosts: recipe.hosts, several: rival })
  const before = prepareHosts(world, recipe, random.fork())
  const folder = mkdtempSync(join(scratch, 'coxswain-simulation-'))
  change.prepare?.(world)
  const simulation = new Simulation(world, random.fork(), { recipe, folder: join(folder, 'state') })
  const restore = takeOver(world)
  let outcome: Awaited<ReturnType<Simulation['all']>>
  try {
    outcome = await simulation.all(faulty, rival)
  } finally {
    restore()
    world.running.end()
    rmSync(folder, { recursive: true, force: true })
  }
  const history: History = { recipe, before, ...outcome }
  const wrong = Object.entries(invariants).flatMap(([name, invariant]) =>
    invariant(history).map((text) => `${name}: ${text}`),
  )
  return { seed, recipe, history, log: world.log, events: simulation.events, wrong }
}
