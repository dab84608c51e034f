import { defineTask, isCoxswainError, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { readCluster } from './cluster-state/read.ts'
import { clusterTable } from './cluster-state/table.ts'
import { hostConfigSchema, masterSchema } from './kubeadm/settings.ts'

/** The hosts of a pattern; none if the inventory does not have such a group. */
const balancers = async (ctx: CheckContext, pattern: string): Promise<readonly string[]> => {
  try {
    return await ctx.hostsOf(pattern)
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'pattern-invalid') return []
    throw error
  }
}

/** Reads the state of a control plane: hosts, etcd, API servers, nodes, load balancers and configuration. */
export const clusterState = defineTask({
  name: 'cluster-state',
  description:
    'Reads the state of a control plane: certificates, versions, etcd, API servers, nodes, load balancers, and where its configuration differs.',
  reads:
    "each control-plane node's files and programs, etcd's JSON gateway and figures, /readyz of the API servers, nodes and kubeadm-config; haproxy on the load balancers",
  example: {
    masters: [{ name: 'm1', address: '10.0.0.11' }],
    configuration: {
      cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: '10.0.0.10:6443' },
      self: { name: 'm1', address: '10.0.0.11' },
      members: [{ name: 'm1', address: '10.0.0.11' }],
    },
  },
  params: () =>
    z.object({
      masters: z
        .array(masterSchema)
        .min(1)
        .describe('the control-plane nodes; their names are those of the inventory'),
      loadBalancers: z
        .string()
        .default('loadbalancers')
        .describe('the hosts with a load balancer, as a host pattern; the group need not exist'),
      // what kubeadm would write is not judged: the state must be seen also where the inventory has a setting that does not fit
      configuration: hostConfigSchema.describe('the configuration of a control-plane node by the inventory'),
    }),
  title: () => 'state of the cluster',

  async check(ctx, given) {
    const state = await readCluster(ctx, {
      ...given,
      loadBalancers: await balancers(ctx, given.loadBalancers),
    })
    return ok(state, { text: clusterTable(state) })
  },
})
