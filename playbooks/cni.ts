import { flag, pick, playbook, z } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import {
  apiServerReady,
  applyCni,
  cniLeftovers,
  cniRemove,
  cniRemoved,
  loadImages,
  noEndpointMove,
  noRotation,
  nodeReady,
  podsRunning,
  sameCluster,
} from 'coxswain/tasks'
import { controlPlaneVars, firstConfig, hostsIfAny } from './control-plane-vars.ts'
import { isInstalledByOthers, wantedNetwork } from './pod-network.ts'

const cniVars = controlPlaneVars.safeExtend({
  cni_take_over: flag()
    .default(false)
    .describe(
      'record objects of the manifest that were there before as applied by Coxswain, so that it can remove them later',
    ),
  cni_test: flag()
    .default(true)
    .describe('try the network with pods on all nodes before it is changed, and after each node'),
  cni_test_image: z
    .string()
    .default('docker.io/library/busybox:1.37')
    .describe('an image with busybox, its httpd and wget included, for these pods'),
  cni_image_archives: z
    .string()
    .optional()
    .describe('a folder of image archives on the nodes with the images of the network, where no registry is'),
  cni_timeout: z
    .number()
    .int()
    .min(1)
    .default(300)
    .describe('seconds to wait for the network on all nodes, or in a change on each of them'),
  cni_remove: flag()
    .default(false)
    .describe(
      'with cni_manifest none: remove the network that Coxswain has applied, so that pods do not have one',
    ),
  cni_accept_pods: flag()
    .default(false)
    .describe('remove it although pods that need it run, besides those of CoreDNS'),
})
type Context = PlayContext<z.output<typeof cniVars>>

/** Any master whose API server is ready: all of them see the same cluster. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady()] })

const images = ({ vars }: Context): Task[] =>
  vars.cni_image_archives === undefined || isInstalledByOthers(vars)
    ? []
    : [loadImages({ folder: vars.cni_image_archives })]

/** All hosts of the inventory that are nodes. */
const nodesOf = (ctx: Context): string[] =>
  [...ctx.group('masters'), ...hostsIfAny(ctx, 'workers')].map(({ name }) => name)

const leftovers = ({ vars }: Context): Task[] =>
  isInstalledByOthers(vars) ? [cniLeftovers({ via: observer })] : []

export default playbook({
  name: 'cni',
  description:
    'Installs the network of the pods, changes it one node at a time, or removes what Coxswain has applied for it.',
  vars: cniVars,
  plays: ({ play }) => [
    play('the cluster is the one of the inventory', {
      hosts: observer,
      anyErrorsFatal: true,
      become: true,
      readOnly: true,
      tasks: ({ host }) => [sameCluster(firstConfig(host)), noRotation(), noEndpointMove()],
    }),

    play('the masters have the images', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: images,
    }),

    play('the workers have the images', {
      hosts: 'workers',
      optional: true,
      anyErrorsFatal: true,
      become: true,
      tasks: images,
    }),

    play('the pods have a network, or the cluster keeps none', {
      hosts: observer,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => {
        const { vars } = ctx
        const wanted = wantedNetwork(vars)
        if (wanted === undefined)
          return [cniRemove({ confirm: vars.cni_remove, acceptPods: vars.cni_accept_pods })]
        return [
          applyCni({
            ...wanted,
            nodes: nodesOf(ctx).join(','),
            takeOver: vars.cni_take_over,
            timeout: vars.cni_timeout,
            ...(vars.cni_test && { testImage: vars.cni_test_image }),
          }),
        ]
      },
    }),

    play('nothing of a removed network is left on the masters', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: leftovers,
    }),

    play('nothing of a removed network is left on the workers', {
      hosts: 'workers',
      optional: true,
      anyErrorsFatal: true,
      become: true,
      tasks: leftovers,
    }),

    play('the nodes are ready, or the removal is complete', {
      hosts: observer,
      become: true,
      tasks: (ctx) =>
        isInstalledByOthers(ctx.vars)
          ? [cniRemoved({ nodes: nodesOf(ctx) })]
          : [...nodesOf(ctx).map((node) => nodeReady({ node })), podsRunning()],
    }),
  ],
})
