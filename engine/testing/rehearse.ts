/**
 * Rehearsal of a task without a host.
 *
 * A rehearsal runs the task as the engine does, over a scripted connection, three times: with `--check`, without it,
 * and once more. It fails if the check changes anything, if the second run is not ok, or if a command has no reply.
 */
import type { ScriptedFile } from '../connection/scripted.ts'
import type { Task } from '../dsl/types.ts'
import type { Change } from '../dsl/verdict.ts'
import type { Outcome } from '../run/events.ts'
import { standaloneRun } from '../run/task/standalone-run.ts'
import { connect, insist, insistOnReplies } from './world.ts'
import type { World } from './world.ts'

/** The result of a rehearsal. */
export interface Rehearsal {
  /** The outcome of the run. */
  readonly outcome: Outcome
  /** What the run changed. */
  readonly changes: readonly Change[]
  /** Why the task was skipped or its state is unknown; undefined otherwise. */
  readonly why: string | undefined
  /** The error of a task that failed; undefined otherwise. */
  readonly error: unknown
  /** The outcome under `--check`. */
  readonly predicted: Outcome
  /** Commands in order, without file operations. */
  readonly commands: {
    /** Those of the first check. */
    readonly check: readonly string[]
    /** Those of the run that can change the host. */
    readonly apply: readonly string[]
  }
  /** The files after the run. */
  readonly files: ReadonlyMap<string, ScriptedFile>
}

/** Scripted hosts on which a task can be executed several times; they keep its changes. */
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

/**
 * Rehearses a task on one host.
 *
 * @throws `task-failed` if the check sends a command that can change the host, if `--check` predicts another outcome
 * than that of the run, or a change where the run refuses before it changes anything, if a second run changes
 * something, or if the test has no reply for a command.
 * @example
 * const run = await rehearse(sysctl({ key: 'vm.swappiness', value: 0 }), { replies: { 'sysctl -n vm.swappiness': '60' } })
 * assert.equal(run.commands.apply, ['sysctl -w vm.swappiness=0'])
 */
export const rehearse = async (task: Task, world: World): Promise<Rehearsal> => {
  const { connection, others, execute } = stage(world)
  const everyone = [connection, ...others.map((other) => other.connection)]
  const mutations = (): number =>
    everyone.flatMap(({ log }) => log.filter(({ purpose }) => purpose === 'run')).length

  const predicted = await execute(task, true)
  insistOnReplies(everyone, world)
  insist(mutations() === 0, 'the check sent a command that can change the host')
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
      predicted.outcome !== 'would change' ||
      world.unpredictable !== undefined,
    '--check said "would change", but the run refuses before it changes anything',
    real.error,
  )
  if (real.outcome === 'changed' && task.check !== undefined) {
    insist(
      predicted.outcome === 'would change' || predicted.outcome === 'unknown',
      `--check said "${predicted.outcome}", but the run changed something`,
      predicted.error,
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
    predicted: predicted.outcome,
    commands: { check, apply },
    files: connection.files,
  }
}
