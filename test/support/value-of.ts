/** The values of facts, and what a step gets from them. */
import { scripted } from '../../engine/connection/scripted.ts'
import type { Reply } from '../../engine/connection/scripted.ts'
import type { Task } from '../../engine/dsl/types.ts'
import type { World } from '../../engine/testing.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'

const connectionOf = ({ files = {}, replies = {}, patterns = [] }: World) =>
  scripted({ files, replies: [...Object.entries(replies), ...patterns] })

const resultOf = async (task: Task, world: World) => {
  const hosts = Object.entries({ host: world, ...world.others })
  const connections = hosts.map(([name, one]) => [name, connectionOf(one)] as const)
  const result = await standaloneRun(new Map(connections))(task, false)
  const { error, outcome, changes } = result
  if (error !== undefined) throw error
  if (outcome === 'failed') throw new Error(changes.map(({ what }) => what).join(', '))
  return result
}

/** Executes a task once on scripted hosts, and returns its value. It throws the error of a task that fails. */
export const valueOf = async (task: Task, world: World): Promise<unknown> =>
  (await resultOf(task, world)).value

/** The text with which people see the value of a task; undefined for JSON. It throws as valueOf. */
export const textOf = async (task: Task, world: World): Promise<string | undefined> =>
  (await resultOf(task, world)).shown?.text

/** The value of a fact that sends one command, for what a host answers to it. */
export const valueFrom = (task: Task, answer: Reply): Promise<unknown> =>
  valueOf(task, { patterns: [[/[^]/, answer]] })
