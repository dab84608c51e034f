import { isDeepStrictEqual } from 'node:util'
import { CoxswainError, block, flag, pick, playbook } from 'coxswain'
import type { PlayContext, z } from 'coxswain'
import {
  apiServerReady,
  clusterInfo,
  labelsSchema,
  noEndpointMove,
  noOtherNetwork,
  noRotation,
  nodeDelete,
  nodeDrain,
  nodeLabels,
  nodeReady,
  nodeTaints,
  nodeUncordon,
  ownAddresses,
  resetNode,
  sameCluster,
  taintsSchema,
  workerCanLeave,
  workerFits,
  workerJoin,
} from 'coxswain/tasks'
import { imageVars, imagesOf, installed, isNew } from './control-plane-programs.ts'
import { cgroupDriverOf, controlPlaneVars, firstConfig, hostsIfAny, nodeIpOf } from './control-plane-vars.ts'
import { preparedNode } from './node-preparation.ts'
import { isInstalledByOthers, wantedNetwork } from './pod-network.ts'
import { oneCluster } from './one-cluster.ts'

const workerVars = controlPlaneVars.safeExtend({
  ...imageVars,
  node_labels: labelsSchema.default({}).describe('labels of the nodes, by their names'),
  node_taints: taintsSchema.default([]).describe('taints of the nodes'),
  lost_workers: flag()
    .default(false)
    .describe('the hosts of removed_workers do not come back: they are neither asked nor reset'),
})
type Vars = z.output<typeof workerVars>
type Context = PlayContext<Vars>

/** A master that changes the cluster for the workers. */
const leader = pick('a master that is ready', { hosts: 'masters', prefer: [apiServerReady()] })

const faulty = (message: string, hint: string): CoxswainError =>
  new CoxswainError('inventory-invalid', message, { hint })

/** @throws `inventory-invalid` for a host that is in two groups of which one takes away what the other makes. */
const refuseOthers = ({ host }: Context, own: string, others: readonly string[]): void => {
  const other = others.find((name) => host.groups.includes(name))
  if (other !== undefined)
    throw faulty(`${host.name} is in the groups ${own} and ${other}`, 'take it out of one of them')
}

/** What kubelets read from the cluster, which has it once for all of them. */
const shared = ['kubelet', 'cgroup_driver', 'fail_swap_on'] as const

/** @throws `inventory-invalid` for a worker whose kubelet is to have another configuration than those of the masters. */
const refuseOwnKubelet = ({ host, vars, group }: Context): void => {
  const [first] = group('masters')
  const other = shared.find((name) => !isDeepStrictEqual(vars[name], first?.vars[name]))
  if (other !== undefined)
    throw faulty(
      `${other} of ${host.name} is not that of the masters: a cluster has one configuration for all its kubelets`,
      `remove ${other} from the pool of ${host.name}, and set kubelet_extra_args there`,
    )
}

/** @throws the error of a group that is missing, if the inventory has neither: the run would do nothing. */
const requireWorkers = (ctx: Context): void => {
  if (hostsIfAny(ctx, 'removed_workers').length === 0) ctx.group('workers')
}

/** The version that is installed on new workers; undefined if their programs stay. */
const installs = ({ install, kubernetes_version: version }: Vars): string | undefined =>
  install.from === 'none' ? undefined : version

/** Which worker it is, of which cluster. */
const own = ({ host, vars }: Context) => ({
  via: leader,
  name: host.name,
  version: vars.kubernetes_version,
  allowUnknownVersion: vars.allow_unknown_version,
})

