import { CoxswainError, defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, textIn } from './reading/values.ts'

const cpusFile = shellFile(import.meta.url, 'cpus.sh')

/** The processors of a host. */
export interface Cpus {
  /** How many can run at the same time: threads of all cores. */
  readonly count: number
  /** How many packages, as far as the kernel says; otherwise 1. */
  readonly sockets: number
  /** How many cores in all; undefined where the kernel does not say, as on most ARM machines. */
  readonly cores: number | undefined
  readonly model: string | undefined
  readonly vendor: string | undefined
}

/** Parses what cpus.sh prints; undefined without a number of processors. */
export const parseCpus = (text: string): Cpus | undefined => {
  const [first, ...lines] = text.split('\n')
  const count = countIn(first)
  if (count === undefined || count === 0) return undefined
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const cut = line.indexOf(':')
    const name = line.slice(0, Math.max(cut, 0)).trim()
    if (cut <= 0) continue
    const values = found.get(name) ?? []
    values.push(line.slice(cut + 1).trim())
    found.set(name, values)
  }
  const one = (...names: readonly string[]) => names.map((name) => textIn(found.get(name)?.[0])).find(Boolean)
  const sockets = Math.max(1, found.get('physical id')?.length ?? 0)
  const each = countIn(found.get('cpu cores')?.[0])
  return {
    count,
    sockets,
    cores: each === undefined ? undefined : each * sockets,
    model: one('model name', 'Model', 'cpu model'),
    vendor: one('vendor_id'),
  }
}

/** Reads the processors of a host. */
export const cpus = defineTask({
  name: 'cpus',
  description: 'Reads how many processors, sockets and cores a host has, and their model.',
  reads: 'nproc or getconf, and /proc/cpuinfo',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const value = parseCpus(
      await remote.query({ label: 'count the processors' })`${shellProgram(cpusFile)}`.text(),
    )
    if (value === undefined)
      throw new CoxswainError('task-failed', 'the host does not say how many processors it has')
    return ok(value)
  },
})
