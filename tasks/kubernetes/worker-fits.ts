import { defineTask, hostSelector, ok, z } from '../../engine/index.ts'
import { nodeIpSchema } from './kubeadm/network-rules.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { allowUnknownVersion, knownVersion } from './kubeadm/versions.ts'
import { requireFitting } from './nodes/joining.ts'
import { workerState } from './nodes/worker.ts'

/** Fails if a host cannot be a worker of a cluster, before anything is changed on it. */
export const workerFits = defineTask({
  name: 'worker-fits',
  description:
    'Fails if a host cannot be a worker of a cluster: a control-plane node, a node of another cluster, a host whose kubelet or kubeadm does not go with the API servers, or whose name another machine has.',
  reads:
    'kubelet.conf and the files of a control plane, the versions of kubeadm and the kubelet, the Node object and the versions of the API servers',
  example: { via: 'masters[0]', name: 'w1', version: 'v1.37.2' },
  params: () =>
    z
      .object({
        via: hostSelector().describe('a control-plane node that is ready'),
        name: masterSchema.shape.name,
        version: z.string().describe('the Kubernetes version of the cluster, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
        nodeIp: nodeIpSchema
          .optional()
          .describe('the address that the kubelet is to report, or two of both families'),
        installs: z
          .string()
          .optional()
          .describe(
            'the version of kubeadm and the kubelet that is installed before the join, if it is not there yet',
          ),
      })
      .superRefine(knownVersion('version')),
  title: ({ name }) => `${name} can be a worker`,

  async check(ctx, given) {
    const via = await ctx.on(given.via)
    const { kind } = await workerState(ctx, via, given.name)
    if (kind === 'new' || kind === 'unfinished') await requireFitting(ctx, via, given)
    return ok()
  },
})
