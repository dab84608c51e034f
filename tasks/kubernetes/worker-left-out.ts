import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { kubeletFault } from './kubeadm/skew.ts'
import { allowUnknownVersion, knownVersion } from './kubeadm/versions.ts'
import { isOlder } from './upgrade/running.ts'
import { runningKubelet } from './worker-upgrade.ts'

/**
 * Says that a worker which cannot be reached is left out of a version of an upgrade.
 *
 * It is refused where the API servers of the next version would not accept its kubelet: its pods would not be governed any more.
 */
export const workerLeftOut = defineTask({
  name: 'worker-left-out',
  description:
    'Says on a control-plane node that a worker which cannot be reached is left out of an upgrade to a version, and fails where API servers of the next version would not accept its kubelet.',
  reads: "the node's kubelet version by kubectl",
  example: { node: 'w1', version: 'v1.36.3', next: 'v1.37.2' },
  params: () =>
    z
      .object({
        node: z.string().describe('the name of the node'),
        version: z.string().describe('the version that it is left out of, such as v1.36.3'),
        next: z.string().describe('the version that the control-plane nodes get next, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
      })
      .superRefine(knownVersion('next')),
  title: ({ node, version }) => `${node} is left out of ${version}`,

  async check(ctx, { node, version, next }) {
    const running = await runningKubelet(ctx, node)
    const fault = kubeletFault(running, next)
    if (fault !== undefined)
      throw new CoxswainError('task-failed', `${node} cannot be reached, and is needed: ${fault}`, {
        hint: `bring ${node} back, and run again; if it does not come back, move it to the group removed_workers with lost_workers (playbooks/workers.ts)`,
      })
    const text = isOlder(running, version)
      ? `${node} cannot be reached: its kubelet stays ${running}, and is upgraded with ${next} if it can be reached then`
      : `${node} cannot be reached, and has ${running} already`
    return ok(text, { text })
  },
})
