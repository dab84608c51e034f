/**
 * `npm run bench:ha [release] [rounds] [strategy] [--json]`: the playbook's time compared with that of a manual script with the same kubeadm
 * commands and configurations, with both strategies, on new hosts each time, in one run. Exits with 1 if the playbook takes
 * more than 1.15 times as long, or if its second run takes more than 5 s. `--json` prints one line per figure.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { labReleases } from '../../lab/bundles.ts'
import { cacheFolder } from '../../lab/machine.ts'
import { down, up } from '../../lab/lab.ts'
import type { Lab } from '../../lab/types.ts'
import { writeFolder } from './by-hand-folder.ts'

const limits = { ratio: 1.15, again: 5 }
const name = 'bench'
const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
const json = process.argv.includes('--json')
const [kubernetes = labReleases.at(-1), times = '1', only] = process.argv
  .slice(2)
  .filter((word) => word !== '--json')
const rounds = Number(times)
const strategies = (['join', 'phases'] as const).filter((one) => only === undefined || one === only)
type Strategy = (typeof strategies)[number]

/** Seconds that a command takes. */
const timed = async (command: string, words: readonly string[]): Promise<number> => {
  const began = performance.now()
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}`)
  return (performance.now() - began) / 1000
}

const fresh = (): Promise<Lab> => up({ name, masters: 3, plain: 0, inventory, fresh: true, kubernetes })

const byHand = async (strategy: Strategy): Promise<number> => {
  const { keyFile, knownHosts, hosts } = await fresh()
  const addresses = hosts.map(({ address }) => address)
  const folder = await writeFolder(inventory)
  return timed(resolve('bench/ha/by-hand.sh'), [strategy, keyFile, knownHosts, ...addresses, folder])
}

const play = (strategy: Strategy): Promise<number> => {
  const words = [
    'playbooks/ha-masters.ts',
    '-i',
    inventory,
    '-e',
    `strategy=${strategy}`,
    '--output',
    'plain',
  ]
  return timed(process.execPath, ['bin/run.js', ...words])
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity

interface Measured {
  readonly strategy: Strategy
  readonly ratios: number[]
  readonly again: number[]
}

const measured = strategies.map((strategy): Measured => ({ strategy, ratios: [], again: [] }))
for (let round = 1; round <= rounds; round += 1)
  for (const { strategy, ratios, again } of measured) {
    // in turns, so that neither has the colder caches
    const handFirst = round % 2 === 1
    const before = handFirst ? await byHand(strategy) : undefined
    await fresh()
    const ours = await play(strategy)
    again.push(await play(strategy))
    const hand = before ?? (await byHand(strategy))
    ratios.push(ours / hand)
    const figures = { bench: 'ha', kubernetes, strategy, round, hand, playbook: ours, again: again.at(-1) }
    console.log(
      json
        ? JSON.stringify({ ...figures, load: loadavg()[0], limits })
        : `${strategy}, round ${round}: by hand ${hand.toFixed(1)} s, playbook ${ours.toFixed(1)} s (${(ours / hand).toFixed(2)} times), second run ${again.at(-1)?.toFixed(1)} s`,
    )
  }
await down(name)
for (const { strategy, ratios, again } of measured)
  console.log(
    json
      ? JSON.stringify({
          bench: 'ha',
          kubernetes,
          strategy,
          ratio: median(ratios),
          again: median(again),
          limits,
        })
      : `${strategy}: playbook / by hand ${median(ratios).toFixed(2)} (at most ${limits.ratio}), second run ${median(again).toFixed(1)} s (at most ${limits.again})`,
  )
const within = measured.every(
  ({ ratios, again }) => median(ratios) <= limits.ratio && median(again) <= limits.again,
)
process.exitCode = within ? 0 : 1
