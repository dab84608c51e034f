/** Finds the place in a user's file where an error occurred, and whether the user's code or Coxswain caused it. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { CoxswainError, isCoxswainError, toCoxswainError } from './errors.ts'
import type { Place } from './errors.ts'
import { packageRoot } from './package-root.ts'
import { looksSecret } from './secret.ts'

/** The task library: its sources and its bundle. */
const library = [`${packageRoot}tasks/`, `${packageRoot}dist/tasks.js`]

/** The engine: its sources, its bundle and its start scripts. */
const engine = ['engine/', 'dist/', 'bin/'].map((folder) => packageRoot + folder)

const startsWithOneOf = (file: string, starts: readonly string[]): boolean =>
  starts.some((start) => file.startsWith(start))

const isEngine = (file: string): boolean => startsWithOneOf(file, engine) && !startsWithOneOf(file, library)

/** Whether a file is not the user's: it belongs to the engine, to the bundled tasks or to another package. */
const isForeign = (file: string): boolean =>
  startsWithOneOf(file, [...engine, ...library]) || file.includes('/node_modules/')

const fileOf = (where: string): string => (where.startsWith('file:') ? fileURLToPath(where) : where)

/** Maximum size in bytes of a file from which an excerpt is taken. */
const longestSource = 4 * 1024 * 1024

/** A line of a file; undefined if it cannot be read or looks like a password. */
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

/**
 * The place of an error about a module that cannot be linked or parsed: Node prints file and line, the source line
 * and a caret above the message.
 */
const statedPlace = (stack: string): Place | undefined => {
  const [, where, row, caret] = /^((?:file:\/\/)?\/\S+?):(\d+)\n[^\n]*\n([ \t]*)\^/.exec(stack) ?? []
  if (where === undefined || caret === undefined || isForeign(fileOf(where))) return undefined
  return placeIn(fileOf(where), Number(row), caret.length + 1)
}

/** A frame of a stack trace. Node has URLs of modules there, source maps have paths. */
interface Frame {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The stack trace after the message: a message can contain output of a host, which must not be read as a frame. */
const afterMessage = ({ stack = '', message }: Error): string => {
  const start = message === '' ? -1 : stack.indexOf(message)
  return start < 0 ? stack : stack.slice(start + message.length)
}

/** ` at check (file:///srv/site.ts:3:7)`; names of folders can contain blanks and parentheses. */
const frame = /^ +at (?:async )?(?:.*? \()?((?:file:\/\/)?\/.+?):(\d+):(\d+)\)?$/

const framesOf = (error: unknown): Frame[] =>
  (error instanceof Error ? afterMessage(error) : '').split('\n').flatMap((text) => {
    const [, where, line, column] = frame.exec(text) ?? []
    return where === undefined ? [] : [{ file: fileOf(where), line: Number(line), column: Number(column) }]
  })

const placeAt = ({ file, line, column }: Frame): Place => placeIn(file, line, column)

/**
 * The place of an error in a user's file, with the source line: the first frame of its stack trace in such a file.
 * Undefined if there is none.
 */
export const authorsPlace = (error: unknown): Place | undefined => {
  const stated = statedPlace(error instanceof Error ? (error.stack ?? '') : '')
  if (stated !== undefined) return stated
  const found = framesOf(error).find(({ file }) => !isForeign(file))
  return found && placeAt(found)
}

/** The stack trace of the caller: a few frames, which V8 formats only when they are read. */
export const hereTrace = (): Error => {
  const usual = Error.stackTraceLimit
  Error.stackTraceLimit = 8
  try {
    return new Error('made here')
  } finally {
    Error.stackTraceLimit = usual
  }
}

/** Whether a file is in an installed package that is made for Coxswain, such as a role: its package.json says so. */
const isInRolePackage = (file: string): boolean => {
  const [, root] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
  if (root === undefined || startsWithOneOf(file, [...engine, ...library])) return false
  try {
    const manifest: unknown = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
    const peers = isRecord(manifest) ? Reflect.get(manifest, 'peerDependencies') : undefined
    return isRecord(peers) && Object.hasOwn(peers, 'coxswain')
  } catch {
    return false
  }
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The folders of the user's files, and of packages for Coxswain, in a stack trace, the innermost first. */
export const authorsFolders = (trace: Error): string[] => [
  ...new Set(
    framesOf(trace).flatMap(({ file }) =>
      isAbsolute(file) && (!isForeign(file) || isInRolePackage(file)) ? [dirname(file)] : [],
    ),
  ),
]

/** Whether the engine was called by the user's code, and not by a bundled task. */
export const isAuthorsCall = (trace: Error): boolean => {
  const caller = framesOf(trace).find(({ file }) => !isEngine(file))
  return caller !== undefined && !isForeign(caller.file)
}

/** Where the engine was called, if that is in a user's file. Only the direct caller counts. */
export const callersPlace = (trace: Error): Place | undefined => {
  const caller = framesOf(trace).find(({ file }) => !isEngine(file))
  return caller === undefined || isForeign(caller.file) ? undefined : placeAt(caller)
}

/** Whether an error was thrown in a file of the engine or its tasks. */
const isOurs = (error: Error): boolean => {
  const [thrower] = framesOf(error)
  return thrower !== undefined && isForeign(thrower.file) && !thrower.file.includes('/node_modules/')
}

const hintFor = (value: unknown, place: Place | undefined): string => {
  if (place === undefined) return 'throw an Error instead: it has a stack trace'
  return value instanceof Error && isOurs(value)
    ? 'check the arguments of the call at the line shown'
    : 'fix the code at the line shown'
}

/**
 * Converts a caught value to a {@link CoxswainError}: errors thrown by a playbook or an author's task become
 * `author-error` with their place, other unexpected errors `internal`.
 *
 * @param fallback the place of the code that threw, for values without a stack trace.
 */
export const blamed = (value: unknown, fallback?: Place): CoxswainError => {
  if (isCoxswainError(value)) return value
  const isError = value instanceof Error
  const place = authorsPlace(value) ?? fallback
  // our own code throws only errors
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
