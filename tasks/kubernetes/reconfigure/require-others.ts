/** The condition for changing a control-plane node: the API servers of the others. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { readReadiness } from '../cluster-state/read-api.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import type { Master } from '../kubeadm/settings.ts'

/** @throws `task-failed` with the control-plane nodes whose API servers are not ready, or could not be asked. */
export const requireOtherServers = async (
  ctx: CheckContext,
  others: readonly Master[],
  port: number,
): Promise<void> => {
  if (others.length === 0) return
  const urlOf = ({ address }: Master): string => `${ownServer(address, port)}/readyz`
  const answers = await readReadiness(ctx, others.map(urlOf))
  const problems = others.flatMap((one) => {
    const answer = answers.get(urlOf(one))
    if (answer?.known !== true)
      return [{ name: one.name, text: `could not be asked (${answer?.why ?? 'there is no answer'})` }]
    return answer.value.state === 'ready'
      ? []
      : [{ name: one.name, text: `is not ready (${answer.value.why})` }]
  })
  const [first] = problems
  if (first === undefined) return
  throw new CoxswainError(
    'task-failed',
    `${ctx.host.name} is not reconfigured: ${problems.map(({ name, text }) => `the API server of ${name} ${text}`).join('; ')}`,
    {
      hint: `put ${first.name} right first: if a run was interrupted there, or its manifests were changed, run this with --limit ${first.name}; then run it again without; nothing was changed`,
    },
  )
}
