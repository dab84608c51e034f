import { CoxswainError, block, except, pick, playbook } from 'coxswain'
import type { PlayContext, Step, Task } from 'coxswain'
import {
  apiServerReady,
  clusterInfo,
  credentialsValid,
  etcdHealthy,
  etcdPeerAddresses,
  loadBalancerCanDrain,
  loadBalancerDrain,
  loadBalancerUndrain,
  noEndpointMove,
  noRotation,
  nodeReady,
  ownAddresses,
  rejoinBegin,
  rejoinInterrupted,
  rejoinIsDue,
  rejoinMaster,
  rejoinPlan,
  rejoined,
  sameCluster,
  sameMaster,
  userKubeconfig,
  writeConfig,
} from 'coxswain/tasks'
import {
  controlPlaneVars,
  firstConfig,
  hostsIfAny,
  joiningConfig,
  master,
  ownAddressesOf,
  requireEndpoint,
} from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import { balancer } from './load-balancers.ts'

type Context = PlayContext<ControlPlaneVars>

/** A master that answers for the cluster. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady()] })

/** No other master leaves while an interrupted run has left one. */
const first = pick('the first one', { hosts: 'masters', prefer: [rejoinInterrupted()] })

const namesOf = (ctx: Context, group: string): string[] => hostsIfAny(ctx, group).map(({ name }) => name)

/** The load balancers that leave a master out meanwhile. A cluster can also have another load balancer. */
const balancersOf = (ctx: Context): string[] => namesOf(ctx, 'loadbalancers')

/** The configuration that ha-masters writes on a master. */
const configOf = ({ host, group }: Context) =>
  group('masters')[0]?.name === host.name ? firstConfig(host) : joiningConfig(host, group('masters'))

const complete = ({ host, vars, group }: Context): Task[] => [
  etcdHealthy({ members: group('masters').length }),
  nodeReady({ node: host.name, withoutNetwork: vars.cni_manifest === 'none' }),
]

/** Takes a master out under its former name and address, and lets it join under those of the inventory. */
const turn = (ctx: Context): Step[] => {
  const { host, vars } = ctx
  return [
    block(
      [
        // before anything is drained, so that a drain that is refused has not changed anything
        ...balancersOf(ctx).map((on) => loadBalancerCanDrain({ servers: [host.name] }, { on })),
        rejoinBegin({ self: master(host) }),
        ...balancersOf(ctx).map((on) => loadBalancerDrain({ server: host.name }, { on })),
        rejoinMaster({
          configuration: configOf(ctx),
          ignorePreflightErrors: vars.ignore_preflight_errors,
        }),
      ],
      { when: rejoinIsDue(master(host)) },
    ),
    ...complete(ctx),
    ...balancersOf(ctx).map((on) => loadBalancerUndrain({ server: host.name }, { on })),
    ...vars.kube_users.map((user) => userKubeconfig({ user })),
  ]
}

export default playbook({
  name: 'rename-or-readdress',
  description:
    'Gives masters the names and the addresses of the inventory while the cluster serves: one after the other leaves it and joins it again.',
  vars: controlPlaneVars,
  plays: ({ play }) => [
    play('the masters have their new addresses, and valid certificates', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      readOnly: true,
      tasks: (ctx) => {
        requireEndpoint(ctx)
        if (ctx.vars.strategy !== 'join')
          throw new CoxswainError(
            'inventory-invalid',
            'strategy is phases, and a master that gets another name or address joins again with kubeadm join',
            {
              hint: 'take it out with playbooks/remove-master.ts, and let it join with playbooks/ha-masters.ts; or set strategy to join',
            },
          )
        return [
          ownAddresses({ addresses: ownAddressesOf(ctx.host), setting: 'advertise_address and node_ip' }),
          credentialsValid({
            version: ctx.vars.kubernetes_version,
            allowUnknownVersion: ctx.vars.allow_unknown_version,
          }),
          noRotation(),
          noEndpointMove(),
        ]
      },
    }),

    play('the new names and addresses are possible', {
      hosts: observer,
      become: true,
      readOnly: true,
      tasks: (ctx) => [
        sameCluster({ ...firstConfig(ctx.host), rejoining: true }),
        rejoinPlan({
          masters: ctx.group('masters').map(master),
          endpoint: ctx.vars.control_plane_endpoint,
          peers: [...balancersOf(ctx), ...namesOf(ctx, 'workers')],
        }),
      ],
    }),

    // it joins with the configuration of the inventory: what was changed there and not applied would be applied by the way
    play('nothing else differs', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      readOnly: true,
      tasks: ({ host }) => [sameMaster({ ...firstConfig(host), rejoining: true })],
    }),

    // API servers answer at all addresses of their hosts, so the new ones work already
    play('the load balancers know the masters at their new addresses', {
      hosts: 'loadbalancers',
      optional: true,
      anyErrorsFatal: true,
      become: true,
      tasks: balancer,
    }),

    // while addresses change, connections come from either; and what was added goes when a host has lost its former address
    play('members of etcd can reach each other from all addresses of their hosts', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        etcdPeerAddresses({ configuration: configOf(ctx), masters: ctx.group('masters').map(master) }),
      ],
    }),

    play('the first master, or the one that an interrupted run has left', {
      hosts: first,
      anyErrorsFatal: true,
      become: true,
      tasks: turn,
    }),

    play('the other masters, one at a time', {
      hosts: except('masters', first),
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: turn,
    }),

    play('the configurations of all masters name them', {
      hosts: 'masters',
      become: true,
      tasks: (ctx) => [
        // what joined again has it already
        writeConfig(configOf(ctx), { when: async ({ predicted }) => !predicted(rejoined) }),
        clusterInfo({ endpoint: ctx.vars.control_plane_endpoint }),
      ],
    }),
  ],
})
