/** The schedule of a cron entry, as in crontab(5). Pure. */

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const days = 'sun mon tue wed thu fri sat'.split(' ')

interface Field {
  readonly what: string
  readonly least: number
  readonly most: number
  /** Names for the numbers, beginning with the least one. */
  readonly names?: readonly string[]
}

const fields: readonly Field[] = [
  { what: 'minute', least: 0, most: 59 },
  { what: 'hour', least: 0, most: 23 },
  { what: 'day', least: 1, most: 31 },
  { what: 'month', least: 1, most: 12, names: months },
  // Sunday is 0 and 7
  { what: 'weekday', least: 0, most: 7, names: days },
]

const numberOf = (text: string, { least, most, names = [] }: Field): number | undefined => {
  const named = names.indexOf(text.toLowerCase())
  const number = named >= 0 ? least + named : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

/** A random value as cronie supports it, `first~last`; either end can be omitted. */
const isRandom = (ends: readonly string[], field: Field): boolean => {
  const [first, last] = [ends[0] || `${field.least}`, ends[1] || `${field.most}`].map((end) =>
    numberOf(end, field),
  )
  return ends.length === 2 && first !== undefined && last !== undefined && first <= last
}

/** One of the comma-separated parts: a number, a range, or `*`; a range or `*` can have a step. */
const isPart = (part: string, field: Field): boolean => {
  const random = part.split('~')
  if (random.length > 1) return isRandom(random, field)
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false
  if (range === '*') return true
  const ends = range.split('-').map((end) => numberOf(end, field))
  const [first, last] = ends
  if (first === undefined) return false
  if (ends.length === 1) return step === undefined
  return ends.length === 2 && last !== undefined && first <= last
}

/**
 * What is wrong with a schedule of five fields; undefined if every cron accepts it, and for `@daily` and the like.
 * @example
 * scheduleFault('0 24 * * *') // 'the hour cannot be 24'
 */
export const scheduleFault = (schedule: string): string | undefined => {
  if (schedule.startsWith('@')) return undefined
  const texts = schedule.trim().split(/[ \t]+/)
  const wrong = fields.findIndex(
    (field, at) => !(texts[at] ?? '').split(',').every((part) => isPart(part, field)),
  )
  return wrong < 0 ? undefined : `the ${fields[wrong]?.what} cannot be ${texts[wrong] ?? 'nothing'}`
}
