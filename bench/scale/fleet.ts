/** Many hosts of the imagination, and one long play for them. */
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

/** What the hosts are like when the run begins: as they shall be, or with nothing on them. */
export type Case = 'ok' | 'changed'
export const cases: readonly Case[] = ['ok', 'changed']

const pathOf = (step: number): string => `/srv/step-${String(step).padStart(3, '0')}`

/** Makes a file by a command that says so: a look, and where it is missing a command and another look. */
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

/** What a host's part of the output of -v shall be, word by word what comes before the time that a task took. */
export const expectedLines = (start: Case, tasks: number): string[] =>
  Array.from({ length: tasks }, (_, step) => {
    const path = pathOf(step)
    return start === 'ok' ? [`ok make ${path}`] : [`| made ${path}`, `changed make ${path}`]
  }).flat()
