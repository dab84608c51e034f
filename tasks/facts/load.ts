import { CoxswainError, defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, wordsIn } from './reading/values.ts'

const loadFile = shellFile(import.meta.url, 'load.sh')

/** How busy a host is, and since when it is up. */
export interface Load {
  /** Processes that ran or waited, on average over 1, 5 and 15 minutes. */
  readonly average: readonly [number, number, number]
  /** Seconds since the boot. */
  readonly uptime: number
  /** The time of the boot, in seconds since 1970. */
  readonly bootedAt: number
}

const decimalIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined

/** Parses what load.sh prints; undefined for other text. */
export const parseLoad = (text: string): Load | undefined => {
  const [load = '', up = '', now] = text.split('\n')
  const [one, five, fifteen] = wordsIn(load).map(decimalIn)
  const uptime = decimalIn(wordsIn(up)[0])
  const time = countIn(now)
  if (one === undefined || five === undefined || fifteen === undefined) return undefined
  if (uptime === undefined || time === undefined) return undefined
  const seconds = Math.floor(uptime)
  return { average: [one, five, fifteen], uptime: seconds, bootedAt: time - seconds }
}

/** Reads how busy a host is, and since when it is up. */
export const load = defineTask({
  name: 'load',
  description: 'Reads the load averages of a host, and how long it is up.',
  reads: '/proc/loadavg and /proc/uptime',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const value = parseLoad(await remote.query({ label: 'read the load' })`${shellProgram(loadFile)}`.text())
    if (value === undefined) throw new CoxswainError('task-failed', 'the host does not say how busy it is')
    return ok(value)
  },
})
