import { cardGroupSchema, defineTask, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

/** What to show: text, any value, or a question put to the host. */
type Shown = (ctx: CheckContext) => unknown

const isQuestion = (value: unknown): value is Shown => typeof value === 'function'

/**
 * Shows something as output of the run, also under `--check`. Secrets are masked as everywhere.
 *
 * @example
 * debug({ show: ({ fact }) => fact(osRelease()) })
 */
export const debug = defineTask({
  name: 'debug',
  description: 'Prints a value in the output of the run.',
  reads: 'what the function reads from the host',
  example: { show: 'a word of the run' },
  params: () =>
    z
      .object({
        show: z
          .unknown()
          .optional()
          .describe('text or any value; in a playbook also a function that reads from the host'),
        text: z
          .string()
          .optional()
          .describe(
            'what people see in place of the value, which programs get; by default the value as JSON',
          ),
        cards: z
          .array(cardGroupSchema)
          .optional()
          .describe('how the page of --report draws the value, with `text`'),
      })
      .refine((given) => 'show' in given || given.text !== undefined, {
        message: 'show or text is needed',
        path: ['show'],
      }),

  async check(ctx, { show, text, cards }) {
    const value: unknown = isQuestion(show) ? await show(ctx) : (show ?? text)
    return text === undefined ? ok(value) : ok(value, { text, ...(cards !== undefined && { cards }) })
  },
})
