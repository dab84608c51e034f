import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { quote } from '../../remote/quote.ts'

/** The script of `run exec`: one word is shell text, several words are a command and its arguments. */
export const execScript = (words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quote).join(' ')

/**
 * The task of `run exec`.
 *
 * @param ended called with the exit status on each host.
 */
export const execTask = (ended: (host: string, status: number) => void) =>
  defineTask({
    name: 'exec',
    description: 'Runs a command of the user.',
    params: z.object({ script: z.string(), timeout: z.number().optional() }),
    title: ({ script }) => script,
    async apply({ remote, host }, { script, timeout }) {
      const command = remote.run(timeout === undefined ? {} : { timeout })`sh -c -- ${script}`
      const { code } = await command.result()
      ended(host.name, code)
      await command
    },
  })
