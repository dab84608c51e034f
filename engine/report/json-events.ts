/** The schema of the lines of `--output json`. `run schema events` and docs/events.md are generated from it. */
import { z } from 'zod'
import { cardGroupSchema } from '../dsl/cards.ts'
import type { Outcome } from '../run/events.ts'
import { noOutcomes } from '../run/events.ts'
import { jsonFormat } from './json-format.ts'

const text = (description: string) => z.string().describe(description)
const maybeText = (description: string) => z.string().nullable().describe(description)
const texts = (description: string) => z.array(z.string()).describe(description)
const count = (description: string) => z.number().int().min(0).describe(description)
const maybeCount = (description: string) => z.number().int().min(0).nullable().describe(description)
const byHost = (description: string) => z.record(z.string(), z.array(z.string())).describe(description)

const isOutcome = (name: string): name is Outcome => name in noOutcomes()
const outcome = z.enum(Object.keys(noOutcomes()).filter(isOutcome))

const task = z
  .object({
    id: count('the number of this task on this host, unique in the run'),
    host: text('the host that the task is for'),
    play: count('index of the play, from 0'),
    position: z
      .number()
      .min(0)
      .describe(
        "position in the host's list of tasks, from 0; handlers are numbered after the tasks. Tasks that a step made from values are between integers",
      ),
    name: text('name of the task definition, such as sysctl'),
    title: text('what a person reads, secrets masked'),
    role: z
      .enum(['task', 'rescue', 'always', 'handler'])
      .describe("whether it is a task of the play, of a block's rescue or always, or a handler"),
    handler: maybeText('the name by which it is notified; null for a task that is not a handler'),
    on: maybeText('the host that it runs on, if it is delegated; null if that is `host`'),
  })
  .meta({ id: 'task', description: 'One task on one host in one play.' })

const place = z
  .object({
    file: text('path of the file'),
    line: maybeCount('line, from 1'),
    column: maybeCount('column, from 1'),
    excerpt: maybeText('the line of the file'),
  })
  .meta({ id: 'place', description: 'A place in a file.' })

const error = z
  .object({
    code: text('the code of the error, see docs/errors.md; later versions can add codes'),
    message: text('what happened'),
    hint: text('what to do; can be empty'),
    host: maybeText('the host where it happened'),
    task: maybeText('title of the task that failed'),
    place: place.nullable().describe('where in the inventory or playbook'),
    output: maybeText('the last lines that the failed command printed'),
    causes: texts('the causes, outermost first'),
  })
  .meta({ id: 'error', description: 'An error as a person reads it, secrets masked.' })

const change = z
  .object({
    what: text('what differs'),
    from: maybeText('the value found; null if there was none'),
    to: maybeText('the new value; null if it is removed'),
  })
  .meta({ id: 'change', description: 'One difference.' })

const event = <const Type extends string, Fields extends z.ZodRawShape>(
  type: Type,
  description: string,
  fields: Fields,
) =>
  z
    .object({
      type: z.literal(type).describe('the kind of event'),
      time: z.number().describe('Unix time in milliseconds; it never goes back within a run'),
      ...fields,
    })
    .meta({ id: type, description })

