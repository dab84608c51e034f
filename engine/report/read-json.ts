/** Parses the JSON reporter's lines into events, so that a recorded run can be shown again. */
import { z } from 'zod'
import { cardGroupSchema } from '../dsl/cards.ts'
import { errorCodes } from '../error-codes.ts'
import type { Place } from '../errors.ts'
import { noOutcomes } from '../run/events.ts'
import type { Outcome, RunEvent } from '../run/events.ts'
import { jsonFormat } from './json-format.ts'

/** A field that is missing or null in JSON is undefined in an event. */
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined)

const texts = z.array(z.string())
const integer = z.number().int()

const outcomes: Readonly<Record<Outcome, number>> = noOutcomes()
const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'string' && Object.hasOwn(outcomes, value)
const outcome = z.custom<Outcome>(isOutcome)

/** Outcomes that the writing version did not have are zero. */
const counts = z.record(z.string(), z.number()).transform((given): Record<Outcome, number> => {
  const all = noOutcomes()
  for (const [name, count] of Object.entries(given)) if (isOutcome(name)) all[name] = count
  return all
})

const place = z
  .object({
    file: z.string(),
    line: integer.nullish(),
    column: integer.nullish(),
    excerpt: z.string().nullish(),
  })
  .transform(({ file, line, column, excerpt }): Place => ({
    file,
    ...(typeof line === 'number' && { line }),
    ...(typeof column === 'number' && { column }),
    ...(typeof excerpt === 'string' && { excerpt }),
  }))

const error = z
  .object({
    // a code of another version: its message and hint still describe the error
    code: z.enum(errorCodes).catch('internal'),
    message: z.string(),
    hint: z.string(),
    host: maybe(z.string()),
    task: maybe(z.string()),
    place: maybe(place),
    output: maybe(z.string()),
    causes: texts,
  })
  .transform((fields) => ({ ...fields, stack: undefined }))

const task = z.object({
  id: integer,
  host: z.string(),
  play: integer,
  position: z.number(),
  name: z.string(),
  title: z.string(),
  role: z.enum(['task', 'rescue', 'always', 'handler']),
  handler: maybe(z.string()),
  on: maybe(z.string()),
})

const change = z.object({ what: z.string(), from: maybe(z.string()), to: maybe(z.string()) })
const stamp = { time: z.number() }

const schema: z.ZodType<RunEvent> = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('run-start'),
      ...stamp,
      format: z.literal(jsonFormat),
      playbook: z.string(),
      check: z.boolean(),
      hosts: texts,
      plays: texts,
      invocation: maybe(z.object({ version: z.string(), inventory: texts, command: texts })),
    })
    .transform(({ type, time, playbook, check, hosts, plays, invocation }) => ({
      type,
      time,
      playbook,
      check,
      hosts,
      plays,
      invocation,
    })),
  z.object({
    type: z.literal('play-start'),
    ...stamp,
    play: integer,
    name: z.string(),
    hosts: texts,
    tasks: z.record(z.string(), integer),
    note: maybe(z.string()),
  }),
  z.object({ type: z.literal('tasks-added'), ...stamp, play: integer, host: z.string(), tasks: integer }),
  z.object({ type: z.literal('task-start'), ...stamp, task }),
  z.object({
    type: z.literal('task-output'),
    ...stamp,
    task,
    stream: z.enum(['stdout', 'stderr', 'log']),
    line: z.string(),
    dropped: maybe(z.object({ lines: integer, bytes: integer })),
  }),
  z.object({
    type: z.literal('task-progress'),
    ...stamp,
    task,
    what: z.enum(['waiting', 'applying', 'reconnecting', 'retrying']),
    why: maybe(z.string()),
  }),
  z.object({
    type: z.literal('task-transfer'),
    ...stamp,
    task,
    path: z.string(),
    bytes: integer,
    size: integer,
  }),
  z.object({
    type: z.literal('task-end'),
    ...stamp,
    task,
    outcome,
    changes: z.array(change),
    why: maybe(z.string()),
    error: maybe(error),
    value: z.unknown().optional(),
    cards: z.array(cardGroupSchema).optional(),
    seconds: z.number(),
  }),
  z.object({ type: z.literal('handlers-due'), ...stamp, task, handlers: texts }),
  z.object({
    type: z.literal('host-end'),
    ...stamp,
    play: integer,
    host: z.string(),
    standing: z.enum(['well', 'failed', 'unreachable', 'stopped']),
  }),
  z.object({ type: z.literal('play-end'), ...stamp, play: integer, failed: texts, note: maybe(z.string()) }),
  z.object({
    type: z.literal('run-end'),
    ...stamp,
    recap: z.array(z.object({ host: z.string(), counts })),
    stopped: maybe(error),
    notRun: texts,
    due: z.record(z.string(), texts),
    // earlier versions did not write it
    forgotten: z.record(z.string(), texts).default({}),
    seconds: z.number(),
  }),
])

/**
 * Parses a line of the JSON reporter. Returns undefined for anything else: a truncated line, another format, another
 * program's JSON. Stack traces are missing, because they are not written.
 *
 * @param line the line as a parsed JSON value.
 *
 * @example
 * const events = text.split('\n').flatMap((line) => eventOf(JSON.parse(line)) ?? [])
 */
export const eventOf = (line: unknown): RunEvent | undefined => {
  const parsed = schema.safeParse(line)
  return parsed.success ? parsed.data : undefined
}
