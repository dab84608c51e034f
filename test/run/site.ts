/** Runs plays on scripted hosts, for tests of the runner. */
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { Script, ScriptedConnection } from '../../engine/connection/scripted.ts'
import type { Connection, Request } from '../../engine/connection/types.ts'
import { playbook } from '../../engine/dsl/playbook.ts'
import type { Play, PlayMaker } from '../../engine/dsl/play.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import type { TaskOptions } from '../../engine/dsl/types.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { matchHosts } from '../../engine/inventory/patterns/match.ts'
import type { RunEvent, TaskEnd } from '../../engine/run/events.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import type { Redactor } from '../../engine/run/masking/redactor.ts'
import { runPlan } from '../../engine/run/runner.ts'
import type { RunOptions, RunResult } from '../../engine/run/runner.ts'

/** A file that must exist: the simplest task with a check and an apply. */
export const touch = defineTask({
  name: 'touch',
  description: 'Holds a file.',
  params: z.object({ path: z.string() }),
  title: ({ path }) => path,
  async check({ remote }, { path }) {
    return (await remote.exists(path)) ? ok() : drift({ what: path, to: 'there' })
  },
  async apply({ remote }, { path }) {
    await remote.write(path, 'x')
  },
})
export const say = defineTask({
  name: 'say',
  description: 'Runs a command every time.',
  params: z.object({ text: z.string() }),
  title: ({ text }) => text,
  async apply({ remote }, { text }) {
    await remote.run`say ${text}`
  },
})
export const fails = (options?: TaskOptions) => say({ text: 'fail' }, options)

export interface Site {
  readonly hosts?: Readonly<Record<string, Script | Connection>>
  readonly checkMode?: boolean
  readonly limit?: readonly string[]
  readonly signal?: AbortSignal
  readonly forks?: number
  /** A redactor with secrets known before the run. */
  readonly redactor?: Redactor
  readonly options?: Pick<RunOptions, 'stopping' | 'ask' | 'confirm' | 'due'>
  /** Leaves out tasks of the plan. */
  readonly choose?: (plan: Plan) => Plan
  /** Called with every event. */
  readonly onEvent?: (event: RunEvent) => void
}

export interface Outcome extends RunResult {
  readonly events: RunEvent[]
  /** `host task outcome`, in the order in which the tasks ended. */
  readonly story: string[]
  readonly ends: TaskEnd[]
  readonly connections: Readonly<Record<string, Connection>>
}

export const usual: Script = {
  replies: [
    [/^say fail$/, { code: 1, stderr: 'no' }],
    [/^say /, ''],
  ],
}
export const isConnection = (given: Script | Connection): given is Connection => 'execute' in given

type Plays = (play: PlayMaker<Record<string, unknown>>) => readonly Play<Record<string, unknown>>[]

/** A plan of plays and its scripted hosts, all in the group `web`. */
export const prepare = (
  plays: Plays,
  { hosts = { a: usual, b: usual, c: usual }, limit }: Pick<Site, 'hosts' | 'limit'> = {},
) => {
  const draft = new InventoryDraft()
  for (const name of Object.keys(hosts)) draft.host(name, 'web')
  const inventory = draft.finish()
  const connections = Object.fromEntries(
    Object.entries(hosts).map(([name, given]) => [name, isConnection(given) ? given : scripted(given)]),
  )
  const match = (pattern: string): string[] => matchHosts(inventory, pattern)
  const inventoryView = {
    hosts: new Map(
      Object.keys(hosts).map((name) => [
        name,
        { name, groups: ['all', 'web'], address: name, variables: new Map() },
      ]),
    ),
    match,
    group: (name: string) => hostsOfGroup(inventory, name),
    hasGroup: (name: string) => inventory.groups.has(name),
  }
  const book = playbook({
    name: 'test',
    vars: z.record(z.string(), z.unknown()),
    plays: ({ play }) => plays(play),
  })
  const fleet = {
    match,
    hosts: new Map(
      Object.entries(connections).map(([name, connection]) => [
        name,
        {
          name,
          groups: ['all', 'web'],
          address: name,
          become: false,
          becomeMethod: 'sudo' as const,
          becomePassword: undefined,
          secrets: [],
          connect: () => connection,
        },
      ]),
    ),
  }
  return { plan: makePlan(book, inventoryView, limit), fleet, connections }
}

/** Runs plays on scripted hosts: by default `a`, `b`, `c`, all in the group `web`. */
export const run = async (
  plays: Plays,
  {
    checkMode = false,
    signal,
    forks = 10,
    redactor,
    options = {},
    choose = (plan) => plan,
    onEvent = () => {},
    ...site
  }: Site = {},
): Promise<Outcome> => {
  const { plan, fleet, connections } = prepare(plays, site)
  const events: RunEvent[] = []
  const result = await runPlan(choose(plan), fleet, {
    ...options,
    checkMode,
    forks,
    signal: signal ?? new AbortController().signal,
    ...(redactor !== undefined && { redactor }),
    emit: (event) => {
      events.push(event)
      onEvent(event)
    },
  })
  const ends = events.flatMap((event) => (event.type === 'task-end' ? [event] : []))
  return {
    ...result,
    events,
    ends,
    connections,
    story: ends.map(({ task, outcome }) => `${task.host} ${task.title} ${outcome}`),
  }
}

/** The commands that a scripted host was sent. */
export const sent = (connection: Connection | undefined): string[] =>
  connection !== undefined && 'commands' in connection ? (connection as ScriptedConnection).commands() : []

/** A connection that is lost during the first change, before or after it took effect. */
export const losing = (effective: boolean, script: Script = usual): ScriptedConnection => {
  const inner = scripted(script)
  let lost = false
  return {
    ...inner,
    execute: async (request: Request) => {
      if (request.purpose === 'run' && !lost) {
        lost = true
        if (effective) await inner.execute(request)
        throw new CoxswainError('connection-lost', 'cut')
      }
      return inner.execute(request)
    },
  }
}

/** An unreachable host. */
export const dead: Connection = {
  description: 'dead',
  execute: async () => {
    throw new CoxswainError('connect-failed', 'nobody there')
  },
  close: async () => {},
}

/** A step that prints something, and succeeds. */
export const hi = (text: string): Step => say({ text })

/** Runs steps on one host. */
export const on = (steps: () => readonly Step[], site: Site = {}): Promise<Outcome> =>
  run((play) => [play('p', { hosts: 'all', tasks: steps })], { hosts: { a: usual }, ...site })
