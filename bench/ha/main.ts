/**
 * `npm run bench:ha`: the playbook's time against that of a hand-written script of the same kubeadm commands, on new
 * hosts each time, in one run. Ends with 1 when the playbook takes more than 1.3 times as long.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { cacheFolder, labFolder } from '../../lab/machine.ts'
import { down, up } from '../../lab/lab.ts'
import type { Lab } from '../../lab/lab.ts'

const limit = 1.3
const name = 'bench'
const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
const rounds = Number(process.argv[2] ?? 1)

const timed = async (command: string, words: readonly string[]): Promise<number> => {
  const began = performance.now()
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}`)
  return (performance.now() - began) / 1000
}

const fresh = (): Promise<Lab> => up({ name, masters: 3, plain: 0, inventory, fresh: true })

const byHand = async (): Promise<number> => {
  const { keyFile, knownHosts, hosts } = await fresh()
  const addresses = hosts.map(({ address }) => address)
  const cni = join(labFolder, 'cni', 'lab-cni.yaml')
  return timed(resolve('bench/ha/by-hand.sh'), [keyFile, knownHosts, ...addresses, cni])
}

const play = (): Promise<number> =>
  timed(process.execPath, ['bin/run.js', 'playbooks/ha-masters.ts', '-i', inventory, '--output', 'plain'])

const ratios: number[] = []
for (let round = 1; round <= rounds; round += 1) {
  const hand = await byHand()
  await fresh()
  const ours = await play()
  const again = await play()
  ratios.push(ours / hand)
  console.log(
    `round ${round}: by hand ${hand.toFixed(1)} s, playbook ${ours.toFixed(1)} s (${(ours / hand).toFixed(2)} times), second run ${again.toFixed(1)} s`,
  )
}
await down(name)
const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Infinity
console.log(`playbook / by hand: ${median.toFixed(2)} (at most ${limit})`)
process.exitCode = median <= limit ? 0 : 1
