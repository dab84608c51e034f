import { CoxswainError, defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, textIn, wordsIn } from './reading/values.ts'

const timeFile = shellFile(import.meta.url, 'date-time.sh')

/** The clock of a host. */
export interface DateTime {
  /** Seconds since 1970 in UTC. */
  readonly epoch: number
  /** In UTC, for example `2026-11-29T11:24:58Z`. */
  readonly utc: string
  /** For example `Europe/Berlin`; `UTC` if no time zone is set. */
  readonly zone: string
  /** For example `+0100`. */
  readonly offset: string
  /** For example `CET`. */
  readonly abbreviation: string
}

/** The last second that a date can have (ECMA-262, 21.4.1.1). */
const latest = 8.64e12

/** Parses what date-time.sh prints; undefined without a time. */
export const parseDateTime = (text: string): DateTime | undefined => {
  const [first = '', zone] = text.split('\n')
  const [seconds, offset = '+0000', abbreviation = ''] = wordsIn(first)
  const epoch = countIn(seconds)
  if (epoch === undefined || epoch > latest) return undefined
  const utc = new Date(epoch * 1000).toISOString().replace('.000Z', 'Z')
  return { epoch, utc, zone: textIn(zone) ?? 'UTC', offset, abbreviation }
}

/** Reads the time and the time zone of a host. */
export const dateTime = defineTask({
  name: 'date-time',
  description: 'Reads the time and the time zone of a host.',
  reads: 'date and /etc/localtime',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const value = parseDateTime(
      await remote.query({ label: 'read the clock' })`${shellProgram(timeFile)}`.text(),
    )
    if (value === undefined) throw new CoxswainError('task-failed', 'the host does not say which time it is')
    return ok(value)
  },
})
