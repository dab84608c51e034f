/** Many simulated hosts, and one long play for them. */
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { ScriptedConnection } from '../../engine/connection/scripted.ts'
import type { PlayMaker } from '../../engine/dsl/play.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { prepare } from '../../test/run/site.ts'

export interface Size {
  readonly hosts: number
  readonly tasks: number
}

/** The state of the hosts when the run starts: up to date, or empty. */
export type Case = 'ok' | 'changed'
export const cases: readonly Case[] = ['ok', 'changed']

const pathOf = (step: number): string => `/srv/step-${String(step).padStart(3, '0')}`

/** Creates a file with a command that prints a line: a check, and if the file is missing a command and another check. */
export const make = defineTask({
  name: 'make',
  description: 'Makes a file.',
  params: z.object({ path: z.string() }),
  title: ({ path }) => `make ${path}`,
  async check({ remote }, { path }) {
    return (await remote.exists(path)) ? ok() : drift({ what: path, to: 'there' })
  },
  async apply({ remote }, { path }) {
    await remote.run`make ${path}`
  },
})

/** New hosts by name. */
export const newHosts = ({ hosts, tasks }: Size, start: Case): Record<string, ScriptedConnection> => {
  const paths = Array.from({ length: start === 'ok' ? tasks : 0 }, (_, step) => pathOf(step))
  return Object.fromEntries(
    Array.from({ length: hosts }, (_, index) => [
      `host-${String(index).padStart(4, '0')}`,
      scripted({
        files: Object.fromEntries(paths.map((path) => [path, 'made'])),
        replies: [
          [
            /^make /,
            ({ script }, files) => {
              const path = script.slice('make '.length)
              files.set(path, { content: 'made' })
              return `made ${path}\n`
            },
          ],
        ],
      }),
    ]),
  )
}

/** A plan for them: one play, every task a file. */
export const planFor = (hosts: Record<string, ScriptedConnection>, tasks: number) =>
  prepare(
    (play: PlayMaker<Record<string, unknown>>) => [
      play('many files', {
        hosts: 'web',
        tasks: () => Array.from({ length: tasks }, (_, step) => make({ path: pathOf(step) })),
      }),
    ],
    { hosts },
  )

/** The expected output of -v for a host, as text before the time of each task. */
export const expectedLines = (start: Case, tasks: number): string[] =>
  Array.from({ length: tasks }, (_, step) => {
    const path = pathOf(step)
    return start === 'ok' ? [`ok make ${path}`] : [`| made ${path}`, `changed make ${path}`]
  }).flat()
