/** What the tasks that reconfigure a control plane have in common. */
import { duration } from '../../../engine/index.ts'
import { hostConfigSchema } from '../kubeadm/settings.ts'

/** The example of tasks that take the configuration of a control-plane node. */
export const exampleConfig = {
  cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: '10.0.0.10:6443' },
  self: { name: 'm1', address: '10.0.0.11' },
  members: [{ name: 'm1', address: '10.0.0.11' }],
}

/**
 * The configuration of a control-plane node, and how long is waited for it.
 *
 * @param seconds until everything works, by default.
 */
export const waitingConfig = (seconds: number) =>
  hostConfigSchema.extend({
    timeout: duration().default(seconds).describe('seconds until everything works after a change'),
    steady: duration({ zero: true })
      .default(10)
      .describe('seconds for which everything must keep working after the last change'),
  })
