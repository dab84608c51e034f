/** The text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Pure but for the salt that is given. */
import { createHmac } from 'node:crypto'
import { linesOf, textOf } from '../lines.ts'

/** A host's key, as a line means it. */
export interface KnownKey {
  readonly type: string
  readonly blob: string
}

interface Line extends KnownKey {
  /** As they are written: hashed, or parted by commas. */
  readonly names: string
  readonly rest: string
}

/** What a host is called in the file: with its port unless that is the usual one. */
export const knownName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** A name as HashKnownHosts writes it. */
export const hashedName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

/** Lines with a marker speak of authorities and of what is revoked: they are somebody else's business. */
const parsed = (line: string): Line | undefined => {
  const [, names, type, blob, rest = ''] = /^\s*([^\s#@]\S*)\s+(\S+)\s+(\S+)(.*)$/.exec(line) ?? []
  return names === undefined || type === undefined || blob === undefined
    ? undefined
    : { names, type, blob, rest }
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

/** The text without the keys of a host that `goes` says; other names of the same line stay. */
export const withoutKeys = (
  text: string | undefined,
  name: string,
  goes: (key: KnownKey) => boolean,
): string => {
  const left = linesOf(text).flatMap((line): string[] => {
    const found = parsed(line)
    if (found === undefined || !means(found.names, name) || !goes(found)) return [line]
    const others = found.names.split(',').filter((one) => one.toLowerCase() !== name)
    if (found.names.startsWith('|') || others.length === 0) return []
    return [`${others.join(',')} ${found.type} ${found.blob}${found.rest}`]
  })
  return textOf(left)
}
