/** The condition for reconfiguring a control-plane node. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { whyNotComparable } from './kubeadm-files.ts'
import { isComplete } from './master-files.ts'
import { refuseRestoring } from './stopped-pods.ts'

/** @throws `task-failed` if the host is not a complete control-plane node, etcd is being restored there, or it cannot be said what kubeadm would write there. */
export const requireComparable = async (ctx: CheckContext, version: string): Promise<void> => {
  const { host } = ctx
  await refuseRestoring(ctx)
  if (!(await isComplete(ctx)))
    throw new CoxswainError('task-failed', `${host.name} is not a complete control-plane node`, {
      hint: 'run ha-masters first, which completes it',
    })
  const why = await whyNotComparable(ctx, version)
  if (why === undefined) return
  throw new CoxswainError('task-failed', `${host.name} cannot be reconfigured: ${why}`, {
    hint: 'have kubeadm of the same version as kubernetes_version on all masters; to change the version, run playbooks/upgrade.ts',
  })
}
