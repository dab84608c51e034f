import { CoxswainError, defineTask, z } from '../../engine/index.ts'

/**
 * Fails with a message. Use it with a condition, or in a rescue that has tidied up.
 *
 * @example
 * fail({ message: 'the disk is too small' }, { when: async ({ remote }) => … })
 */
export const fail = defineTask({
  name: 'fail',
  description: 'Fails with a message.',
  reads: 'nothing',
  example: { message: 'this host must not be touched: see its ticket' },
  params: () =>
    z.object({ message: z.string().describe('the error message: what is wrong, and what to do') }),
  title: ({ message }) => `fail: ${message}`,

  check(_ctx, { message }) {
    throw new CoxswainError('task-failed', message, { hint: 'the playbook says so' })
  },
})
