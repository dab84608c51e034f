/** A task that prints its secret wherever it can, and all outputs of its run. */
import { z } from 'zod'
import type { Connection, Request } from '../../engine/connection/types.ts'
import { secret } from '../../engine/dsl/schema.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok, pending, unknown } from '../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { outputKinds, outputs } from '../../engine/report/outputs.ts'
import { lastMask } from '../../engine/report/last-mask.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { scripted } from '../../engine/connection/scripted.ts'
import { cut } from './secret-words.ts'

/** How the task ends. */
export type Ending = 'change' | 'fact' | 'unknown' | 'waits' | 'throws' | 'fails' | 'command fails'

const endings: readonly Ending[] = ['change', 'fact', 'unknown', 'waits', 'throws', 'fails', 'command fails']
export { endings }

/** Puts `words`, which contain the secret, in titles, changes, reasons, output, causes and stack traces. */
export const leaky = defineTask({
  name: 'leaky',
  description: 'Tells what it should not.',
  params: z.object({
    secret: secret(),
    words: z.string(),
    ending: z.enum(['change', 'unknown', 'throws', 'fails', 'command fails']),
  }),
  title: ({ words }) => `title ${words}`,
  check: (_, { words, ending }) =>
    ending === 'unknown'
      ? unknown(`why ${words}`)
      : drift({ what: words, from: `from\n${words}`, to: words }),
  async apply({ remote, log }, { words, ending }) {
    log(`log ${words}`)
    await remote.run`print`
    if (ending === 'throws') throw new TypeError(`thrown ${words}`, { cause: new Error(`cause ${words}`) })
    if (ending === 'command fails') await remote.run`fail`
    if (ending === 'fails') {
      const details = { hint: `hint ${words}`, output: `output\n${words}`, cause: { words } }
      throw new CoxswainError('task-failed', `message ${words}`, details)
    }
  },
})

/** A fact whose value contains the secret. */
export const leakyFact = defineTask({
  name: 'leaky-fact',
  description: 'Reads what it should not.',
  params: z.object({ secret: secret(), words: z.string() }),
  check: (_, { words }) => ok({ value: words, list: [{ words }] }),
})

/** A task that waits and reports for what. */
export const leakyWait = defineTask({
  name: 'leaky-wait',
  description: 'Waits, and tells for what.',
  params: z.object({ secret: secret(), words: z.string() }),
  check: (_, { words }) => pending(`why ${words}`),
  until: () => ({ timeout: 0.05, every: 0.02 }),
})

/** The task with this ending. */
export const taskThat = (ending: Ending, params: { secret: string; words: string }) => {
  if (ending === 'fact') return leakyFact(params)
  if (ending === 'waits') return leakyWait(params)
  return leaky({ ...params, ending })
}

/** A host whose commands print these words in pieces, on both streams. */
export const printing = (words: string, places: readonly number[]): Connection => {
  const inner = scripted({
    replies: [
      ['fail', { code: 1, stderr: `${words}\n`, stdout: words }],
      [/./, ''],
    ],
  })
  return {
    ...inner,
    execute: async (request: Request) => {
      for (const piece of cut(`${words}\n`, places)) {
        request.onOutput?.('stdout', piece)
        request.onOutput?.('stderr', piece)
      }
      return inner.execute(request)
    },
  }
}

/**
 * The output of all reporters for events, with all details.
 *
 * @param lastly masks the output once more, as the command line does.
 */
export const shownBy = async (events: readonly RunEvent[], lastly = new Redactor()): Promise<string> => {
  let written = ''
  for (const kind of outputKinds) {
    const { form, load } = outputs[kind]
    const create = await load()
    for (const verbosity of [0, 2]) {
      const reporter = create({
        write: (text) => (written += lastMask(lastly, form)(text)),
        color: kind === 'tree',
        width: 10_000,
        height: 50,
        diff: true,
        verbosity,
      })
      for (const event of events) dispatch(reporter, event)
      await reporter.close()
    }
  }
  return written
}
