/** The options of a line of authorized_keys, as sshd(8) reads them ("AUTHORIZED_KEYS FILE FORMAT"). Pure. */
import { nearest } from '../../../engine/index.ts'

/** Options without a value; `true` for those that can be negated with `no-`. */
const flags: ReadonlyMap<string, boolean> = new Map([
  ['agent-forwarding', true],
  ['cert-authority', false],
  ['port-forwarding', true],
  ['pty', true],
  ['restrict', false],
  ['touch-required', true],
  ['user-rc', true],
  ['verify-required', true],
  ['x11-forwarding', true],
])

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

/** Whether a text is a host and a port, as in `permitopen`; the port can be `*`. */
const isHostAndPort = (text: string): boolean => {
  const [, port] = /^(?:\[[^\]]+\]|[^:[\]/]+)[:/](.+)$/.exec(text) ?? []
  return port !== undefined && (port === '*' || isPort(port))
}

const isTunnel = (text: string): boolean => text.toLowerCase() === 'any' || /^\d{1,9}$/.test(text)

/** Whether a text is a time of sshd: YYYYMMDD, optionally with HHMM or HHMMSS, and `Z` for UTC. */
const isTime = (text: string): boolean => {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/i.exec(text) ?? []
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // a day that the month does not have would be taken as a day of the next month
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
}

interface Valued {
  /** The required form of the value, if sshd checks it before it accepts the key. */
  readonly takes?: readonly [accepts: (value: string) => boolean, what: string]
  /** Whether it can occur only once. */
  readonly once?: true
}

const valued: ReadonlyMap<string, Valued> = new Map<string, Valued>([
  ['command', { once: true }],
  ['environment', { takes: [(value) => /^[A-Za-z\d_]+=/.test(value), 'NAME=value'] }],
  ['expiry-time', { takes: [isTime, 'YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS'] }],
  ['from', { once: true }],
  ['permitlisten', { takes: [(value) => isHostAndPort(value) || isPort(value), 'port or host:port'] }],
  ['permitopen', { takes: [isHostAndPort, 'host:port'] }],
  ['principals', { once: true }],
  ['tunnel', { takes: [isTunnel, 'the number of a device, or any'] }],
])

const names = [...flags].flatMap(([name, negates]) => (negates ? [name, `no-${name}`] : [name]))

/** The end of the options of a line: the first blank outside of quotes. Only `\"` is an escape. */
export const endOfOptions = (line: string): number => {
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at]
    if (letter === '\\' && line[at + 1] === '"') at += 1
    else if (letter === '"') quoted = !quoted
    else if (!quoted && (letter === ' ' || letter === '\t')) return at
  }
  return line.length
}

/** The quoted value at the start of a text, and its length including the quotes; undefined if the quote is not closed. */
const quotedValue = (text: string): { value: string; length: number } | undefined => {
  const [all, inner] = /^"((?:\\"|\\(?!")|[^"\\])*)"/.exec(text) ?? []
  return all === undefined || inner === undefined
    ? undefined
    : { value: inner.replaceAll('\\"', '"'), length: all.length }
}

const unknownOption = (name: string): string => {
  const guess = nearest(name, [...names, ...valued.keys()])
  return `sshd does not have the key option ${name}${guess === undefined ? '' : ` (did you mean ${guess}?)`}`
}

/**
 * Why sshd refuses a key with these options; undefined if it accepts them. One unknown or wrongly quoted option makes sshd
 * ignore the line.
 *
 * @example
 * problemOfOptions('no-pty,comand="/bin/true"')  // 'sshd does not have the key option comand (did you mean command?)'
 */
export const problemOfOptions = (text: string): string | undefined => {
  if (text === '') return 'options must not be empty'
  if (/[^\P{Cc}\t]/u.test(text)) return 'options must not contain control characters'
  const seen = new Set<string>()
  let rest = text
  while (true) {
    const name = /^[^=,"\s]*/.exec(rest)?.[0] ?? ''
    const key = name.toLowerCase()
    rest = rest.slice(name.length)
    const kind = valued.get(key)
    if (kind === undefined) {
      if (!names.includes(key)) return name === '' ? 'a key option without a name' : unknownOption(name)
      if (rest.startsWith('=')) return `the key option ${name} does not take a value`
    } else {
      if (!rest.startsWith('=')) return `the key option ${name} needs a value: ${name}="…"`
      const given = quotedValue(rest.slice(1))
      if (given === undefined)
        return `the value of the key option ${name} must be in double quotes; its only escape is \\"`
      if (kind.once === true && seen.has(key)) return `the key option ${name} occurs twice`
      if (kind.takes !== undefined && !kind.takes[0](given.value))
        return `the value of the key option ${name} must be ${kind.takes[1]}`
      rest = rest.slice(1 + given.length)
    }
    seen.add(key)
    // sshd accepts a comma at the end
    if (rest === '' || rest === ',')
      return seen.has('principals') && !seen.has('cert-authority')
        ? 'the key option principals requires cert-authority'
        : undefined
    if (/^[ \t]/.test(rest)) return 'options can contain blanks in double quotes only'
    if (!rest.startsWith(',')) return `a comma is missing after the key option ${name}`
    rest = rest.slice(1)
  }
}
