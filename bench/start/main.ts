/**
 * `npm run bench:start [-- --json]`: how long the command line takes to start, as multiples of `node -e 0` in the same run:
 * wall-clock time and CPU time (user and system, of the process and its threads). Each command runs in turn with the others,
 * so that a busy machine slows all of them alike; the minimum of all rounds counts. Exits with 1 if a ratio of CPU time is
 * above its limit.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const rounds = 15
const program = resolve('bin/run.js')
const example = ['-i', 'inventory/example.yaml']

/** The commands, and the limit of their CPU time, in multiples of `node -e 0`. */
const cases = [
  { name: 'node -e 0', words: ['-e', '0'], limit: undefined },
  { name: 'run --help', words: [program, '--help'], limit: 2.5 },
  { name: 'Tab after a task name', words: [program, '__complete', '--', 'sys'], limit: 4 },
  {
    name: 'Tab after a host name',
    words: [program, '__complete', '--', 'exec', ...example, 'm'],
    limit: 4,
  },
  {
    name: 'run playbooks/ha-masters.ts --list-tasks',
    words: [program, 'playbooks/ha-masters.ts', ...example, '--list-tasks'],
    limit: 6,
  },
] as const

/** Seconds that a Node process takes. bash reports the CPU time of a process that it has waited for. */
const measure = (words: readonly string[]): { readonly wall: number; readonly cpu: number } => {
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', 'bash', process.execPath, ...words],
    { encoding: 'utf8' },
  )
  const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number)
  if (status !== 0 || Number.isNaN(system)) throw new Error(`${words.join(' ')} failed: ${stderr}`)
  return { wall, cpu: user + system }
}

const least = cases.map(() => ({ wall: Infinity, cpu: Infinity }))
for (let round = 0; round < rounds; round += 1)
  for (const [index, { words }] of cases.entries()) {
    const { wall, cpu } = measure(words)
    const best = least[index]
    if (best !== undefined)
      Object.assign(best, { wall: Math.min(best.wall, wall), cpu: Math.min(best.cpu, cpu) })
  }

const [bare] = least
const json = process.argv.includes('--json')
let over = false
for (const [index, { name, limit }] of cases.entries()) {
  const { wall = NaN, cpu = NaN } = least[index] ?? {}
  const ratios = { wall: wall / (bare?.wall ?? NaN), cpu: cpu / (bare?.cpu ?? NaN) }
  over ||= limit !== undefined && ratios.cpu > limit
  console.log(
    json
      ? JSON.stringify({
          bench: 'start',
          name,
          seconds: wall,
          cpuSeconds: cpu,
          ...ratios,
          limit: limit ?? null,
        })
      : `${name.padEnd(44)} ${ratios.wall.toFixed(2)} × wall, ${ratios.cpu.toFixed(2)} × CPU${limit === undefined ? '' : ` (at most ${limit})`}`,
  )
}
process.exit(over ? 1 : 0)
