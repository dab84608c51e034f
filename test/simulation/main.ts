/**
 * Simulates seeds: `npm run simulate -- [--seeds N] [--from S] [--jobs N]`, or `--seed S` to print what happens in one.
 * Prints how many seeds had each dimension: with 2,000 seeds or more, each must occur. Ends with `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Tally, dimensionsOf } from './dimensions.ts'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** The number of this process, if there are several. */
    part: { type: 'string' },
  },
})

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** From this number of seeds on, every dimension must occur. */
const enough = 2000

/** The errors of a seed. Some seeds are run twice, and must give the same result. */
const judge = async (seed: number, tally: Tally): Promise<readonly string[]> => {
  const { wrong, events, history } = await simulate(seed)
  for (const name of dimensionsOf(history)) tally.add(name, 1)
  if (wrong.length > 0 || seed % 20 !== 0) return wrong
  const again = await simulate(seed)
  return again.events.join('\n') === events.join('\n') ? [] : ['repeatable: the same seed gave another run']
}

const replay = async (seed: number): Promise<number> => {
  const { recipe, log, wrong } = await simulate(seed)
  print(JSON.stringify(recipe, undefined, 1))
  for (const line of [...log, '', ...wrong]) print(line)
  return wrong.length
}

const part = async (index: number, jobs: number): Promise<number> => {
  let failed = 0
  const tally = new Tally()
  const [from, count] = [Number(values.from), Number(values.seeds)]
  for (let seed = from + index; seed < from + count; seed += jobs) {
    const [first, ...more] = await judge(seed, tally)
    if (first === undefined) continue
    failed += 1
    print(`seed ${seed}: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`)
  }
  print(`${tried}${JSON.stringify(Object.fromEntries(tally.counts))}`)
  return failed
}

/** The message of a part that has run all of its seeds. */
const tried = 'tried '

const countsSchema = z.record(z.string(), z.number())

/** All parts, each in its own process. */
const parts = async (jobs: number): Promise<number> => {
  let failed = 0
  let unfinished = jobs
  const tally = new Tally()
  await Promise.all(
    Array.from({ length: jobs }, async (_, index) => {
      const words = [
        ...process.execArgv,
        import.meta.filename,
        ...process.argv.slice(2),
        '--jobs',
        String(jobs),
      ]
      const child = spawn(process.execPath, [...words, '--part', String(index)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (/^seed \d+: /.test(line)) failed += 1
        if (!line.startsWith(tried)) return print(line)
        unfinished -= 1
        for (const [name, count] of Object.entries(countsSchema.parse(JSON.parse(line.slice(tried.length)))))
          tally.add(name, count)
      })
      await once(child, 'close')
    }),
  )
  // a process that died has not run all of its seeds
  failed += unfinished
  if (unfinished > 0) print(`${unfinished} of ${jobs} processes ended before they had tried their seeds`)
  print(`\nSeeds with each dimension:\n${tally.table}`)
  if (Number(values.seeds) >= enough && tally.missing.length > 0) {
    failed += 1
    print(`no seed had: ${tally.missing.join(', ')}`)
  }
  print(`\n${Number(values.seeds) - failed} passed, ${failed} failed`)
  return failed
}

const jobs = Number(values.jobs)
const failed =
  values.seed !== undefined
    ? await replay(Number(values.seed))
    : values.part !== undefined
      ? await part(Number(values.part), jobs)
      : await parts(jobs)
process.exit(failed > 0 ? 1 : 0)
