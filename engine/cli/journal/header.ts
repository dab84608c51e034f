/** The first and the last line of a run's file; between them are its events, as `--output json` prints them. */
import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { now } from '../../run/clock.ts'
import type { RunOptions } from '../options/run.ts'
import { processMark } from './process-mark.ts'

/** Grows when a field changes its meaning or goes. A file of another format is left alone. */
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
  /** Counts up in the state folder; it never changes. */
  run: z.number().int(),
  /** Unix milliseconds. */
  time: z.number(),
  /** Absolute path of the playbook, or the name of a task of the library. */
  playbook: z.string(),
  /** Absolute paths, or what was given where it is not a path. */
  inventory: z.array(z.string()),
  limit: z.string().nullable(),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  check: z.boolean(),
  /** The run that this one goes on with (`--resume`). */
  resumes: z.number().int().nullable(),
  user: z.string(),
  /** Runs that were under way, or may have been, when it began. */
  beside: z.array(z.number().int()).default([]),
  /** Calls of handlers that were due when it began: whoever reads this one needs none of those before it. */
  due: marks.default([]),
  /** The machine that the run was started on. */
  machine: z.string(),
  pid: z.number().int(),
  /** Which process had that number, where the machine says (Linux). */
  process: z.string().optional(),
  /** The command line; values after `=` are left out, they may be secrets. */
  argv: z.array(z.string()),
})

/** Who ran what, when, against which inventory. */
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
  /** Tasks that changed something; under `--check`, that would. */
  changed: z.number().int(),
  /** Calls of handlers that are due at its end. */
  due: marks,
  /** Calls of handlers that it answered, or took back. */
  over: marks,
})

/** How a run ended, so that a listing need not read all of it. Missing where the run was killed. */
export type Trailer = z.output<typeof trailerSchema>

/** What is known of a run before it has a number. */
export type NewHeader = Omit<Header, 'run' | 'beside' | 'due'>

/** What a run is remembered under: its playbook and its inventory. */
export type Subject = Pick<Header, 'playbook' | 'inventory'>

export const isSame = (one: Subject, other: Subject): boolean =>
  JSON.stringify([one.playbook, one.inventory]) === JSON.stringify([other.playbook, other.inventory])

/** A path as it is everywhere; what is no path stays as it is. */
const located = (source: string): string => (existsSync(source) ? resolve(source) : source)

/** The playbook and inventory that the command line names. `path#name` is a task in a file. */
export const subjectOf = (target: string, { inventory }: Pick<RunOptions, 'inventory'>): Subject => {
  const [path = '', ...name] = target.split('#')
  return { playbook: [located(path), ...name].join('#'), inventory: inventory.map(located) }
}

/**
 * A command line fit to be kept: what follows a `=`, or stands in a map of -e, may be a secret.
 *
 * @example
 * withoutValues(['site.ts', '-e', 'token=abc']) // ['site.ts', '-e', 'token=…']
 */
export const withoutValues = (argv: readonly string[]): string[] =>
  argv.map((word) => word.replace(/^((?:-e|--extra-vars=)?\s*\{).*$/s, '$1…').replace(/=.*$/s, '=…'))

/** The header of a run that begins now; it gets its number when its file is made. */
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
