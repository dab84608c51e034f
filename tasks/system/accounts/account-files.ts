/** Reads and edits the text of /etc/passwd, /etc/group and /etc/shadow. Pure. */

/** A line of /etc/passwd. */
export interface PasswdEntry {
  readonly name: string
  readonly uid: string
  readonly gid: string
  readonly comment: string
  readonly home: string
  readonly shell: string
}

/** A line of /etc/group. */
export interface GroupEntry {
  readonly name: string
  readonly gid: string
  readonly members: readonly string[]
}

/** The relevant fields of a line of /etc/shadow. */
export interface ShadowEntry {
  /** A hash, with `!` before it if locked; `*` or `!` alone without a password. */
  readonly password: string
  /** The day on which the account expires, in days since 1970-01-01; empty for never. */
  readonly expires: string
  /** How many days a password must be kept, after how many it must be changed, and how many before that the user is warned; empty for no limit. */
  readonly ageing: Ageing
}

/** Three fields of a line of /etc/shadow. */
export interface Ageing {
  readonly min: string
  readonly max: string
  readonly warn: string
}

const fieldsOf = (text: string | undefined, name: string): string[] | undefined =>
  (text ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name)

/** The user of this name, or undefined. */
export const passwdEntry = (text: string | undefined, name: string): PasswdEntry | undefined => {
  const fields = fieldsOf(text, name)
  if (fields === undefined) return undefined
  const [, , uid = '', gid = '', comment = '', home = '', shell = ''] = fields
  return { name, uid, gid, comment, home, shell }
}

/** The name of the user with an ID, or undefined. */
export const userOfId = (text: string | undefined, uid: string): string | undefined =>
  (text ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , id]) => id === uid)?.[0]

/** All groups. */
export const groupEntries = (text: string | undefined): GroupEntry[] =>
  (text ?? '').split('\n').flatMap((line) => {
    const [name = '', , gid, members = ''] = line.split(':')
    if (name === '' || gid === undefined) return []
    return [{ name, gid, members: members.split(',').filter((member) => member !== '') }]
  })

/** The user's line of /etc/shadow, or undefined. */
export const shadowEntry = (text: string | undefined, name: string): ShadowEntry | undefined => {
  const fields = fieldsOf(text, name)
  if (fields === undefined) return undefined
  const [, password = '', , min = '', max = '', warn = '', , expires = ''] = fields
  return { password, expires, ageing: { min, max, warn } }
}

/** The text with some fields changed in the line of this name. */
export const withFields = (
  text: string,
  name: string,
  changes: Readonly<Record<number, string | undefined>>,
): string =>
  text
    .split('\n')
    .map((line) => {
      const fields = line.split(':')
      if (fields[0] !== name) return line
      return fields.map((field, index) => changes[index] ?? field).join(':')
    })
    .join('\n')

/** The day of an ISO date in the form of /etc/shadow; empty for `never`. */
export const shadowDay = (date: string): string =>
  date === 'never' ? '' : String(Date.parse(`${date}T00:00:00Z`) / 86_400_000)

const withoutLock = (field: string): string => field.replace(/^!+/, '')

/** Whether a password field has a hash, locked or not. */
export const hasPassword = (field: string): boolean => !['', '*'].includes(withoutLock(field))

/**
 * The new password field.
 *
 * Changing only the password keeps an existing lock. An unlocked account without a password gets `*`, not `!`: an sshd
 * without PAM refuses logins to an account with `!`, even by key.
 */
export const passwordField = (
  current: string,
  { hash, locked }: { readonly hash: string | undefined; readonly locked: boolean | undefined },
): string => {
  if (hash === undefined && locked === undefined) return current
  const old = withoutLock(current)
  const next = hash ?? old
  const wasLocked = current.startsWith('!') && (hash === undefined || (old !== '' && old !== '*'))
  const lock = locked ?? wasLocked
  if (next === old && lock === current.startsWith('!') && current !== '') return current
  if (lock) return `!${next}`
  return next === '' ? '*' : next
}

/**
 * The characters of user and group names. Names from a directory service can contain an @ and a dot, and some begin with a
 * digit; the tools of the host decide whether they can create such a user. Digits alone would be an ID.
 */
export const accountName = /^(?!\d+$)\w[\w.@-]*\$?$/
