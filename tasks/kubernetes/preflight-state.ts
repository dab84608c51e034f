import { defineTask, ok, portNumber, remotePath, z } from '../../engine/index.ts'
import { endpointSchema } from './kubeadm/names.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { wantedNetworkSchema } from './preflight/other-networks.ts'
import { readPreflight } from './preflight/read.ts'

/** Reads what a host is before kubeadm runs on it. */
export const preflightState = defineTask({
  name: 'preflight-state',
  description:
    'Reads what kubeadm and etcd need of a host: names and IDs, clock, CPUs, memory, swap, disk, cgroups, programs, container runtime, certificates, routes, other pod networks, whether it reaches other hosts, and what answers at the endpoint of the cluster.',
  reads:
    '/proc, /sys, versions of programs, the configuration of containerd, certificates in /etc/kubernetes, routes, what pod networks have left and the DaemonSets of the cluster, ports of the other hosts, the endpoint, and what kubeadm says of the configuration',
  example: { peers: [{ name: 'm2', address: '127.0.0.2' }] },
  params: () =>
    z.object({
      peers: z
        .array(masterSchema)
        .default([])
        .describe('control-plane nodes that it must reach; itself is left out, by its name in the inventory'),
      apiPort: portNumber().default(6443).describe('the port of the API servers'),
      endpoint: endpointSchema
        .optional()
        .describe('the endpoint of the cluster, as host:port; without it, the endpoint is not asked'),
      configuration: z
        .object({
          version: z.string().describe('the Kubernetes version, such as v1.37.2'),
          documents: z.array(z.record(z.string(), z.unknown())).describe('its documents'),
        })
        .optional()
        .describe(
          'the kubeadm configuration, which kubeadm of the same minor release judges where it is installed',
        ),
      network: wantedNetworkSchema()
        .optional()
        .describe('the wanted pod network; without it, others are not looked for'),
      data: remotePath().default('/var/lib/etcd').describe("where etcd's data will be"),
    }),
  title: () => 'what kubeadm needs of the host',

  check: async (ctx, given) =>
    ok(
      await readPreflight(ctx, {
        ...given,
        endpoint: given.endpoint,
        configuration: given.configuration,
        network: given.network,
      }),
    ),
})
