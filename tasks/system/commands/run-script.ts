import { CoxswainError, shell } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { surroundings } from './guards.ts'
import type { Guards } from './guards.ts'

export interface ScriptRun extends Guards {
  /** What reads the script, with its options; its own first line where absent. */
  readonly interpreter?: string | undefined
  readonly args: readonly string[]
}

/** The first line of a script as Linux reads it: a program, and the rest of the line as one argument. */
const firstLine = (text: string): string[] => {
  const [, program, rest = ''] = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/.exec(text) ?? []
  if (program === undefined) return ['/bin/sh']
  return [program, ...(rest.trim() === '' ? [] : [rest.trim()])]
}

const wordsOf = (text: string, interpreter: string | undefined): string[] =>
  interpreter?.split(/\s+/).filter((word) => word !== '') ?? firstLine(text)

const isShell = (words: readonly string[]): boolean =>
  words.some((word) => /^(?:.*\/)?(?:ba|da|a|k|z|mk)?sh$/.test(word.trim()))

/**
 * @param what what the script is called.
 * @throws `task-failed` for line ends of Windows, which neither the system nor a shell reads as ends of lines.
 */
export const refuseCarriageReturns = (text: string, what: string, interpreter?: string): void => {
  const ofSystem = interpreter === undefined && /^#![^\n]*\r\n/.test(text)
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.endsWith('\r'))
  if (at < 0 || !(ofSystem || isShell(wordsOf(text, interpreter)))) return
  throw new CoxswainError('task-failed', `${what} has Windows line endings (CRLF), first in line ${at + 1}`, {
    hint: 'convert it with dos2unix or in an editor; `*.sh text eol=lf` in .gitattributes keeps it that way',
  })
}

/** Folders that a script can lie in: the first one with room for it. */
const places = shell`"\${TMPDIR:-/tmp}" /var/tmp /run /dev/shm "$HOME"`

/**
 * Runs a script on a host, from a folder that nobody else can look into and that is gone afterwards. It is given to its
 * interpreter, so that it also runs where nothing may be executed (noexec). Its standard input is empty: what it reads is
 * not by mistake the rest of itself. The empty folder beside it marks the folder as ours, for those who remove what is left.
 */
export const runScript = async (
  { remote }: ApplyContext,
  { text, what, label = what }: { readonly text: string; readonly what: string; readonly label?: string },
  { interpreter, args, ...guards }: ScriptRun,
): Promise<void> => {
  refuseCarriageReturns(text, what, interpreter)
  const how = { ...surroundings(guards), stdin: text, label }
  const words = wordsOf(text, interpreter)
  await remote.run(
    how,
  )`s=$(cat; echo .); d=; trap 'trap "" HUP INT TERM; [ -z "$d" ] || rm -rf -- "$d"' EXIT; trap 'exit 143' HUP INT TERM; for p in ${places}; do d=$(mktemp -d "$p/.coxswain.XXXXXX" 2>/dev/null) || continue; mkdir "$d/\${d##*/}.$(stat -c %i "$d")" && printf %s "\${s%.}" 2>/dev/null >"$d/script" && [ "$(wc -c <"$d/script")" -eq ${Buffer.byteLength(text)} ] && break; rm -rf -- "$d"; d=; done; [ -n "$d" ] || { echo 'there is no room for the script in /tmp, /var/tmp, /run, /dev/shm and the home' >&2; exit 1; }; ${words} "$d/script" ${args} </dev/null`
}
