/** The text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Pure but for the salt that is given. */
import { createHmac } from 'node:crypto'
import { linesOf, mapLines } from '../../shared/lines.ts'

/** A host's key, as a line means it. */
export interface KnownKey {
  readonly type: string
  readonly blob: string
}

interface Line extends KnownKey {
  /** As they are written: hashed, or comma-separated. */
  readonly names: string
  /** The blanks before the names, and what stands from the end of the names to the key. */
  readonly lead: string
  readonly middle: string
  /** What follows the key. */
  readonly rest: string
}

/** What a host is called in the file: with its port unless that is the usual one. */
export const knownName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** A name as HashKnownHosts writes it. */
export const hashedName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

/** Lines with a marker name authorities and revoked keys; they are not the host's own keys. */
const parsed = (line: string): Line | undefined => {
  const [, lead = '', names, gap = '', type, space = '', blob, rest = ''] =
    /^(\s*)([^\s#@]\S*)(\s+)(\S+)(\s+)(\S+)(.*)$/s.exec(line) ?? []
  return names === undefined || type === undefined || blob === undefined
    ? undefined
    : { lead, names, type, blob, middle: gap + type + space, rest }
}

const means = (names: string, name: string): boolean => {
  const hashed = /^\|1\|([^|]+)\|[^|]+$/.exec(names)
  if (hashed) return hashedName(name, Buffer.from(hashed[1] ?? '', 'base64')) === names
  return names.toLowerCase().split(',').includes(name)
}

/** The keys that a host is known by, hashed entries too. */
export const keysOf = (text: string | undefined, name: string): KnownKey[] =>
  linesOf(text).flatMap((line) => {
    const found = parsed(line)
    return found && means(found.names, name) ? [{ type: found.type, blob: found.blob }] : []
  })

const isHashed = ({ names }: Line): boolean => names.startsWith('|')

const otherNames = (line: Line, name: string): string[] =>
  isHashed(line) ? [] : line.names.split(',').filter((one) => one.toLowerCase() !== name)

/** The line without a name; none where it has no other. */
const withoutName = (line: Line, name: string): string[] => {
  const others = otherNames(line, name)
  return others.length === 0 ? [] : [`${line.lead}${others.join(',')}${line.middle}${line.blob}${line.rest}`]
}

/** The line by which a key is revoked for a host (sshd(8)); ssh refuses it then, whatever other lines say. */
export const revokedAt = (
  text: string | undefined,
  name: string,
  { type, blob }: KnownKey,
): number | undefined => {
  const index = linesOf(text).findIndex((line) => {
    const [, names = '', ofType, key] = /^\s*@revoked\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line) ?? []
    return ofType === type && key === blob && (names === '*' || means(names, name))
  })
  return index < 0 ? undefined : index + 1
}

/** The text without the keys of a host that `goes` says; other names of the same line stay. */
export const withoutKeys = (
  text: string | undefined,
  name: string,
  goes: (key: KnownKey) => boolean,
): string =>
  mapLines(text, (line) => {
    const found = parsed(line)
    return found === undefined || !means(found.names, name) || !goes(found)
      ? [line]
      : withoutName(found, name)
  })

/**
 * The text in which a host has this key and no other of its type. A line of the host alone gets the key where it stands.
 *
 * @param written the host's name for a new line.
 */
export const withKey = (
  text: string | undefined,
  name: string,
  { type, blob }: KnownKey,
  written: string,
): string => {
  const lines = linesOf(text)
  const mine = lines.map((line) => {
    const found = parsed(line)
    return found !== undefined && means(found.names, name) && found.type === type ? found : undefined
  })
  const right = mine.findIndex((line) => line?.blob === blob)
  const at = right >= 0 ? right : mine.findIndex((line) => line && otherNames(line, name).length === 0)
  const change = (line: string, index: number): string[] => {
    const its = mine[index]
    if (its === undefined || (index === at && its.blob === blob)) return [line]
    if (index === at) return [`${its.lead}${its.names}${its.middle}${blob}${its.rest}`]
    return its.blob === blob ? [line] : withoutName(its, name)
  }
  return mapLines(text, change, at < 0 ? [`${written} ${type} ${blob}`] : [])
}
