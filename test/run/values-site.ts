/** Facts and tasks that give values, and hosts for them, for tests of steps that are made from values. */
import { z } from 'zod'
import type { Script } from '../../engine/connection/scripted.ts'
import type { PlayMaker } from '../../engine/dsl/play.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { usual } from './site.ts'

export const noParams = z.object({})

/** A fact that can change: what `name` prints. */
export const name = defineTask({
  name: 'name',
  description: 'Reads a name.',
  params: noParams,
  check: async ({ remote }) => ok(await remote.query`name`.text()),
})
/** A fact that cannot. */
export const kernel = defineTask({
  name: 'kernel',
  description: 'Reads the kernel.',
  params: noParams,
  fixed: true,
  check: async ({ remote }) => ok(await remote.query`kernel`.text()),
})
/** A task that acts, and gives what it printed. */
export const key = defineTask({
  name: 'key',
  description: 'Makes a key.',
  params: z.object({ creates: z.string().optional() }),
  checkable: ({ creates }) => creates !== undefined,
  guards: ({ creates }) => creates !== undefined,
  check: async ({ remote }, { creates = '' }) => ((await remote.exists(creates)) ? ok() : drift('key')),
  apply: async ({ remote }, { creates }) => {
    const text = await remote.run`make-key`.text()
    if (creates !== undefined) await remote.write(creates, text)
    return ok({ text })
  },
})
export const lost = (): never => {
  throw new CoxswainError('connect-failed', 'no route')
}
export const named = (text: string, more: Script = {}): Script => ({
  ...more,
  replies: [[/^name$/, text], [/^kernel$/, 'linux'], [/^make-key$/, 'k1'], ...(usual.replies ?? [])],
})
export const one = { a: named('anna') }

/** A play with these tasks on all hosts. */
export const playOf = (tasks: () => readonly Step[]) => (play: PlayMaker<Record<string, unknown>>) => [
  play('p', { hosts: 'all', tasks }),
]
