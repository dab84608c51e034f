/** Evaluates conditions (`when`). */
import { inspect } from 'node:util'
import { CoxswainError } from '../../errors.ts'
import type { WhenContext } from '../../dsl/types.ts'

/**
 * Evaluates a `when`. The type is checked at run time, because in plain JavaScript the text `'false'` would count as
 * true.
 *
 * @throws CoxswainError `author-error` if it does not return true or false.
 */
export const holds = async (
  when: (ctx: WhenContext) => boolean | Promise<boolean>,
  ctx: WhenContext,
): Promise<boolean> => {
  const answer: unknown = await when(ctx)
  if (typeof answer === 'boolean') return answer
  throw new CoxswainError('author-error', `a condition (when) returned ${inspect(answer, { depth: 1 })}`, {
    hint: 'return true or false; Boolean(…) converts any value',
  })
}
