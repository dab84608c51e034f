/** The text of /etc/passwd, /etc/group and /etc/shadow, read and edited. Pure. */

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

/** What matters of a line of /etc/shadow. */
export interface ShadowEntry {
  /** A hash, with `!` before it where it is locked; `*` or `!` alone where there is none. */
  readonly password: string
  /** The day on which the account expires, counted from 1970-01-01; nothing for never. */
  readonly expires: string
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

/** The name of the user that has an id, or undefined. */
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
  return fields && { password: fields[1] ?? '', expires: fields[7] ?? '' }
}

/** The text with some fields of one line changed; the line is the one of this name. */
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

/** The day of an ISO date as /etc/shadow counts it; nothing for `never`. */
export const shadowDay = (date: string): string =>
  date === 'never' ? '' : String(Date.parse(`${date}T00:00:00Z`) / 86_400_000)

const withoutLock = (field: string): string => field.replace(/^!+/, '')

/**
 * The password field as it shall be.
 *
 * A lock that somebody put on a password stays when only the password is changed. Without a password there is `*`, not
 * `!`, in an account that shall not be locked: an sshd without PAM lets nobody into one with `!`, not even by key.
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
 * What names of users and groups are made of. Those of directories have an @ and a dot in them, and some begin with a
 * digit; whether a host's tools make such a user, they say themselves. Digits alone would be an id.
 */
export const accountName = /^(?!\d+$)\w[\w.@-]*\$?$/
