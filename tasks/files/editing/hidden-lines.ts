/** Hides, in the diff of an edit, values whose names look like names of secrets. Pure. */
import { looksSecret } from '../../../engine/index.ts'

const names =
  'pass(?:wd|word|phrase)?|pwd|psk|secret|token|credentials?|(?:api|access|private|secret|encryption|master|shared)[_-]?key'

/** Two words, the first of which ends like the name of a secret: `rootpw 1234`. More words are prose, or a line of PAM. */
const named =
  /^(\s*(?:[\w.-]*(?:pw|pwd|passw(?:or)?d|passphrase|secret|token)|requirepass|masterauth)\s+)(\S+)\s*$/i

/** The text up to the assignment sign, and the value after it. */
const assigned = new RegExp(`^(.*?(?:(?:${names})s?|pw|encryptionkey)["']?\\s*[:=]\\s*)(\\S.*)$`, 'i')

/** Values of secrets within a line. The text before and after the value is kept. */
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
 * A text with the values of lines that look like secrets hidden, for a diff with another text.
 *
 * @param note marks hidden values of lines that the other text does not contain, so that the diff shows which line changes.
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

/** Whether a key, or one of its parents, is named like a secret. */
export const isSecretKey = (keys: readonly (string | number)[]): boolean =>
  keys.some((key) => looksSecret(`${key}=`) || /pw$/i.test(String(key)))
