/** What the diff of an edit shows of lines that give something a name like that of a secret. Pure. */
import { looksSecret } from '../../engine/index.ts'

/** Two words, the first of which ends like the name of a secret: `rootpw 1234`. More words are prose, or a line of PAM. */
const named = /^(\s*[\w.-]*(?:pw|pwd|passw(?:or)?d|passphrase|secret|token)\s+)\S+\s*$/i

/** Up to the sign of assignment. */
const assigned =
  /^.*?(?:pass(?:wd|word|phrase)?|pwd|secret|token|credential|(?:api|access|private|secret)[_-]?key)s?["']?\s*[:=]\s*/i

const hidden = (line: string, note: string): string => {
  const [start] = looksSecret(line) ? (assigned.exec(line) ?? []) : []
  const before = start ?? named.exec(line)?.[1]
  return before === undefined || before === line ? line : `${before}(hidden${note})`
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
