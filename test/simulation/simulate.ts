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
import type { History, Moment } from './timeline.ts'
import { toldOf } from './told.ts'
import { rise } from './world/commands.ts'
import type { Password } from './world/host.ts'
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

/** What sudo wants on hosts, as often as here. */
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

/** A disk in memory, where there is one: a seed makes and removes some files. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const setImmediateNow = setImmediate

/** Lets all that can go on without time go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediateNow(resolve))

/** How often an empty queue is looked at again: real reading of files may be under way. */
const idleRounds = 20

/** Lets time pass until something is so. Gives false when nothing more happens and it is not so. */
const passUntil = async (world: World, done: () => boolean): Promise<boolean> => {
  for (let idle = 0; idle < idleRounds;) {
    await settle()
    if (done()) return true
    idle = world.time.step() ? 0 : idle + 1
  }
  return done()
}

/** What was begun before any run. */
const nobody = { run: '', shell: 0, user: '' }

/** Some keys are there already, some with another value. */
const prepareHosts = (world: World, recipe: Recipe, random: Random): History['before'] => {
  for (const host of world.hosts)
    for (const task of recipe.plays.flatMap(({ steps }) => tasksIn(steps)))
      for (const key of task.does !== 'act' ? keysOf(task, host.name) : [])
        if (random.chance(0.5)) host.state.set(key, random.pick([wanted, 'v0']))
  // something may be under way already
  for (const host of world.hosts)
    for (const task of recipe.plays.flatMap(({ steps }) => tasksIn(steps)))
      for (const key of task.does === 'settle' ? keysOf(task, host.name) : [])
        if (random.chance(0.2)) rise(world, host, { by: nobody, key, value: wanted })
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
      await this.#end([this.#begin('check', { check: true, faults: this.#random.whole(0, 2) })])
    const first = this.#begin('run1', { faults: faulty ? 4 : 0 })
    if (rival) {
      const wait = this.#random.whole(0, this.#random.pick([500, 5000]))
      time.after(wait, () => {
        if (first.over !== undefined) return
        const check = this.#random.chance(0.15)
        others.push(this.#begin('rival', { check, faults: this.#random.whole(0, 1) }))
      })
    }
    const others: Run[] = []
    await this.#end([first], others)
    for (const name of ['run2', 'run3'])
      if (faulty && this.#random.chance(0.6)) {
        const resume = this.#random.chance(0.5)
        await this.#end([this.#begin(name, { resume, faults: this.#random.whole(0, 2) })])
      }
    this.#world.disk.full = false
    for (const host of hosts) host.heal()
    // what is left of runs that were cut off ends by itself, and nobody waits for hosts to notice
    await passUntil(this.#world, () => hosts.every(({ shells, rising }) => shells.size + rising.size === 0))
    const calm = ['calm1', 'calm2']
    const foretold = { check: 'foretells', run: 'calm1' }
    await this.#end([this.#begin(foretold.check, { check: true, faults: 0 })])
    for (const name of calm) await this.#end([this.#begin(name, { faults: 0 })])
    await passUntil(this.#world, () => false)
    const locks = hosts.flatMap(({ name, shells }) => [...shells].map(({ run }) => `${name} ${run}`))
    const guesses = [...this.#world.guesses]
    const [moments, checks] = [this.#moments, [...this.#checks]]
    const numbers = this.#runs.flatMap(({ number }) => number ?? [])
    return { moments, numbers, calm, checks, foretold, remembered: this.#remembered, locks, guesses }
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
      forks: this.#random.whole(1, 4),
      resume,
      check,
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

/** Simulates a seed. While it does, the time and the randomness of this process are the world's. */
export const simulate = async (seed: number, change: Change = {}): Promise<Report> => {
  const random = new Random(seed)
  const recipe = change.recipe ?? makeRecipe(random.fork())
  const faulty = change.faults ?? true
  const rival = faulty && random.chance(0.15)
  const world = new World(random.whole(0, 2 ** 31), { hosts: recipe.hosts, several: rival })
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
