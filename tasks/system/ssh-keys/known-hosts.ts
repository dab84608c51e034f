/** The text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Pure; the salt is a parameter. */
import { createHmac } from 'node:crypto'
import { linesOf, mapLines } from '../../shared/lines.ts'

/** A host's key in a line. */
export interface KnownKey {
  readonly type: string
  readonly blob: string
}

interface Line extends KnownKey {
  /** As in the file: hashed, or comma-separated. */
  readonly names: string
  /** The blanks before the names, and the text between the names and the key. */
  readonly lead: string
  readonly middle: string
  /** The text after the key. */
  readonly rest: string
}

/** The name of a host in the file: with the port unless it is 22. */
export const knownName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** A name hashed as with HashKnownHosts. */
export const hashedName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

/** Parses a line. Lines with a marker are for authorities and revoked keys, and are not the host's own keys. */
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

/** The known keys of a host, including hashed entries. */
export const keysOf = (text: string | undefined, name: string): KnownKey[] =>
  linesOf(text).flatMap((line) => {
    const found = parsed(line)
    return found && means(found.names, name) ? [{ type: found.type, blob: found.blob }] : []
  })

const isHashed = ({ names }: Line): boolean => names.startsWith('|')

const otherNames = (line: Line, name: string): string[] =>
  isHashed(line) ? [] : line.names.split(',').filter((one) => one.toLowerCase() !== name)

/** The line without a name; empty if it does not contain other names. */
const withoutName = (line: Line, name: string): string[] => {
  const others = otherNames(line, name)
  return others.length === 0 ? [] : [`${line.lead}${others.join(',')}${line.middle}${line.blob}${line.rest}`]
}

/** The line that revokes a key for a host (sshd(8)); ssh then refuses the key, whatever other lines say. */
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

/** The text without the keys of a host for which `goes` returns true; other names on the same line stay. */
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
 * The text in which a host has exactly this key of its type. If a line contains only this host, its key is replaced.
 *
 * @param written the host's name in a new line.
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
