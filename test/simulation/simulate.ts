/** One seed, from its playbook to the errors in its history. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawFaults } from './faults.ts'
import { invariants } from './invariants/all.ts'
import { planOf, wanted } from './playbook.ts'
import { keysOf, makeRecipe, tasksIn } from './recipe.ts'
import type { Recipe } from './recipe.ts'
import { Run } from './run.ts'
import type { History, Moment } from './timeline.ts'
import { logLineOf } from './log-line.ts'
import { rise } from './world/commands.ts'
import type { Password } from './world/host.ts'
import { Random } from './world/random.ts'
import { takeOver } from './world/take-over.ts'
import { World } from './world/world.ts'

/** The result of a seed. */
export interface Report {
  readonly seed: number
  readonly recipe: Recipe
  readonly history: History
  /** A description of what happened. */
  readonly log: readonly string[]
  /** Every event of every run, as JSON texts. */
  readonly events: readonly string[]
  /** The errors, with the name of the invariant. */
  readonly wrong: readonly string[]
}

/** How a test changes a world. */
export interface Change {
  /** Called before the first run, to cause a fault on purpose. */
  readonly prepare?: (world: World) => void
  /** If false, no faults are drawn. */
  readonly faults?: boolean
  readonly recipe?: Recipe
}

/** What sudo requires on hosts; repeated values are more frequent. */
const passwords: readonly [Password, ...Password[]] = [
  'none',
  'none',
  'none',
  'none',
  'none',
  'none',
  'right',
  'right',
  'right',
  'wrong',
  'missing',
]

/** An in-memory disk, if available: some seeds create and remove files. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const setImmediateNow = setImmediate

/** Lets everything continue that does not depend on time. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediateNow(resolve))

/** How often an empty queue is checked again: real file reads could be in progress. */
const idleRounds = 20

/** Advances time until a condition is met. Returns false if nothing more happens before that. */
const passUntil = async (world: World, done: () => boolean): Promise<boolean> => {
  for (let idle = 0; idle < idleRounds;) {
    await settle()
    if (done()) return true
    idle = world.time.step() ? 0 : idle + 1
  }
  return done()
}

/** Actions that started before any run. */
const noRun = { run: '', shell: 0, user: '' }

/** Some keys exist already, some with another value. */
const prepareHosts = (world: World, recipe: Recipe, random: Random): History['before'] => {
  for (const host of world.hosts)
    for (const task of recipe.plays.flatMap(({ steps }) => tasksIn(steps)))
      for (const key of task.does !== 'act' ? keysOf(task, host.name) : [])
        if (random.chance(0.5)) host.state.set(key, random.pick([wanted, 'v0']))
  // actions could be in progress already
  for (const host of world.hosts)
    for (const task of recipe.plays.flatMap(({ steps }) => tasksIn(steps)))
      for (const key of task.does === 'settle' ? keysOf(task, host.name) : [])
        if (random.chance(0.2)) rise(world, host, { by: noRun, key, value: wanted })
  return Object.fromEntries(world.hosts.map(({ name, state }) => [name, Object.fromEntries(state)]))
}

/** A stack also names the caller of the simulation. */
const withoutStack = (key: string, value: unknown): unknown => (key === 'stack' ? undefined : value)

class Simulation {
  readonly #world: World
  readonly #random: Random
  readonly #recipe: Recipe
  readonly #folder: string
  readonly #moments: Moment[] = []
  readonly #events: string[] = []
  readonly #checks = new Set<string>()
  readonly #runs: Run[] = []
  #remembered = true

  constructor(world: World, random: Random, { recipe, folder }: { recipe: Recipe; folder: string }) {
    this.#world = world
    this.#random = random
    this.#recipe = recipe
    this.#folder = folder
    world.onEffect = (effect) => {
      const host = world.hosts.find(({ name }) => name === effect.host)
      const holders = host?.lockedBy(effect.user) ?? []
      const others = [...new Set(holders.map(({ run }) => run))].filter((run) => run !== effect.run)
      this.#moments.push({ kind: 'effect', time: world.time.now, effect, others })
    }
  }

