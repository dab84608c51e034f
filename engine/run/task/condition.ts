/** Whether a step's `when` lets it run. */
import { inspect } from 'node:util'
import { CoxswainError } from '../../errors.ts'
import type { WhenContext } from '../../dsl/types.ts'

/**
 * Asks a `when`. Its author may not have asked a compiler: the text `'false'` is true to JavaScript.
 *
 * @throws CoxswainError `author-error` when it gives neither true nor false.
 */
export const holds = async (
  when: (ctx: WhenContext) => boolean | Promise<boolean>,
  ctx: WhenContext,
): Promise<boolean> => {
  const answer: unknown = await when(ctx)
  if (typeof answer === 'boolean') return answer
  throw new CoxswainError('author-error', `a condition (when) returned ${inspect(answer, { depth: 1 })}`, {
    hint: 'return true or false: Boolean(…) makes one of any value',
  })
}
