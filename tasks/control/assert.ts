import { CoxswainError, defineTask, flag, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

/** What must hold: a truth that is known beforehand, or a question put to the host. */
type Claim = boolean | ((ctx: CheckContext) => boolean | Promise<boolean>)

const isQuestion = (value: unknown): value is Exclude<Claim, boolean> => typeof value === 'function'

/**
 * Fails unless something holds.
 *
 * @example
 * assert({ that: async ({ fact }) => (await fact(osRelease())).id === 'debian', message: 'only Debian is tried' })
 */
export const assert = defineTask({
  name: 'assert',
  description: 'Fails unless a condition is true.',
  reads: 'what the condition reads from the host',
  example: { that: true, message: 'this is never said' },
  params: () =>
    z.object({
      that: z
        .union([flag(), z.custom<Exclude<Claim, boolean>>(isQuestion).meta({ title: 'function' })])
        .describe('what must be true; in a playbook also a function that reads from the host'),
      message: z.string().describe('the error message: what is wrong, and what to do'),
    }),
  title: ({ message }) => `assert, or else: ${message}`,

  async check(ctx, { that, message }) {
    const holds = isQuestion(that) ? await that(ctx) : that
    if (holds) return ok()
    throw new CoxswainError('task-failed', message, { hint: 'see the condition in the playbook' })
  },
})
