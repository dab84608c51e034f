/** known_hosts files as sshd(8) describes them, read and matched. Pure. */
import { createHmac } from 'node:crypto'

/** One line of a known_hosts file that names a key. */
export interface KnownKey {
  readonly file: string
  readonly line: number
  readonly marker: '@revoked' | '@cert-authority' | undefined
  readonly patterns: string
  readonly type: string
  /** The key, base64. */
  readonly key: string
}

/** The lines of a known_hosts file; comments and what is malformed are left out. */
export const parseKnownHosts = (file: string, text: string): KnownKey[] =>
  text.split('\n').flatMap((line, index): KnownKey[] => {
    const words = line.trim().split(/\s+/)
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return []
    const marker = words[0] === '@revoked' || words[0] === '@cert-authority' ? words.shift() : undefined
    const [patterns, type, key] = words
    if (patterns === undefined || type === undefined || key === undefined) return []
    return [
      {
        file,
        line: index + 1,
        marker: marker === '@revoked' || marker === '@cert-authority' ? marker : undefined,
        patterns,
        type,
        key,
      },
    ]
  })

/** How a host is written in known_hosts: its name, or `[name]:port` when the port is not 22. */
export const knownName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

const hashedMatch = (pattern: string, name: string): boolean => {
  // |1|salt|hash, both base64: HMAC-SHA1 of the name with the salt (ssh-keygen -H)
  const [, , salt = '', hash = ''] = pattern.split('|')
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

const globMatch = (pattern: string, name: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(name)
}

/** Whether the first field of a line means a host. A pattern with `!` that matches rules the line out. */
export const patternsMatch = (patterns: string, name: string): boolean => {
  if (patterns.startsWith('|1|')) return hashedMatch(patterns, name)
  const list = patterns.split(',')
  if (list.some((pattern) => pattern.startsWith('!') && globMatch(pattern.slice(1), name))) return false
  return list.some((pattern) => !pattern.startsWith('!') && globMatch(pattern, name))
}

export type Judgement =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed' | 'revoked'; readonly entry: KnownKey }

/** What known_hosts says of a key that a host shows. Certificate authorities are left aside: ssh2 has no certificates. */
export const judgeKey = (
  entries: readonly KnownKey[],
  names: readonly string[],
  shown: { readonly type: string; readonly key: string },
): Judgement => {
  const ours = entries.filter(
    ({ marker, patterns }) =>
      marker !== '@cert-authority' && names.some((name) => patternsMatch(patterns, name)),
  )
  const revoked = ours.find(({ marker, key }) => marker === '@revoked' && key === shown.key)
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked }
  const trusted = ours.filter(({ marker }) => marker === undefined)
  if (trusted.some(({ key }) => key === shown.key)) return { kind: 'known' }
  const other = trusted.find(({ type }) => type === shown.type)
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', entry: other }
}

/** Key types that are known for a host, in the order of the files: the server is asked for one of these. */
export const knownTypes = (entries: readonly KnownKey[], names: readonly string[]): string[] => [
  ...new Set(
    entries
      .filter(
        ({ marker, patterns }) => marker === undefined && names.some((name) => patternsMatch(patterns, name)),
      )
      .map(({ type }) => type),
  ),
]
