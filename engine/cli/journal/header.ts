/** The header and the trailer of a journal. Between them are its events, as `--output json` prints them. */
import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { now } from '../../run/clock.ts'
import type { RunOptions } from '../options/run.ts'
import { processMark } from './process-mark.ts'

/** Incremented when a field changes its meaning or is removed. Files of another format are ignored. */
export const journalFormat = 2

const marks = z
  .array(
    z.object({
      play: z.string(),
      nth: z.number().int().default(0),
      host: z.string(),
      handler: z.string(),
      run: z.number().int(),
      call: z.number().int(),
    }),
  )
  .readonly()

export const headerSchema = z.object({
  type: z.literal('journal'),
  format: z.literal(journalFormat),
  /** The number of the run, unique in the state folder. */
  run: z.number().int(),
  /** Unix milliseconds. */
  time: z.number(),
  /** Absolute path of the playbook, or the name of a task of the library. */
  playbook: z.string(),
  /** Absolute paths; other sources as given. */
  inventory: z.array(z.string()),
  /** The part of the inventory that was taken (`--within`). */
  within: z.string().nullable().default(null),
  limit: z.string().nullable(),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  check: z.boolean(),
  /** The run that this one resumes (`--resume`). */
  resumes: z.number().int().nullable(),
  user: z.string(),
  /** Runs that were running, or can have been running, when it started. */
  beside: z.array(z.number().int()).default([]),
  /** Calls of handlers that were due when it started, so that earlier journals are not needed. */
  due: marks.default([]),
  /** The machine that the run was started on. */
  machine: z.string(),
  pid: z.number().int(),
  /** Identifies the process that had this PID (Linux). */
  process: z.string().optional(),
  /** The command line, without values after `=`, which can be secrets. */
  argv: z.array(z.string()),
})

/** Who ran what, when, with which inventory. */
export type Header = z.output<typeof headerSchema>

export const trailerSchema = z.object({
  type: z.literal('journal-end'),
  time: z.number(),
  /** The exit status. */
  exit: z.number().int(),
  seconds: z.number(),
  hosts: z.number().int(),
  /** Hosts that failed or were unreachable. */
  failed: z.array(z.string()),
  /** Tasks that changed something or, under `--check`, would change something. */
  changed: z.number().int(),
  /** Calls of handlers that are due at its end. */
  due: marks,
  /** Calls of handlers that ran or were taken back. */
  over: marks,
})

/** How a run ended, for listings that do not read the events. Missing if the run was killed. */
export type Trailer = z.output<typeof trailerSchema>

/** The header of a run before it has a number. */
export type NewHeader = Omit<Header, 'run' | 'beside' | 'due'>

/** The playbook and inventory of a run. Runs with the same subject share due handlers and `--resume`. */
export type Subject = Pick<Header, 'playbook' | 'inventory' | 'within'>

/** A text for each subject. That of a run with all of its inventory is as it was before `--within`. */
export const subjectKey = ({ playbook, inventory, within }: Subject): string =>
  JSON.stringify([playbook, inventory, ...(within === null ? [] : [within])])

export const isSame = (one: Subject, other: Subject): boolean => subjectKey(one) === subjectKey(other)

/** Makes a path absolute; a source that is not a path stays as it is. */
const absolute = (source: string): string => (existsSync(source) ? resolve(source) : source)

/** The playbook and inventory of the command line. `path#name` is a task in a file. */
export const subjectOf = (
  target: string,
  { inventory, within }: Pick<RunOptions, 'inventory' | 'within'>,
): Subject => {
  const [path = '', ...name] = target.split('#')
  return {
    playbook: [absolute(path), ...name].join('#'),
    inventory: inventory.map(absolute),
    within: within ?? null,
  }
}

/**
 * Removes values from a command line: text after `=` and maps after -e can be secrets.
 *
 * @example
 * withoutValues(['site.ts', '-e', 'token=abc']) // ['site.ts', '-e', 'token=…']
 */
export const withoutValues = (argv: readonly string[]): string[] =>
  argv.map((word) => word.replace(/^((?:-e|--extra-vars=)?\s*\{).*$/s, '$1…').replace(/=.*$/s, '=…'))

/** The header of a run that starts now. It gets its number with its file. */
export const newHeader = (
  subject: Subject,
  { limit, tags, skipTags, check }: Pick<RunOptions, 'limit' | 'tags' | 'skipTags' | 'check'>,
  argv: readonly string[],
  resumes: number | null = null,
): NewHeader => ({
  type: 'journal',
  format: journalFormat,
  time: now(),
  ...subject,
  limit: limit ?? null,
  tags: [...tags],
  skipTags: [...skipTags],
  check,
  resumes,
  user: userInfo().username,
  machine: hostname(),
  pid: process.pid,
  process: processMark(process.pid),
  argv: withoutValues(argv),
})
