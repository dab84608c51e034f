/** Rehearsal of a role on scripted hosts. */
import { z } from 'zod'
import type { ScriptedConnection, ScriptedFile } from '../connection/scripted.ts'
import { playbook } from '../dsl/playbook.ts'
import type { RoleStep } from '../dsl/step.ts'
import { CoxswainError } from '../errors.ts'
import type { Outcome, RunEvent, TaskEnd } from '../run/events.ts'
import type { Fleet } from '../run/fleet.ts'
import { makePlan } from '../run/plan/plan.ts'
import { runPlan } from '../run/runner.ts'
import { connect, insist, insistOnReplies } from './world.ts'
import type { World } from './world.ts'

/** A task of a role on a host. */
export interface RehearsedTask {
  /** Its name and title: `file: file /etc/motd`. */
  readonly title: string
  /** The outcome of the run. */
  readonly outcome: Outcome
  /** The outcome under `--check`; undefined where its steps were unknown then. */
  readonly predicted: Outcome | undefined
  /** Whether it is a handler. */
  readonly handler: boolean
}

/** The result of a rehearsal on one host. */
export interface RoleRehearsal {
  /** The tasks and handlers in the order in which they ended. */
  readonly tasks: readonly RehearsedTask[]
  /** The names of the handlers that ran. */
  readonly handlers: readonly string[]
  /** The message of the task that failed; undefined otherwise. */
  readonly error: string | undefined
  /** Commands in order, without file operations. */
  readonly commands: {
    /** Those under `--check`. */
    readonly check: readonly string[]
    /** Those of the run that can change the host. */
    readonly apply: readonly string[]
  }
  /** The files after the run. */
  readonly files: ReadonlyMap<string, ScriptedFile>
}

const inventoryOf = (names: readonly string[]) => {
  const match = (pattern: string): string[] => {
    const found = names.filter((name) => pattern === 'all' || pattern === name)
    if (found.length > 0) return found
    throw new CoxswainError('pattern-invalid', `the rehearsal has no host "${pattern}"`)
  }
  const hosts = new Map(
    names.map((name) => [name, { name, groups: ['all'], address: '192.0.2.1', variables: new Map() }]),
  )
  return { hosts, match, group: match, hasGroup: (name: string) => name === 'all' }
}

const fleetOf = (connections: ReadonlyMap<string, ScriptedConnection>, match: Fleet['match']): Fleet => ({
  match,
  hosts: new Map(
    [...connections].map(([name, connection]) => [
      name,
      {
        name,
        groups: ['all'],
        address: '192.0.2.1',
        become: true,
        becomeMethod: 'sudo' as const,
        becomePassword: undefined,
        secrets: [],
        connect: () => connection,
      },
    ]),
  ),
})

/** Tells apart the tasks of a host. */
const keyOf = ({ task: { host, position, name, title } }: TaskEnd): string =>
  JSON.stringify([host, position, name, title])

const mutations = ({ log }: ScriptedConnection): number =>
  log.filter(({ purpose }) => purpose === 'run').length

const about = ({ task, why, error }: TaskEnd): string =>
  `${task.host}: ${task.title}: ${error?.message ?? why ?? 'no reason was given'}`

/** @throws `task-failed` where `--check` said something else than what the run did. */
const insistOnPrediction = (ends: readonly TaskEnd[], predicted: ReadonlyMap<string, Outcome>): void => {
  for (const end of ends) {
    const before = predicted.get(keyOf(end))
    if (before === undefined) continue
    const { outcome } = end
    const surprise =
      (outcome === 'changed' && before !== 'would change' && before !== 'unknown') ||
      (before === 'would change' && outcome !== 'changed' && outcome !== 'failed')
    insist(!surprise, `--check said "${before}", but the run was "${outcome}": ${about(end)}`)
  }
}

