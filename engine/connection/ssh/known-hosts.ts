/** Parses and matches known_hosts files (sshd(8)) as OpenSSH does (hostfile.c). Pure. */
import { createHmac } from 'node:crypto'

/** A line of a known_hosts file with a key. */
export interface KnownKey {
  readonly file: string
  readonly line: number
  readonly marker: '@revoked' | '@cert-authority' | undefined
  readonly patterns: string
  readonly type: string
  /** The key, base64. */
  readonly key: string
}

/** The names to look up a host key by. */
export interface KnownAs {
  /** As OpenSSH writes it: the alias, the host, or `[host]:port`. */
  readonly name: string
  /** The host without the port, if `name` has one: a key that is recorded without a port is valid for every port. */
  readonly withoutPort?: string | undefined
}

/** The type of a public key: the first string of its wire format (RFC 4253, 6.6); empty if it is not a key. */
export const typeOfKey = (key: Buffer): string =>
  key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0))

/** A key in canonical base64; undefined if OpenSSH does not read it as a key of this type. */
const readKey = (type: string, base64: string): string | undefined => {
  const key = Buffer.from(base64, 'base64')
  return type !== '' && typeOfKey(key) === type ? key.toString('base64') : undefined
}

const markerOf = (word: string): KnownKey['marker'] =>
  word === '@revoked' || word === '@cert-authority' ? word : undefined

const parseLine = (file: string, text: string, line: number): KnownKey[] => {
  const words = text.split(/[ \t\r]+/).filter((word) => word !== '')
  const [first = ''] = words
  const marker = markerOf(first)
  // a line with an unknown marker is ignored
  if (first.startsWith('#') || (first.startsWith('@') && marker === undefined)) return []
  const [patterns = '', type = '', base64 = ''] = marker === undefined ? words : words.slice(1)
  const key = readKey(type, base64)
  return key === undefined ? [] : [{ file, line, marker, patterns, type, key }]
}

/** Parses a known_hosts file. Comments, and lines that OpenSSH does not read as a key, are ignored. */
export const parseKnownHosts = (file: string, text: string): KnownKey[] =>
  text.split('\n').flatMap((line, index) => parseLine(file, line, index + 1))

/** The names of a host; only its HostKeyAlias if it has one. */
export const knownAs = (host: string, port: number, alias?: string): KnownAs => {
  if (alias !== undefined) return { name: alias }
  const name = host.toLowerCase()
  return port === 22 ? { name } : { name: `[${name}]:${port}`, withoutPort: name }
}

const hashedMatch = (pattern: string, name: string): boolean => {
  // |1|salt|hash, both base64: HMAC-SHA1 of the name with the salt (ssh-keygen -H)
  const [, , salt = '', hash = ''] = pattern.split('|')
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

const globMatch = (pattern: string, name: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(name)
}

/** Whether the first field of a line matches a host. A matching pattern with `!` excludes the line. */
export const patternsMatch = (patterns: string, name: string): boolean => {
  if (patterns.startsWith('|')) return hashedMatch(patterns, name)
  const list = patterns.split(',')
  if (list.some((pattern) => pattern.startsWith('!') && globMatch(pattern.slice(1), name))) return false
  return list.some((pattern) => !pattern.startsWith('!') && globMatch(pattern, name))
}

/** Whether a line has only plain or hashed names, so that `ssh-keygen -R` can remove a host from it. */
export const isRemovable = ({ patterns }: KnownKey): boolean =>
  patterns.startsWith('|') || !/[*?!]/.test(patterns)

/** A key that a host presents. */
export interface PresentedKey {
  readonly type: string
  /** Base64. */
  readonly key: string
}

export type Judgement =
  | { readonly kind: 'known' }
  /** `certified` if a certificate authority is recorded for the host, which ssh2 does not support. */
  | { readonly kind: 'unknown'; readonly certified: boolean }
  /** `entries` are all recorded keys of the host, those of the same type first. */
  | { readonly kind: 'changed'; readonly entries: readonly [KnownKey, ...KnownKey[]] }
  | { readonly kind: 'revoked'; readonly entry: KnownKey }

const judgeByName = (entries: readonly KnownKey[], name: string, shown: PresentedKey): Judgement => {
  const ours = entries.filter(({ patterns }) => patternsMatch(patterns, name))
  const revoked = ours.find(({ marker, key }) => marker === '@revoked' && key === shown.key)
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked }
  const trusted = ours.filter(({ marker }) => marker === undefined)
  if (trusted.some(({ key }) => key === shown.key)) return { kind: 'known' }
  // a key that differs from all recorded ones has changed, even if the type is new
  const [first, ...more] = trusted.toSorted(
    (one, other) => Number(other.type === shown.type) - Number(one.type === shown.type),
  )
  if (first !== undefined) return { kind: 'changed', entries: [first, ...more] }
  return { kind: 'unknown', certified: ours.some(({ marker }) => marker === '@cert-authority') }
}

/**
 * Judges the key of a host by known_hosts (check_host_key of OpenSSH's sshconnect.c). A key that is recorded
 * without a port can only confirm or revoke the key of another port: a different key there belongs to another server.
 */
export const judgeKey = (
  entries: readonly KnownKey[],
  { name, withoutPort }: KnownAs,
  shown: PresentedKey,
): Judgement => {
  const judgement = judgeByName(entries, name, shown)
  if (judgement.kind !== 'unknown' || withoutPort === undefined) return judgement
  const elsewhere = judgeByName(entries, withoutPort, shown)
  return elsewhere.kind === 'known' || elsewhere.kind === 'revoked' ? elsewhere : judgement
}

/** The types of the recorded keys of a host, without revoked ones. */
export const knownTypes = (entries: readonly KnownKey[], { name }: KnownAs): ReadonlySet<string> => {
  const ours = entries.filter(({ patterns }) => patternsMatch(patterns, name))
  const revoked = new Set(ours.flatMap(({ marker, key }) => (marker === '@revoked' ? [key] : [])))
  return new Set(
    ours.flatMap(({ marker, key, type }) => (marker === undefined && !revoked.has(key) ? [type] : [])),
  )
}
