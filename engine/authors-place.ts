/** Where in a file of its reader an error struck, and whose mistake it is. */
import { readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { CoxswainError, isCoxswainError, toCoxswainError } from './errors.ts'
import type { Place } from './errors.ts'
import { packageRoot } from './package-root.ts'
import { looksSecret } from './secret.ts'

/** The task library: its sources and its bundle. */
const library = [`${packageRoot}tasks/`, `${packageRoot}dist/tasks.js`]

/** The engine: its sources, its bundle, and what starts it. */
const engine = ['engine/', 'dist/', 'bin/'].map((folder) => packageRoot + folder)

const startsWithOneOf = (file: string, starts: readonly string[]): boolean =>
  starts.some((start) => file.startsWith(start))

const isEngine = (file: string): boolean => startsWithOneOf(file, engine) && !startsWithOneOf(file, library)

/** Whether a file is not its reader's: of the engine, of the tasks that come with it, or of another package. */
const isForeign = (file: string): boolean =>
  startsWithOneOf(file, [...engine, ...library]) || file.includes('/node_modules/')

const fileOf = (where: string): string => (where.startsWith('file:') ? fileURLToPath(where) : where)

/** Bytes of a file that an excerpt is taken from, at most: no author writes longer ones. */
const longestSource = 4 * 1024 * 1024

/** A line of a file, where it can be read and tells no password. */
const lineOf = (file: string, line: number): string | undefined => {
  try {
    const found = statSync(file)
    if (!found.isFile() || found.size > longestSource) return undefined
    const text = readFileSync(file, 'utf8').split('\n')[line - 1]
    return text === undefined || looksSecret(text) ? undefined : text
  } catch {
    return undefined
  }
}

const placeIn = (file: string, line: number, column: number): Place => {
  const excerpt = lineOf(file, line)
  return { file: relative(process.cwd(), file), line, column, ...(excerpt !== undefined && { excerpt }) }
}

/** Where Node says that a module cannot be linked or parsed: above the message stand file and line, the line, a caret. */
const statedPlace = (stack: string): Place | undefined => {
  const [, where, row, caret] = /^((?:file:\/\/)?\/\S+?):(\d+)\n[^\n]*\n([ \t]*)\^/.exec(stack) ?? []
  if (where === undefined || caret === undefined || isForeign(fileOf(where))) return undefined
  return placeIn(fileOf(where), Number(row), caret.length + 1)
}

/** A frame of a stack: Node names modules by their URLs, what maps sources back by their paths. */
interface Frame {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The stack after the message: a message can hold what a host said, which must not pass for a frame. */
const afterMessage = ({ stack = '', message }: Error): string => {
  const start = message === '' ? -1 : stack.indexOf(message)
  return start < 0 ? stack : stack.slice(start + message.length)
}

/** `    at check (file:///srv/site.ts:3:7)`; a name of a folder can have blanks and parentheses. */
const frame = /^ +at (?:async )?(?:.*? \()?((?:file:\/\/)?\/.+?):(\d+):(\d+)\)?$/

const framesOf = (error: unknown): Frame[] =>
  (error instanceof Error ? afterMessage(error) : '').split('\n').flatMap((text) => {
    const [, where, line, column] = frame.exec(text) ?? []
    return where === undefined ? [] : [{ file: fileOf(where), line: Number(line), column: Number(column) }]
  })

const placeAt = ({ file, line, column }: Frame): Place => placeIn(file, line, column)

/**
 * Where an error struck in a file that its reader has written, with the line: the first frame of its stack in such a
 * file. Undefined where there is none.
 */
export const authorsPlace = (error: unknown): Place | undefined => {
  const stated = statedPlace(error instanceof Error ? (error.stack ?? '') : '')
  if (stated !== undefined) return stated
  const found = framesOf(error).find(({ file }) => !isForeign(file))
  return found && placeAt(found)
}

/** Whether the engine was called by code that its reader has written, and not by a task that comes with it. */
export const isAuthorsCall = (trace: Error): boolean => {
  const caller = framesOf(trace).find(({ file }) => !isEngine(file))
  return caller !== undefined && !isForeign(caller.file)
}

/** Where the engine was called, if that is a file that its reader has written; whoever loaded that file is of no interest. */
export const callersPlace = (trace: Error): Place | undefined => {
  const caller = framesOf(trace).find(({ file }) => !isEngine(file))
  return caller === undefined || isForeign(caller.file) ? undefined : placeAt(caller)
}

/** Whether an error was thrown in a file of the engine or its tasks, whoever called it. */
const isOurs = (error: Error): boolean => {
  const [thrower] = framesOf(error)
  return thrower !== undefined && isForeign(thrower.file) && !thrower.file.includes('/node_modules/')
}

const hintFor = (value: unknown, place: Place | undefined): string => {
  if (place === undefined) return 'throw an Error in its place: it knows where it was made'
  return value instanceof Error && isOurs(value)
    ? 'see what is passed in the call at the place shown'
    : 'fix the code at the place shown'
}

/**
 * Any caught value as a {@link CoxswainError}: what code of a playbook or of an author's task threw becomes
 * `author-error` with its place, anything else that is not expected `internal`.
 *
 * @param fallback where the code stands that threw, for what has no stack of its own.
 */
export const blamed = (value: unknown, fallback?: Place): CoxswainError => {
  if (isCoxswainError(value)) return value
  const isError = value instanceof Error
  const place = authorsPlace(value) ?? fallback
  // none of ours throws what is not an error
  if (place === undefined && isError) return toCoxswainError(value)
  const message = isError ? `${value.name}: ${value.message}` : `threw ${inspect(value)}`
  const error = new CoxswainError('author-error', message, {
    cause: value,
    place,
    hint: hintFor(value, place),
  })
  if (isError && value.stack !== undefined) error.stack = value.stack
  return error
}