/**
 * Rehearses a role on scripted hosts, such as one for each family of operating systems, as the engine runs it: with `--check`, without it,
 * and once more.
 *
 * @param worlds the hosts by name, with their files and replies; they keep what the role changes.
 * @throws `task-failed` if `--check` changes anything or predicts another outcome than that of the run, if a second run changes anything or
 *   notifies a handler, or if a command has no reply.
 * @example
 * const { debian, alpine } = await rehearseRole(time({ servers: ['a'] }), { debian: {…}, alpine: {…} })
 * assert.deepEqual(debian.handlers, ['time: restart'])
 */
export const rehearseRole = async <const Worlds extends Readonly<Record<string, World>>>(
  role: RoleStep,
  worlds: Worlds,
): Promise<{ readonly [Host in keyof Worlds]: RoleRehearsal }> => {
  const all = Object.entries<World>(worlds).map(([name, world]) => ({
    name,
    world,
    connection: connect(world),
  }))
  insist(all.length > 0, 'give at least one host: { debian: { files: … } }')
  const connections = new Map(all.map(({ name, connection }) => [name, connection]))
  const view = inventoryOf(all.map(({ name }) => name))
  const plan = makePlan(
    playbook({
      name: role.name,
      vars: z.unknown(),
      plays: ({ play }) => [play(role.name, { hosts: 'all', tasks: () => [role] })],
    }),
    view,
  )
  const run = async (checkMode: boolean): Promise<TaskEnd[]> => {
    const events: RunEvent[] = []
    await runPlan(plan, fleetOf(connections, view.match), {
      checkMode,
      forks: all.length,
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
    })
    for (const { connection, world } of all) insistOnReplies([connection], world)
    return events.filter((event) => event.type === 'task-end')
  }

  const predictions = await run(true)
  const predicted = new Map(predictions.map((end) => [keyOf(end), end.outcome]))
  for (const { name, connection } of all)
    insist(mutations(connection) === 0, `--check sent a command that can change the host ${name}`)
  const before = new Map(all.map(({ name, connection }) => [name, connection.log.length]))
  const checked = new Map(all.map(({ name, connection }) => [name, connection.commands()]))

  const ends = await run(false)
  insistOnPrediction(ends, predicted)
  const applied = (name: string): string[] =>
    (connections.get(name)?.log.slice(before.get(name)) ?? []).flatMap(({ purpose, script, operation }) =>
      purpose === 'run' && operation === undefined ? [script] : [],
    )
  const commands = new Map(
    all.map(({ name }) => [name, { check: checked.get(name) ?? [], apply: applied(name) }]),
  )

  const failed = (name: string): TaskEnd | undefined =>
    ends.find(
      ({ task, outcome }) => task.host === name && (outcome === 'failed' || outcome === 'unreachable'),
    )
  if (all.every(({ name }) => failed(name) === undefined)) {
    const sent = all.map(({ connection }) => mutations(connection))
    const again = (await run(false)).find(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped')
    insist(again === undefined, `a second run was not still: ${again === undefined ? '' : about(again)}`)
    for (const [index, { name, connection }] of all.entries())
      insist(mutations(connection) === sent[index], `a second run changed the host ${name}`)
  }

  const resultOf = (name: string): RoleRehearsal => {
    const own = ends.filter(({ task }) => task.host === name)
    return {
      tasks: own.map((end) => ({
        title: `${end.task.name}: ${end.task.title}`,
        outcome: end.outcome,
        predicted: predicted.get(keyOf(end)),
        handler: end.task.handler !== undefined,
      })),
      handlers: own.flatMap(({ task }) => task.handler ?? []),
      error: failed(name)?.error?.message,
      commands: commands.get(name) ?? { check: [], apply: [] },
      files: connections.get(name)?.files ?? new Map(),
    }
  }
  return mapped(worlds, resultOf)
}

/** An object with the same names and other values. */
function mapped<Names extends object, Value>(
  names: Names,
  of: (name: string) => Value,
): { readonly [Name in keyof Names]: Value }
function mapped(names: object, of: (name: string) => unknown): object {
  return Object.fromEntries(Object.keys(names).map((name) => [name, of(name)]))
}
