/** The result of a command, and how its author judges it: shared by the tasks command, shell and script. */
import { CoxswainError, drift, ok, words, z } from '../../../engine/index.ts'
import type { CommandResult, Drift, Ok } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import type { JsonReader } from '../../shared/json-reader.ts'
import { guarded } from './guards.ts'
import type { Guards } from './guards.ts'

/** What a command of the user printed, and how it ended. */
export interface CommandOutput {
  /** Its exit status; 128 + n if signal n ended it. */
  readonly status: number
  /** Its standard output, without the newlines at its end. */
  readonly stdout: string
  /** Its standard error, without the newlines at its end. */
  readonly stderr: string
  /** The lines of `stdout`, empty ones included; none if it printed nothing. */
  readonly lines: readonly string[]
  /** Parses its standard output as JSON; a schema checks the value and types it. Throws `command-failed` for other text. */
  readonly json: JsonReader
}

/** A condition about the result of a command. */
export type Judge = (output: CommandOutput) => boolean

const isJudge = (value: unknown): value is Judge => typeof value === 'function'

const judge = () => z.custom<Judge>(isJudge, 'a function is needed').meta({ title: 'function' })

const statuses = () => z.array(z.number().int().min(0).max(255)).min(1)

/** Parameters of every task that runs a command of the user. */
export const judgeParams = {
  okStatus: z
    .union([
      statuses(),
      words()
        .transform((list) => list.map(Number))
        .pipe(statuses()),
    ])
    .optional()
    .describe('the exit statuses that mean success; 0 by default'),
  changedWhen: judge()
    .optional()
    .describe(
      'in a playbook: a function of the result ({ status, stdout, stderr, lines, json() }) that says whether the command changed something; by default it always did',
    ),
  failedWhen: judge()
    .optional()
    .describe(
      'in a playbook: a function of the result that says whether the command failed, whatever its exit status',
    ),
}

export interface Judges {
  readonly okStatus?: readonly number[] | undefined
  readonly changedWhen?: Judge | undefined
  readonly failedWhen?: Judge | undefined
}

/** What does not go together in the parameters of such a task. */
const contradiction = (given: Judges & Guards): string | undefined => {
  if (given.okStatus !== undefined && given.failedWhen !== undefined)
    return 'give okStatus or failedWhen, not both: failedWhen decides whatever the exit status'
  if (given.readOnly !== true) return undefined
  if (guarded(given)) return 'a command that only reads needs no creates, removes or unless: it always runs'
  if (given.changedWhen !== undefined)
    return 'a command that only reads changes nothing: leave changedWhen or readOnly out'
  return undefined
}

/** Refuses parameters that do not go together. */
export const refuseContradiction = (given: Judges & Guards, ctx: z.RefinementCtx): void => {
  const message = contradiction(given)
  if (message !== undefined) ctx.addIssue({ code: 'custom', message })
}

const trimmed = (text: string): string => {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}

/** The result for authors. */
export const outputOf = (result: CommandResult, what: string): CommandOutput => {
  const stdout = trimmed(result.stdout)
  return {
    status: result.code,
    stdout,
    stderr: trimmed(result.stderr),
    lines: stdout === '' ? [] : stdout.split('\n'),
    json: jsonReader(result.stdout, { name: 'the output', of: what, code: 'command-failed' }),
  }
}

const judged = (name: string, its: Judge, output: CommandOutput): boolean => {
  const said: unknown = its(output)
  if (typeof said === 'boolean') return said
  throw new CoxswainError('author-error', `${name} must return true or false, not ${typeof said}`, {
    hint: `write ${name}: ({ stdout }) => stdout.includes('…')`,
  })
}

/** A command that has not been judged yet. */
interface Running {
  readonly result: () => Promise<CommandResult>
  /** Rejects as a command does whose status is not 0. */
  readonly orFail: () => Promise<CommandResult>
}

const failure = (message: string, { stdout, stderr }: CommandOutput): CoxswainError =>
  new CoxswainError('command-failed', message, {
    output: (stderr.trim() === '' ? stdout : stderr).split('\n').slice(-20).join('\n'),
  })

/**
 * Runs a command, and returns its result.
 *
 * @param what how messages refer to the command.
 * @throws `command-failed` if it failed by its exit status, `okStatus` or `failedWhen`, or if its output exceeds the limit
 * and a function must judge it.
 */
export const ended = async (running: Running, what: string, judges: Judges): Promise<CommandOutput> => {
  const { okStatus, failedWhen, changedWhen } = judges
  const result = await running.result()
  const output = outputOf(result, what)
  if (okStatus === undefined ? failedWhen === undefined : !okStatus.includes(result.code))
    await running.orFail()
  if (okStatus !== undefined && !okStatus.includes(result.code))
    throw failure(`exit status ${result.code}, which okStatus does not list, from: ${what}`, output)
  if (result.dropped > 0 && (failedWhen ?? changedWhen) !== undefined)
    throw new CoxswainError(
      'command-failed',
      `its output exceeds the limit (${result.dropped} bytes are lost): ${what}`,
      {
        hint: 'reduce the output, for example with grep, head or tail',
      },
    )
  if (failedWhen !== undefined && judged('failedWhen', failedWhen, output))
    throw failure(`failedWhen is true (exit status ${result.code}) for: ${what}`, output)
  return output
}

/** What an apply returns: with `changedWhen`, whether the command changed something; and its result. */
export const findingOf = (
  output: CommandOutput,
  what: string,
  { changedWhen }: Judges,
): Ok<CommandOutput> | (Drift & { readonly value: CommandOutput }) => {
  if (changedWhen === undefined || !judged('changedWhen', changedWhen, output)) return ok(output)
  return { ...drift({ what, to: 'run' }), value: output }
}
