/**
 * Rehearsal of a task without a host: `import { rehearse } from 'coxswain/testing'`.
 *
 * A rehearsal runs the task as the engine does, over a scripted connection, three times: with `--check`, for real, and
 * once more. It fails by itself when the check changes anything, when the second run does not find all well, or when a
 * command has no reply.
 */
import { scripted } from './connection/scripted.ts'
import type { Reply, ScriptedConnection, ScriptedFile } from './connection/scripted.ts'
import type { Task } from './dsl/types.ts'
import type { Change } from './dsl/verdict.ts'
import { CoxswainError } from './errors.ts'
import type { Outcome } from './run/events.ts'
import { standaloneRun } from './run/task/standalone-run.ts'

export type { Reply, ScriptedFile } from './connection/scripted.ts'

/** What a host holds and answers. */
export interface World {
  readonly files?: Readonly<Record<string, string | ScriptedFile>>
  /** Answers by the exact script. */
  readonly replies?: Readonly<Record<string, Reply>>
  /** Answers by a pattern, asked after `replies`. */
  readonly patterns?: readonly (readonly [RegExp, Reply])[]
  /** Why a check cannot know that the run refuses before it changes anything: what it rests on may come meanwhile. */
  readonly unpredictable?: string
  /** Other hosts, by the selector or the pick's name that the task asks for. */
  readonly others?: Readonly<Record<string, World>>
}

/** What came of a rehearsal. */
export interface Rehearsal {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  readonly why: string | undefined
  readonly error: unknown
  /** What `--check` said. */
  readonly foretold: Outcome
  /** Commands in their order, file operations left out: those of the first check, and those that may change things. */
  readonly commands: { readonly check: readonly string[]; readonly apply: readonly string[] }
  /** The files as the run left them. */
  readonly files: ReadonlyMap<string, ScriptedFile>
}

const connect = ({ files = {}, replies = {}, patterns = [] }: World): ScriptedConnection =>
  scripted({ files, replies: [...Object.entries(replies), ...patterns] })

/** A stage on which a task can be executed as often as wanted; it keeps what was changed. */
const stage = (world: World) => {
  const connection = connect(world)
  const others = Object.entries(world.others ?? {}).map(([name, other]) => ({
    name,
    connection: connect(other),
  }))
  return {
    connection,
    others,
    execute: standaloneRun(
      new Map([['host', connection], ...others.map(({ name, connection: its }) => [name, its] as const)]),
    ),
  }
}

/** @throws `task-failed` naming the first command that a world has no reply to. */
const insistOnReplies = (
  connections: readonly ScriptedConnection[],
  { replies = {}, patterns = [] }: World,
): void => {
  const [command] = connections.flatMap(({ unanswered }) => unanswered)
  if (command === undefined) return
  const known = [...Object.keys(replies), ...patterns.map(([pattern]) => String(pattern))]
  throw new CoxswainError('task-failed', `rehearsal: the test gives no reply to the command: ${command}`, {
    output: known.length === 0 ? undefined : `it gives replies to:\n${known.join('\n')}`,
    hint: 'add the command to replies, or a pattern of it to patterns',
  })
}

const insist = (holds: boolean, message: string, cause?: unknown): void => {
  if (!holds) throw new CoxswainError('task-failed', `rehearsal: ${message}`, { cause })
}

/**
 * Rehearses a task on one host.
 *
 * @throws `task-failed` when the check sends anything that may change the host, when `--check` foretells another
 * outcome than the run has, or a change where the run refuses before it changes anything, when a second run changes something, or when the test gives no reply to a command.
 * @example
 * const run = await rehearse(sysctl({ key: 'vm.swappiness', value: 0 }), { replies: { 'sysctl -n vm.swappiness': '60' } })
 * assert.equal(run.commands.apply, ['sysctl -w vm.swappiness=0'])
 */
export const rehearse = async (task: Task, world: World): Promise<Rehearsal> => {
  const { connection, others, execute } = stage(world)
  const everyone = [connection, ...others.map((other) => other.connection)]
  const mutations = (): number =>
    everyone.flatMap(({ log }) => log.filter(({ purpose }) => purpose === 'run')).length

  const foretold = await execute(task, true)
  insistOnReplies(everyone, world)
  insist(mutations() === 0, 'the check sent something that may change the host')
  const check = connection.commands()

  const before = connection.log.length
  const real = await execute(task, false)
  insistOnReplies(everyone, world)
  const apply = connection.log
    .slice(before)
    .flatMap(({ purpose, script, operation }) =>
      purpose === 'run' && operation === undefined ? [script] : [],
    )

  const refused = real.outcome === 'failed' && mutations() === 0
  insist(
    !refused ||
      task.check === undefined ||
      foretold.outcome !== 'would change' ||
      world.unpredictable !== undefined,
    '--check said "would change", but the run refuses before it changes anything',
    real.error,
  )
  if (real.outcome === 'changed' && task.check !== undefined) {
    insist(
      foretold.outcome === 'would change' || foretold.outcome === 'unknown',
      `--check said "${foretold.outcome}", but the run changed something`,
      foretold.error,
    )
  }
  if ((real.outcome === 'changed' || real.outcome === 'ok') && task.check !== undefined) {
    const sent = mutations()
    const second = await execute(task, false)
    insistOnReplies(everyone, world)
    insist(
      second.outcome === 'ok' && mutations() === sent,
      `the second run was "${second.outcome}"`,
      second.error,
    )
  }
  return {
    outcome: real.outcome,
    changes: real.changes,
    why: real.why,
    error: real.error,
    foretold: foretold.outcome,
    commands: { check, apply },
    files: connection.files,
  }
}