/** The events by type, in the order of a run. */
const events = [
  event('run-start', 'The run begins; the first line.', {
    format: z
      .literal(jsonFormat)
      .describe('version of this format; it changes when a field is removed or changes its meaning'),
    playbook: text('name of the playbook'),
    check: z.boolean().describe('whether the run is under `--check`'),
    hosts: texts('every host that the run can connect to'),
    plays: texts('names of the plays, in order'),
    invocation: z
      .object({
        version: text('version of Coxswain'),
        inventory: texts('the inventories, as given'),
        command: texts('the command line, without values after `=`'),
      })
      .nullable()
      .describe('how the run was started'),
  }),
  event('play-start', 'A play begins.', {
    play: count('index of the play, from 0'),
    name: text('its name'),
    hosts: texts('its hosts'),
    tasks: z
      .record(z.string(), z.number().int().min(0))
      .describe('number of tasks by host, without rescue and handlers'),
    note: maybeText('why the play has no host'),
  }),
  event('tasks-added', 'A step with values has made tasks on a host.', {
    play: count('index of the play, from 0'),
    host: text('the host'),
    tasks: count('their number, without rescue'),
  }),
  event('task-start', 'A task begins on a host.', { task }),
  event('task-output', 'A line that a command of the task printed, or that the task logs.', {
    task,
    stream: z.enum(['stdout', 'stderr', 'log']).describe('where the line comes from'),
    line: text('the line, without its newline, secrets masked'),
    dropped: z
      .object({ lines: count('lines omitted'), bytes: count('bytes omitted') })
      .nullable()
      .describe(
        'what was omitted in place of this line: the first 256 KiB of the output of a task are written at once, the last 256 KiB when it ends',
      ),
  }),
  event('task-progress', 'A task waits, applies, reconnects or is retried.', {
    task,
    what: z.enum(['waiting', 'applying', 'reconnecting', 'retrying']).describe('what it does now'),
    why: maybeText('what it waits for, or why it is retried'),
  }),
  event('task-transfer', 'How much of a file has been sent to the host; at most once a second.', {
    task,
    path: text('the file or folder on the host'),
    bytes: count('bytes sent, including those of an interrupted transfer that was resumed'),
    size: count('total bytes'),
  }),
  event('handlers-due', 'A task is about to change its host, and notifies these handlers.', {
    task,
    handlers: texts('names of the handlers'),
  }),
  event('task-end', 'A task has ended on a host.', {
    task,
    outcome: outcome.describe('how it ended'),
    changes: z.array(change).describe('what was changed, or would be under `--check`'),
    why: maybeText('why it was skipped, or why the outcome is unknown'),
    error: error.nullable().describe('why it failed; null if it did not'),
    value: z
      .unknown()
      .optional()
      .describe(
        'the value of a fact whose output is a text for people; left out if its JSON is longer than 1 MiB',
      ),
    cards: z
      .array(cardGroupSchema)
      .optional()
      .describe('how the value is drawn on the page of the run; left out if its JSON is longer than 1 MiB'),
    seconds: z.number().describe('how long it took, in seconds'),
  }),
  event('host-end', 'A host has ended a play.', {
    play: count('index of the play, from 0'),
    host: text('the host'),
    standing: z
      .enum(['well', 'failed', 'unreachable', 'stopped'])
      .describe('`stopped` when the run or the play ended before the host did'),
  }),
  event('play-end', 'A play has ended.', {
    play: count('index of the play, from 0'),
    failed: texts('hosts that failed or were unreachable in it'),
    note: maybeText('why other hosts did not complete it'),
  }),
  event('run-end', 'The run has ended; the last line.', {
    recap: z
      .array(
        z.object({
          host: text('the host'),
          counts: z.record(outcome, z.number().int().min(0)).describe('number of tasks by outcome'),
        }),
      )
      .describe('the outcomes of each host'),
    stopped: error
      .nullable()
      .describe('why the run stopped early: an interrupt, or an error outside any task'),
    notRun: texts('names of the plays that did not start'),
    due: byHost('handlers by host that were notified and did not run; the next run runs them'),
    forgotten: byHost('those of `due` that are not remembered: the next run will not run them'),
    seconds: z.number().describe('how long the run took, in seconds'),
  }),
] as const

const eventLine = z.discriminatedUnion('type', events)

type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value

/** One line of `--output json`, parsed. */
export type EventLine = Frozen<z.infer<typeof eventLine>>

/**
 * The event in a line of `--output json`.
 *
 * @throws for a line that is not one.
 */
export const readEventLine = (line: string): EventLine => eventLine.parse(JSON.parse(line))

/** The types of events, in the order of a run. */
export const eventTypes: readonly EventLine['type'][] = events.map(({ shape }) => shape.type.value)

/**
 * The JSON Schema (draft 2020-12) of one line of `--output json`.
 *
 * @param extra whether unknown fields are valid. They are in the printed schema, because later versions can add
 * fields; tests allow none.
 */
export const eventsJsonSchema = (extra: 'valid' | 'invalid' = 'valid') => ({
  title: 'A line of `--output json`',
  description: `Format ${jsonFormat}, the field \`format\` of the first line. Later versions of the same format can add fields, values and types of events: ignore those that you do not know. A field that is not known is null, never missing.`,
  ...z.toJSONSchema(eventLine, {
    target: 'draft-2020-12',
    // zod allows unknown fields in the schema of an input, and forbids them in that of an output
    io: extra === 'valid' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  }),
})
