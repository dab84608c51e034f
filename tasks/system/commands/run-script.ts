import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { Command, CommandTag } from '../../../engine/index.ts'
import { surroundings } from './guards.ts'
import type { Guards } from './guards.ts'

const placeScript = shellFile(import.meta.url, 'place-script.sh')

export interface ScriptRun extends Guards {
  /** The interpreter with its options; by default the one in the script's first line. */
  readonly interpreter?: string | undefined
  readonly args: readonly string[]
}

/** A script, and how messages refer to it. */
export interface ScriptText {
  readonly text: string
  /** In errors about its text. */
  readonly what: string
  /** In errors about how it ended; `what` by default. */
  readonly label?: string
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
 * @param what how messages refer to the script.
 * @throws `task-failed` for CRLF line endings, which neither the system nor a shell accepts.
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

/**
 * The command that runs a script on a host, from a folder that no other user can enter and that is removed at the end. The script is passed
 * to
 * its interpreter as a file, so that it also runs on a file system mounted with noexec. Its standard input is empty, so
 * that
 * it cannot read the rest of itself by mistake. The empty folder inside marks the folder as ours, so that leftovers can be
 * removed.
 */
export const scriptCommand = (
  tag: CommandTag,
  { text, what, label = what }: ScriptText,
  { interpreter, args, ...guards }: ScriptRun,
): Command => {
  refuseCarriageReturns(text, what, interpreter)
  const how = { ...surroundings(guards), stdin: text, label }
  const words = wordsOf(text, interpreter)
  return tag(how)`${shellProgram(placeScript, Buffer.byteLength(text))}
${words} "$d/script" ${args} </dev/null`
}
