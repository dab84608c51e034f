/** What the diff of an edit shows of lines that give something a name like that of a secret. Pure. */
import { looksSecret } from '../../../engine/index.ts'

const names =
  'pass(?:wd|word|phrase)?|pwd|psk|secret|token|credentials?|(?:api|access|private|secret|encryption|master|shared)[_-]?key'

/** Two words, the first of which ends like the name of a secret: `rootpw 1234`. More words are prose, or a line of PAM. */
const named =
  /^(\s*(?:[\w.-]*(?:pw|pwd|passw(?:or)?d|passphrase|secret|token)|requirepass|masterauth)\s+)(\S+)\s*$/i

/** Up to the sign of assignment, and the value after it. */
const assigned = new RegExp(`^(.*?(?:(?:${names})s?|pw|encryptionkey)["']?\\s*[:=]\\s*)(\\S.*)$`, 'i')

/** Values of secrets within a line: what stands before one is kept, and what comes after it. */
const within: readonly RegExp[] = [
  // <password>…</password>
  new RegExp(`(<[\\w.:-]*(?:${names})(?:\\s[^>]*)?>)([^<]+)`, 'gi'),
  // --token …, --db-password=…
  new RegExp(`((?:^|[\\s"'=])--?(?:[\\w-]*[-_])?(?:${names})(?:\\s+|=))("[^"]*"|'[^']*'|[^\\s"']+)`, 'gi'),
  /(\bsshpass\s+-p\s*)("[^"]*"|'[^']*'|\S+)/g,
  /(\bauthorization["']?\s*[:=]\s*["']?\w+\s+)([^\s"']+)/gi,
  // scheme://user:…@host
  /(\b[a-z][\w+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi,
]

const hidden = (line: string, note: string): string => {
  const value = `(hidden${note})`
  const shown = within.reduce(
    (text, pattern) => text.replaceAll(pattern, (_, before: string) => `${before}${value}`),
    line,
  )
  if (shown !== line) return shown
  const before = assigned.exec(line)?.[1] ?? named.exec(line)?.[1]
  return before === undefined ? line : `${before}${value}`
}

/**
 * A text without the values of lines that look like secrets, for a diff with another text.
 *
 * @param note tells the values of lines that the other text does not have from those that it has, so that a diff shows which
 * line changes.
 */
export const withHiddenLines = (
  text: string | undefined,
  other: string | undefined,
  note: string,
): string | undefined => {
  const others = new Set(other?.split('\n'))
  return text
    ?.split('\n')
    .map((line) => hidden(line, others.has(line) ? '' : note))
    .join('\n')
}

/** Whether a key, or one of the keys that lead to it, is named like a secret. */
export const isSecretKey = (keys: readonly (string | number)[]): boolean =>
  keys.some((key) => looksSecret(`${key}=`) || /pw$/i.test(String(key)))
