/** Whether a server of a load balancer is the last one that is ready. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { besides } from './configuration.ts'
import { readyUrls } from './ready.ts'

/**
 * Refuses to drain a server that is ready, where no other one of its section is: haproxy could not send connections anywhere.
 *
 * @throws `task-failed`. What cannot be asked is not refused.
 */
export const refuseLastReady = async (ctx: CheckContext, text: string, server: string): Promise<void> => {
  const sections = besides(text, server)
  const urls = sections.flatMap(({ own, others }) => [...own, ...others].map(({ url }) => url))
  const ready = await readyUrls(ctx, urls)
  if (ready === undefined) return
  const isReady = ({ url }: { readonly url: string }): boolean => ready.has(url)
  const left = sections.find(({ own, others }) => own.some(isReady) && !others.some(isReady))
  if (left === undefined) return
  const names = left.others.map(({ name }) => name)
  throw new CoxswainError(
    'task-failed',
    `${server} is not drained on ${ctx.host.name}: ${server} is its last server that is ready: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not`,
    {
      hint: `bring another one back first; ${ctx.host.name} asks ${left.others.map(({ url }) => url).join(', ')}`,
    },
  )
}
