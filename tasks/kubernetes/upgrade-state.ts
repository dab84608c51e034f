import { defineTask, ok, z } from '../../engine/index.ts'
import { readUpgrade } from './upgrade/read.ts'

/** Reads what an upgrade of Kubernetes needs to know of a control-plane node. */
export const upgradeState = defineTask({
  name: 'upgrade-state',
  description:
    'Reads what an upgrade needs to know of a control-plane node: the version that runs, cgroups, container runtime, free space, arguments of the kubelet, APIs in use that a later release does not have, and the configuration that the cluster keeps.',
  reads:
    'the manifests of the static pods, /etc/default/kubelet, the figures of the API server, and kubeadm-config',
  example: {},
  params: () => z.object({}),
  title: () => 'what an upgrade needs to know of the host',

  check: async (ctx) => ok(await readUpgrade(ctx)),
})
