/** The options of a line of authorized_keys, as sshd(8) reads them ("AUTHORIZED_KEYS FILE FORMAT"). Pure. */
import { nearest } from '../../../engine/index.ts'

/** Options without a value; those that `no-` can stand before are `true`. */
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

/** A host and a port, as `permitopen` takes them; the port can be `*`. */
const isHostAndPort = (text: string): boolean => {
  const [, port] = /^(?:\[[^\]]+\]|[^:[\]/]+)[:/](.+)$/.exec(text) ?? []
  return port !== undefined && (port === '*' || isPort(port))
}

const isTunnel = (text: string): boolean => text.toLowerCase() === 'any' || /^\d{1,9}$/.test(text)

/** A date of sshd: YYYYMMDD, with HHMM or HHMMSS after it, and `Z` for UTC. */
const isTime = (text: string): boolean => {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/i.exec(text) ?? []
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // a day that the month does not have would count as one of the next month
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
}

interface Valued {
  /** What the value must be, where sshd looks at it before it lets the key in. */
  readonly takes?: readonly [accepts: (value: string) => boolean, what: string]
  /** Whether it can stand only once. */
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

/** Where the options of a line end: at the first blank outside of quotes. Only `\"` is an escape. */
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

/** A quoted value at the beginning of a text: what it is, and its length with the quotes; undefined without an end. */
const quotedValue = (text: string): { value: string; length: number } | undefined => {
  const [all, inner] = /^"((?:\\"|\\(?!")|[^"\\])*)"/.exec(text) ?? []
  return all === undefined || inner === undefined
    ? undefined
    : { value: inner.replaceAll('\\"', '"'), length: all.length }
}

const unknownOption = (name: string): string => {
  const guess = nearest(name, [...names, ...valued.keys()])
  return `sshd has no key option ${name}${guess === undefined ? '' : ` (did you mean ${guess}?)`}`
}

/**
 * Why sshd refuses a key with these options; undefined when it takes them. One that it does not know, or that is not
 * quoted as it reads quotes, makes the complete line void.
 *
 * @example
 * problemOfOptions('no-pty,comand="/bin/true"')  // 'sshd has no key option comand (did you mean command?)'
 */
export const problemOfOptions = (text: string): string | undefined => {
  if (text === '') return 'options are empty'
  if (/[^\P{Cc}\t]/u.test(text)) return 'options have a control character'
  const seen = new Set<string>()
  let rest = text
  while (true) {
    const name = /^[^=,"\s]*/.exec(rest)?.[0] ?? ''
    const key = name.toLowerCase()
    rest = rest.slice(name.length)
    const kind = valued.get(key)
    if (kind === undefined) {
      if (!names.includes(key)) return name === '' ? 'a key option without a name' : unknownOption(name)
      if (rest.startsWith('=')) return `the key option ${name} has no value`
    } else {
      if (!rest.startsWith('=')) return `the key option ${name} needs a value: ${name}="…"`
      const given = quotedValue(rest.slice(1))
      if (given === undefined)
        return `the value of the key option ${name} must be in double quotes; only \\" is an escape in it`
      if (kind.once === true && seen.has(key)) return `the key option ${name} is given twice`
      if (kind.takes !== undefined && !kind.takes[0](given.value))
        return `the value of the key option ${name} must be ${kind.takes[1]}`
      rest = rest.slice(1 + given.length)
    }
    seen.add(key)
    // sshd takes a comma at the end
    if (rest === '' || rest === ',')
      return seen.has('principals') && !seen.has('cert-authority')
        ? 'the key option principals needs cert-authority beside it'
        : undefined
    if (/^[ \t]/.test(rest)) return 'options have no blanks but in double quotes'
    if (!rest.startsWith(',')) return `a comma is missing after the key option ${name}`
    rest = rest.slice(1)
  }
}
