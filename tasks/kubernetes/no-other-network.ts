import { defineTask, hostSelector, ok } from '../../engine/index.ts'
import { ofCluster, ofManifest, refuseRemains } from './networks/remains.ts'
import { isNode } from './nodes/worker.ts'
import { podNetwork, podNetworkManifest } from './pod-networks.ts'

/** Fails if a host that is not a node yet has what another pod network has left, before it joins. */
export const noOtherNetwork = defineTask({
  name: 'no-other-network',
  description:
    'Fails if a host that is not a node yet has files in /etc/cni/net.d or network devices of another pod network than the wanted one, or the bridge of a former node: its pods would be in the wrong network.',
  reads:
    '/etc/cni/net.d without the files of packages, the network devices, and, without a manifest, the DaemonSets of the cluster',
  example: { via: 'masters[0]', manifest: 'flannel' },
  params: () =>
    podNetwork().extend({
      via: hostSelector().describe(
        'a control-plane node, whose cluster says which network is wanted if there is no manifest',
      ),
      manifest: podNetwork()
        .shape.manifest.optional()
        .describe(
          'the network that is wanted: a path on this machine, or flannel, calico or cilium; by default that of the cluster',
        ),
    }),
  title: () => 'no other pod network',

  async check(ctx, { via, manifest, ...given }) {
    if (await isNode(ctx)) return ok()
    await refuseRemains(ctx, async () =>
      manifest === undefined
        ? ofCluster(await ctx.on(via))
        : ofManifest(manifest, await ctx.fact(podNetworkManifest({ ...given, manifest }))),
    )
    return ok()
  },
})
