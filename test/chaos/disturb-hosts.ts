/**
 * Disturbs runs on a lab host: `npm run chaos -- [--rounds N] [--seed S] [--from R] [--tasks N] [--table FILE] [--lab
 * NAME]`, or `--round R` to repeat one with all output of its runs. Ends with `N passed, N failed`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { faults } from './faults.ts'
import { removeHost } from './host.ts'
import { pieces } from './pieces.ts'
import { recipeOf } from './recipe.ts'
import { roundTrier } from './round.ts'
import type { Outcome } from './round.ts'
import { tableText } from './table.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Disturbs runs; returns how many rounds did not end well. */
export const disturbHosts = async (words: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '1' },
      round: { type: 'string' },
      tasks: { type: 'string', default: '8' },
      table: { type: 'string' },
      /** The name of the lab. */
      lab: { type: 'string', default: 'chaos' },
    },
  })

  const [seed, size] = [Number(values.seed), Number(values.tasks)]
  const only = values.round === undefined ? undefined : Number(values.round)
  const first = only ?? Number(values.from)
  const last = only ?? first + Number(values.rounds) - 1
  const all = pieces()
  const tryRound = roundTrier(values.lab)

  /** A round that cannot be run has failed. */
  const outcomeOf = async (round: number): Promise<Outcome> => {
    const recipe = recipeOf(seed, round, all, size)
    print(`round ${round}: ${faults[recipe.fault].says}${recipe.resume ? ', then --resume' : ''}`)
    try {
      return await tryRound(recipe)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return { recipe, struck: undefined, runs: [], wrong: [`not tried: ${why}`] }
    }
  }

  /** Rows of other rounds of the same seed stay in the table. */
  const updateTable = async (file: string): Promise<void> => {
    const before = await readFile(file, 'utf8').catch(() => '')
    await writeFile(file, tableText({ seed, size }, outcomes, before))
  }

  const outcomes: Outcome[] = []
  for (let round = first; round <= last; round += 1) {
    const began = performance.now()
    const outcome = await outcomeOf(round)
    outcomes.push(outcome)
    if (only !== undefined)
      for (const { result } of outcome.runs) print(`--- ${result.status}\n${result.stdout}${result.stderr}`)
    const seconds = Math.round((performance.now() - began) / 1000)
    print(`  ${outcome.struck ?? 'the run was over before'} (${seconds} s)`)
    for (const line of outcome.wrong) print(`  WRONG ${line}`)
    if (values.table !== undefined) await updateTable(values.table)
  }
  await removeHost(values.lab)
  const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length
  print(`${outcomes.length - failed} passed, ${failed} failed`)
  return failed
}