  async all(faulty: boolean, rival: boolean): Promise<Omit<History, 'recipe' | 'before'>> {
    const { hosts, time } = this.#world
    if (faulty && this.#random.chance(0.15))
      await this.#end([this.#begin('check', { check: true, faults: this.#random.integer(0, 2) })])
    const first = this.#begin('run1', { faults: faulty ? 4 : 0 })
    if (rival) {
      const wait = this.#random.integer(0, this.#random.pick([500, 5000]))
      time.after(wait, () => {
        if (first.over !== undefined) return
        const check = this.#random.chance(0.15)
        others.push(this.#begin('rival', { check, faults: this.#random.integer(0, 1) }))
      })
    }
    const others: Run[] = []
    await this.#end([first], others)
    for (const name of ['run2', 'run3'])
      if (faulty && this.#random.chance(0.6)) {
        const resume = this.#random.chance(0.5)
        await this.#end([this.#begin(name, { resume, faults: this.#random.integer(0, 2) })])
      }
    this.#world.disk.full = false
    for (const host of hosts) host.heal()
    // the rest of interrupted runs ends by itself, without waiting until hosts notice
    await passUntil(this.#world, () => hosts.every(({ shells, rising }) => shells.size + rising.size === 0))
    const calm = ['calm1', 'calm2']
    const predicted = { check: 'predicts', run: 'calm1' }
    await this.#end([this.#begin(predicted.check, { check: true, faults: 0 })])
    for (const name of calm) await this.#end([this.#begin(name, { faults: 0 })])
    await passUntil(this.#world, () => false)
    const locks = hosts.flatMap(({ name, shells }) => [...shells].map(({ run }) => `${name} ${run}`))
    const guesses = [...this.#world.guesses]
    const [moments, checks] = [this.#moments, [...this.#checks]]
    const numbers = this.#runs.flatMap(({ number }) => number ?? [])
    return { moments, numbers, calm, checks, predicted, remembered: this.#remembered, locks, guesses }
  }

  get events(): readonly string[] {
    return this.#events
  }

  #begin(
    name: string,
    { resume = false, check = false, faults }: { resume?: boolean; check?: boolean; faults: number },
  ): Run {
    const world = this.#world
    const options = `${resume ? ', with --resume' : ''}${check ? ', with --check' : ''}`
    world.note(`${name} begins${options}`)
    this.#moments.push({ kind: 'begin', time: world.time.now, run: name, resume })
    if (check) this.#checks.add(name)
    const run = new Run(name, {
      world,
      plan: planOf(this.#recipe),
      folder: this.#folder,
      forks: this.#random.integer(1, 4),
      resume,
      check,
      wait: this.#random.pick([0, 60]),
      emit: (event) => {
        if (!run.controller.alive) return
        this.#moments.push({ kind: 'event', time: world.time.now, run: name, event })
        this.#events.push(JSON.stringify(event, withoutStack))
        world.note(`${name}: ${logLineOf(event)}`)
      },
      warn: (text) => {
        this.#remembered = false
        world.note(`${name} warns: ${text}`)
      },
      waiting: (text) => {
        world.note(`${name} waits: ${text}`)
        this.#moments.push({ kind: 'fault', time: world.time.now, text: 'a lock is waited for', run: name })
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
    this.#runs.push(run)
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
}

/** Simulates a seed. Meanwhile, time and random numbers of this process are those of the world. */
export const simulate = async (seed: number, change: Change = {}): Promise<Report> => {
  const random = new Random(seed)
  const recipe = change.recipe ?? makeRecipe(random.fork())
  const faulty = change.faults ?? true
  const rival = faulty && random.chance(0.15)
  const world = new World(random.integer(0, 2 ** 31), { hosts: recipe.hosts, several: rival })
  const before = prepareHosts(world, recipe, random.fork())
  const folder = mkdtempSync(join(scratch, 'coxswain-simulation-'))
  if (faulty) for (const host of world.hosts) host.password = random.pick(passwords)
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
