import { CoxswainError, flag, pick, playbook } from 'coxswain'
import type { PlayContext } from 'coxswain'
import {
  apiServerReady,
  canHaveVirtualIp,
  clusterInfo,
  etcdHealthy,
  etcdLeaderMove,
  etcdMemberRemove,
  etcdQuorumWithout,
  factsOf,
  hasEtcdData,
  loadBalancer,
  noEndpointMove,
  noRotation,
  nodeDelete,
  nodeDrain,
  nodeReady,
  resetNode,
  service,
} from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/** One of the masters that stay: the group masters does not have those that leave. */
const leader = pick('a master that stays', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

const leaving = ({ group }: Pick<PlayContext<ControlPlaneVars>, 'group'>) => {
  const stays = new Set(group('masters').map(({ name }) => name))
  // a host of both groups is a mistake that would take it from the cluster and let it join again at every run
  const both = group('removed_masters').find(({ name }) => stays.has(name))
  if (both !== undefined)
    throw new CoxswainError(
      'inventory-invalid',
      `${both.name} is in the groups masters and removed_masters`,
      { hint: `take it out of masters, if it is to leave` },
    )
  return group('removed_masters').map(master)
}

/** The plays until they have left: whether the others are complete then, its user checks. */
export const removal = playbook({
  name: 'removal of masters',
  description: 'Removes the masters of the group removed_masters from the cluster, and resets them.',
  vars: controlPlaneVars.safeExtend({
    lost_masters: flag()
      .default(false)
      .describe('the hosts of removed_masters do not come back: they are neither asked nor reset'),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('etcd keeps its quorum without them', {
      hosts: leader,
      become: true,
      tasks: (ctx) => [
        // rotate-ca and move-endpoint could not end while a master is lost
        ...(ctx.vars.lost_masters ? [] : [noRotation(), noEndpointMove()]),
        etcdQuorumWithout({ masters: leaving(ctx) }),
      ],
    }),

    // before the load balancer, so that a drain that is refused has not changed anything
    play('their pods run elsewhere', {
      hosts: leader,
      become: true,
      tasks: (ctx) =>
        leaving(ctx).flatMap((one) =>
          ctx.vars.lost_masters
            ? [nodeDelete({ node: one.name }), etcdMemberRemove(one)]
            : [nodeDrain({ node: one.name, unreachable: 'cordon', absent: 'accept' })],
        ),
    }),

    play('the load balancer sends nothing to them', {
      hosts: 'loadbalancers',
      optional: true,
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars, group }) => [
        loadBalancer({
          probe: factsOf(vars.kubernetes_version).readyPath,
          port: Number(vars.control_plane_endpoint.replace(/^.*:/, '')),
          backends: group('masters').map((host) => ({ ...master(host), port: vars.api_port })),
        }),
      ],
    }),

    play('they leave the cluster, one at a time', {
      hosts: 'removed_masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: ({ host, vars }) =>
        vars.lost_masters
          ? []
          : [
              etcdLeaderMove(),
              // the others soon do not send VRRP to it any more: it would take the address beside the one of them that has it
              service(
                { name: 'keepalived', state: 'stopped', enabled: false },
                { when: canHaveVirtualIp, title: 'no virtual IP on a master that leaves' },
              ),
              resetNode({
                address: master(host).address,
                users: vars.kube_users,
                criSocket: vars.cri_socket,
                force: vars.reset_force,
              }),
            ],
    }),
  ],
})

export default playbook({
  name: 'remove-master',
  description: 'Removes the masters of the group removed_masters from the cluster, and resets them.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    removal,

    play('the cluster is healthy without them', {
      hosts: leader,
      become: true,
      tasks: ({ vars, group }) => [
        etcdHealthy({ members: group('masters').length }),
        ...group('masters').map(({ name }) =>
          nodeReady({ node: name, withoutNetwork: vars.cni_manifest === 'none' }),
        ),
        clusterInfo({ endpoint: vars.control_plane_endpoint }),
      ],
    }),
  ],
})
