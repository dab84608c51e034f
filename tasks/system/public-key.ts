/** Lines of authorized_keys(5). Pure. */

/** A line of an authorized_keys file. */
export interface AuthorizedKey {
  readonly options: string
  readonly type: string
  readonly blob: string
  readonly comment: string
}

const options = '(?:[^\\s"]|"(?:\\\\.|[^"\\\\])*")+'
const types =
  '(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com)'
const line = new RegExp(`^(?:(${options})\\s+)?(${types})\\s+([A-Za-z\\d+/]+=*)(?:\\s+(.*))?$`)

/** Options as sshd takes them: words with quoted parts, no blanks outside of quotes. */
export const areOptions = (text: string): boolean => new RegExp(`^${options}$`).test(text)

/** A key's blob begins with its own type: a length of four bytes, then the name (RFC 4253, 6.6). */
const isOf = (type: string, blob: string): boolean => {
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length < 4 + type.length + 4 || bytes.readUInt32BE(0) !== type.length) return false
  return bytes.subarray(4, 4 + type.length).toString('latin1') === type
}

/** A line read; undefined for comments and for what is no key. */
export const readKey = (text: string): AuthorizedKey | undefined => {
  const match = line.exec(text.trim())
  if (match === null || text.trim().startsWith('#')) return undefined
  const [, given = '', type = '', blob = '', comment = ''] = match
  return isOf(type, blob) ? { options: given, type, blob, comment: comment.trim() } : undefined
}

/** A key as a line of the file. */
export const keyLine = ({ options: given, type, blob, comment }: AuthorizedKey): string =>
  [given, type, blob, comment].filter((part) => part !== '').join(' ')
