import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { countIn, wordsIn } from './reading/values.ts'

/** The memory of a host, in MiB. */
export interface Memory {
  readonly totalMiB: number
  /** Memory that programs can get without swapping. */
  readonly availableMiB: number
  /** Memory that nothing uses, not even a cache. */
  readonly freeMiB: number
  readonly swapTotalMiB: number
  readonly swapFreeMiB: number
}

/** Parses /proc/meminfo (proc_meminfo(5)); undefined if it does not have the total. */
export const parseMemory = (text: string): Memory | undefined => {
  const sizes = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [name = '', size] = wordsIn(line)
    const kib = countIn(size)
    if (kib !== undefined) sizes.set(name, Math.floor(kib / 1024))
  }
  const size = (name: string): number => sizes.get(`${name}:`) ?? 0
  if (size('MemTotal') === 0) return undefined
  return {
    totalMiB: size('MemTotal'),
    // kernels before 3.14 do not have MemAvailable
    availableMiB: sizes.get('MemAvailable:') ?? size('MemFree') + size('Cached') + size('Buffers'),
    freeMiB: size('MemFree'),
    swapTotalMiB: size('SwapTotal'),
    swapFreeMiB: size('SwapFree'),
  }
}

/** Reads the memory of a host. */
export const memory = defineTask({
  name: 'memory',
  description: 'Reads how much memory and swap a host has, and how much of it is free.',
  reads: '/proc/meminfo',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const value = parseMemory((await remote.read('/proc/meminfo')) ?? '')
    if (value === undefined)
      throw new CoxswainError('task-failed', '/proc/meminfo does not have the size of the memory')
    return ok(value)
  },
})
