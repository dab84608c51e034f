/** Formats of dates and times, as in C and Python, in English. Pure, but for the time zone of this machine. */
import { Fault } from './fault.ts'
import { Callable, Dict, Num } from './values.ts'
import type { Moment, Value } from './values.ts'

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** The parts of a time in one zone. */
interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Minutes east of UTC. */
  readonly offset: number
}

const clockOf = (time: Date, utc: boolean): Clock => {
  if (Number.isNaN(time.getTime())) throw new Fault('the time is out of range', { word: 'strftime' })
  const offset = utc ? 0 : -time.getTimezoneOffset()
  const at = new Date(time.getTime() + offset * 60_000)
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    day: at.getUTCDate(),
    weekday: at.getUTCDay(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    offset,
  }
}

const two = (number: number): string => String(number).padStart(2, '0')

const dayOfYear = ({ year, month, day }: Clock): number =>
  (Date.UTC(year, month, day) - Date.UTC(year, 0, 0)) / 86_400_000

const offsetText = ({ offset }: Clock): string =>
  `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`

/** What each letter gives. */
const letters: Readonly<Record<string, (clock: Clock, time: Date) => string>> = {
  a: ({ weekday }) => days[weekday]?.slice(0, 3) ?? '',
  A: ({ weekday }) => days[weekday] ?? '',
  b: ({ month }) => months[month]?.slice(0, 3) ?? '',
  B: ({ month }) => months[month] ?? '',
  d: ({ day }) => two(day),
  D: ({ year, month, day }) => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
  e: ({ day }) => String(day).padStart(2),
  F: ({ year, month, day }) => `${year}-${two(month + 1)}-${two(day)}`,
  H: ({ hour }) => two(hour),
  I: ({ hour }) => two(hour % 12 || 12),
  j: (clock) => String(dayOfYear(clock)).padStart(3, '0'),
  m: ({ month }) => two(month + 1),
  M: ({ minute }) => two(minute),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  R: ({ hour, minute }) => `${two(hour)}:${two(minute)}`,
  s: (_, time) => String(Math.floor(time.getTime() / 1000)),
  S: ({ second }) => two(second),
  T: ({ hour, minute, second }) => `${two(hour)}:${two(minute)}:${two(second)}`,
  u: ({ weekday }) => String(weekday || 7),
  w: ({ weekday }) => String(weekday),
  y: ({ year }) => two(year % 100),
  Y: ({ year }) => String(year),
  z: offsetText,
  '%': () => '%',
}

const unknown = (letter: string, what: string): Fault =>
  new Fault(`${what} does not support %${letter}`, { word: what })

/** A time in a format. */
export const formatTime = (format: string, time: Date, utc: boolean): string => {
  const clock = clockOf(time, utc)
  return format.replaceAll(/%([^]?)/g, (_, letter: string) => {
    const write = Object.hasOwn(letters, letter) ? letters[letter] : undefined
    if (write === undefined) throw unknown(letter, 'strftime')
    return write(clock, time)
  })
}

/** What each letter of a format for reading matches. */
const patterns: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9])',
  H: '(?<H>2[0-3]|[01]\\d|\\d)',
  M: '(?<M>[0-5]\\d|\\d)',
  S: '(?<S>6[01]|[0-5]\\d|\\d)',
  b: `(?<b>${months.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<B>${months.join('|')})`,
  '%': '%',
}

/**
 * A text in a format as a timestamp of YAML.
 *
 * @throws Fault for a text that does not have the format, and a format that is not supported.
 */
export const parseTime = (text: string, format: string): string => {
  const source = format.replaceAll(/%([^]?)|\s+|[\\^$.*+?()[\]{}|/]/g, (all, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(all) ? '\\s+' : `\\${all}`
    const pattern = Object.hasOwn(patterns, letter) ? patterns[letter] : undefined
    if (pattern === undefined) throw unknown(letter, 'to_datetime')
    return pattern
  })
  const parts = new RegExp(`^${source}$`, 'i').exec(text)?.groups
  const refusal = new Fault(`the text does not have the format ${format}`, { word: 'to_datetime' })
  if (parts === undefined) throw refusal
  const named = (parts['b'] ?? parts['B'])?.toLowerCase()
  const month =
    named === undefined
      ? Number(parts['m'] ?? 1)
      : months.findIndex((name) => name.toLowerCase().startsWith(named.slice(0, 3))) + 1
  const [year, day] = [Number(parts['Y'] ?? 1900), Number(parts['d'] ?? 1)]
  const found = new Date(Date.UTC(year, month - 1, day))
  if (found.getUTCDate() !== day) throw refusal
  const clock = [parts['H'], parts['M'], parts['S']].map((one) => two(Number(one ?? 0)))
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${clock.join(':')}`
}

const dateOf = ({ scalar: { value } }: Moment): Date => {
  if (value instanceof Date) return value
  throw new Fault('the value is not a date')
}

/** The order of two times. */
export const compareMoments = (one: Moment, other: Moment): number =>
  dateOf(one).getTime() - dateOf(other).getTime()

/** The time between two times: days, and seconds of the last one; it can only be read by its parts. */
export const between = (one: Moment, other: Moment): Dict => {
  const seconds = compareMoments(one, other) / 1000
  const full = Math.floor(seconds / 86_400)
  return new Dict(
    new Map<string, Value>([
      ['days', new Num(full)],
      ['seconds', new Num(Math.floor(seconds - full * 86_400))],
      ['total_seconds', new Callable('total_seconds', () => new Num(seconds, true))],
    ]),
  )
}

/** A part of a time, such as its year; undefined for another name. */
export const partOfMoment = (moment: Moment, name: string): Value | undefined => {
  const clock = clockOf(dateOf(moment), true)
  const { year, month, day, hour, minute, second } = clock
  const parts: Readonly<Record<string, number>> = { year, month: month + 1, day, hour, minute, second }
  const found = Object.hasOwn(parts, name) ? parts[name] : undefined
  if (found !== undefined) return new Num(found)
  if (name !== 'strftime') return undefined
  return new Callable('strftime', (args) => {
    const format = args.at(0)
    if (typeof format !== 'string') throw new Fault('strftime needs a format', { word: 'strftime' })
    return formatTime(format, dateOf(moment), true)
  })
}