export default playbook({
  name: 'workers',
  description:
    'Lets the hosts of the group workers join a cluster, in parallel, keeps their labels and taints, and removes those of the group removed_workers.',
  vars: workerVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the cluster is the one of the inventory', {
      tags: ['prepare', 'join', 'remove'],
      hosts: leader,
      become: true,
      anyErrorsFatal: true,
      tasks: (ctx) => {
        requireWorkers(ctx)
        const { host, vars } = ctx
        return [sameCluster(firstConfig(host)), clusterInfo({ endpoint: vars.control_plane_endpoint })]
      },
    }),

    play('the hosts can be workers', {
      tags: ['prepare', 'join'],
      hosts: 'workers',
      optional: true,
      become: true,
      tasks: (ctx) => {
        refuseOthers(ctx, 'workers', ['masters', 'loadbalancers', 'removed_workers'])
        refuseOwnKubelet(ctx)
        const { vars } = ctx
        const addresses = vars.node_ip?.split(',') ?? []
        return [
          ...(addresses.length === 0 ? [] : [ownAddresses({ addresses, setting: 'node_ip' })]),
          workerFits({ ...own(ctx), nodeIp: nodeIpOf(ctx.host), installs: installs(vars) }),
          noOtherNetwork({ via: leader, ...wantedNetwork(vars) }),
          // rotate-ca could not end with it; `--tags remove` is not refused, because it can end without the workers that leave
          noRotation(
            { authorities: ['cluster'], keys: false, serviceAccounts: false },
            { on: leader, when: async (on) => isNew(await on.on(ctx.host.name)) },
          ),
          noEndpointMove({}, { on: leader, when: async (on) => isNew(await on.on(ctx.host.name)) }),
        ]
      },
    }),

    // a worker that fails does not stop the others, and no worker leaves after that
    play('the workers join, all at the same time', {
      hosts: 'workers',
      optional: true,
      become: true,
      tasks: (ctx) => {
        const { host, vars } = ctx
        const node = host.name
        return [
          block(
            [
              ...installed(vars, ['kubeadm', 'kubelet'], isNew),
              ...preparedNode(vars),
              ...imagesOf(vars, vars.kubernetes_version, isNew, vars.upgrade_image_archives),
            ],
            { tags: 'prepare' },
          ),
          block(
            [
              workerJoin({
                ...own(ctx),
                endpoint: vars.control_plane_endpoint,
                nodeIp: nodeIpOf(host),
                criSocket: vars.cri_socket,
                kubeletExtraArgs: vars.kubelet_extra_args,
                kubelet: vars.kubelet,
                cgroupDriver: cgroupDriverOf(vars),
                ...(vars.node_taints.length > 0 && { taints: vars.node_taints }),
                patches: vars.patches,
                timeouts: vars.timeouts,
                imagePullPolicy: vars.image_pull_policy,
                imagePullSerial: vars.image_pull_serial,
                ignorePreflightErrors: vars.ignore_preflight_errors,
              }),
              nodeLabels({ node, via: leader, labels: vars.node_labels }),
              nodeTaints({ node, via: leader, taints: vars.node_taints }),
              nodeReady({ node, withoutNetwork: isInstalledByOthers(vars) }, { on: leader }),
              // a removal that was begun and then given up has cordoned it
              nodeUncordon({ node }, { on: leader }),
            ],
            { tags: 'join' },
          ),
        ]
      },
    }),

    play('pods of the workers that leave run elsewhere, one at a time', {
      tags: 'remove',
      hosts: 'removed_workers',
      optional: true,
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => {
        refuseOthers(ctx, 'removed_workers', ['masters', 'loadbalancers', 'workers'])
        const node = ctx.host.name
        return ctx.vars.lost_workers
          ? [nodeDelete({ node }, { on: leader })]
          : [
              // a host of the group can have joined another cluster since
              workerCanLeave({ via: leader, name: node }),
              nodeDrain({ node, unreachable: 'cordon', absent: 'accept' }, { on: leader }),
            ]
      },
    }),

    play('they leave the cluster', {
      tags: 'remove',
      hosts: 'removed_workers',
      optional: true,
      become: true,
      tasks: ({ host, vars }) =>
        vars.lost_workers
          ? []
          : [resetNode({ address: host.address, criSocket: vars.cri_socket, force: vars.reset_force })],
    }),
  ],
})
