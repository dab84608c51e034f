import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { findBelow, findParams } from './finding/find-below.ts'

/** Lists what is in a folder, by name, kind, size and age: a fact, for plays and other tasks. */
export const find = defineTask({
  name: 'find',
  description:
    'Lists what is in a folder of the host, by name, kind, size and age, sorted by path. A folder that does not exist has nothing in it.',
  reads: 'find and stat, without following links',
  example: { path: '/etc', patterns: '*.conf' },
  params: () =>
    z.object({
      ...findParams,
      limit: z.coerce
        .number<number | string>()
        .int()
        .min(1)
        .default(1000)
        .describe('how much can be found; more is an error'),
    }),
  title: ({ path, patterns }) =>
    `what is in ${path}${patterns.length === 0 ? '' : `: ${patterns.join(', ')}`}`,

  async check({ remote }, { limit, ...wanted }) {
    const found = (await findBelow(remote, wanted)) ?? []
    if (found.length <= limit) return ok(found)
    throw new CoxswainError(
      'task-failed',
      `${wanted.path} has ${found.length} of these, and limit is ${limit}`,
      {
        hint: 'narrow the search with patterns, type or depth, or raise limit',
      },
    )
  },
})
