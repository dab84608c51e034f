/**
 * Disturbs operations of a cluster: `npm run chaos -- cluster [--rounds N] [--seed S] [--from R] [--kubernetes 1.37] [--table FILE] [--lab
 * NAME]`. Ends with `N passed, N failed`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { down } from '../../../lab/lab.ts'
import { cacheFolder } from '../../../lab/machine.ts'
import { faults } from './faults.ts'
import { operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import { recipeOf } from './recipe.ts'
import { tryRound } from './round.ts'
import type { Outcome } from './round.ts'
import { pageOf, usualEvents } from './table.ts'
import { newWorld } from './world.ts'
import type { Wanted, World } from './world.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Disturbs operations; returns how many rounds did not end well. */
export const disturbClusters = async (words: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '1' },
      kubernetes: { type: 'string', default: '1.37' },
      table: { type: 'string' },
      lab: { type: 'string', default: 'chaos-cluster' },
    },
  })
  const [seed, first, rounds] = [values.seed, values.from, values.rounds].map(Number)
  const { kubernetes, table } = values
  const last = (first ?? 1) + (rounds ?? 1) - 1
  const outcomes: Outcome[] = []
  /** How many events an undisturbed run of an operation has. */
  const known = table === undefined ? '' : await readFile(table, 'utf8').catch(() => '')
  const usual = usualEvents({ seed: seed ?? 1, kubernetes }, known)
  let world: World | undefined
  let wanted: Wanted = { masters: ['m1', 'm2', 'm3'] }

  const ready = async (): Promise<World> => {
    if (world !== undefined) return world
    wanted = { masters: ['m1', 'm2', 'm3'] }
    const made = await newWorld(values.lab, kubernetes)
    world = made
    await made.succeed({ playbook: 'ha-masters', wanted })
    return made
  }

  const keep = async (outcome: Outcome): Promise<void> => {
    outcomes.push(outcome)
    // a cluster that is not healthy says nothing about the next round
    if (outcome.wrong.length > 0) world = undefined
    for (const line of outcome.wrong) print(`  WRONG ${line}`)
    if (table === undefined) return
    const before = await readFile(table, 'utf8').catch(() => '')
    await writeFile(table, pageOf({ seed: seed ?? 1, kubernetes }, outcomes, before))
  }

  const attempt = async (round: number, operation: OperationName, recipe?: ReturnType<typeof recipeOf>) => {
    const began = performance.now()
    let outcome: Outcome
    try {
      const folder = join(cacheFolder(), 'labs', `${values.lab}-rounds`, `${operation}-${round}`)
      const options = { world: await ready(), wanted, round, operation, folder }
      outcome = await tryRound(options, recipe, usual.get(operation))
      ;({ wanted } = outcome)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const wrong = [`not tried: ${why}`]
      outcome = {
        operation,
        recipe,
        struck: undefined,
        runs: [],
        events: 0,
        written: undefined,
        wanted,
        wrong,
      }
    }
    await keep(outcome)
    const { written, struck, runs } = outcome
    const statuses = runs.map(({ status }) => status ?? 'killed').join(', ')
    const time = Math.round((performance.now() - began) / 1000)
    print(
      `  ${struck ?? ''} [${statuses}] longest ${written?.longest.toFixed(1) ?? '?'} s, ${written?.acknowledged ?? '?'} writes (${time} s)`,
    )
    return outcome
  }

  for (let round = first ?? 1; round <= last; round += 1) {
    const recipe = recipeOf(seed ?? 1, round)
    const { operation, fault } = recipe
    if (!usual.has(operation)) {
      print(`${operations[operation].says}, undisturbed`)
      const { events, wrong } = await attempt(0, operation)
      if (wrong.length === 0) usual.set(operation, events)
    }
    print(`round ${round}: ${operations[operation].says}, ${faults[fault].says}`)
    await attempt(round, operation, recipe)
  }
  // also the hosts of a cluster that was given up
  await down(values.lab)
  const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length
  print(`${outcomes.length - failed} passed, ${failed} failed`)
  return failed
}
