import { pick, playbook, z } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import {
  apiServerNames,
  apiServerNamesOf,
  apiServerReady,
  certSanSchema,
  controlPlaneReady,
  endpointAnswers,
  endpointFormerUsers,
  endpointKubeProxy,
  endpointKubeconfigs,
  endpointMoveBegin,
  endpointMoveEnd,
  endpointRecords,
  endpointSchema,
  etcdHealthy,
  formerEndpointKept,
  noRotation,
  sameCluster,
  sameMaster,
  writeConfig,
} from 'coxswain/tasks'
import {
  certSansOf,
  controlPlaneVars,
  firstConfig,
  hostsIfAny,
  joiningConfig,
  master,
  requireEndpoint,
} from './control-plane-vars.ts'
import { balancer } from './load-balancers.ts'
import { oneCluster } from './one-cluster.ts'

const moveVars = controlPlaneVars.safeExtend({
  former_endpoints: z
    .array(endpointSchema)
    .default([])
    .describe('more endpoints that the cluster leaves, beside the one that it has'),
  remove_api_names: z
    .array(certSanSchema)
    .default([])
    .describe(
      'names of former endpoints that the certificates of the API servers must not have any more, when nothing uses them',
    ),
})
type Vars = z.output<typeof moveVars>
type Context = PlayContext<Vars>

/** A master that answers for the cluster. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady()] })

/** Nodes that are moved at the same time. */
const workersAtATime = [1, '25%'] as const

/** What all tasks of the move have. */
const move = ({ vars, group }: Context) => ({
  to: vars.control_plane_endpoint,
  former: vars.former_endpoints,
  masters: group('masters').map(master),
  port: vars.api_port,
})

const workersOf = (ctx: Context): string[] => hostsIfAny(ctx, 'workers').map(({ name }) => name)

const complete = (ctx: Context): Task[] => [
  etcdHealthy({ members: ctx.group('masters').length }),
  controlPlaneReady({ masters: ctx.group('masters').map(master), port: ctx.vars.api_port }),
]

/** The configuration that ha-masters writes on a master. */
const configOf = ({ host, group }: Context) =>
  group('masters')[0]?.name === host.name ? firstConfig(host) : joiningConfig(host, group('masters'))

/** The names that go; the address of a master stays in its own certificate. */
const removedNames = ({ vars, host }: Context): string[] =>
  vars.remove_api_names.filter((name) => name !== master(host).address)

const names = (ctx: Context, without: string[] = []): Task =>
  apiServerNames({
    version: ctx.vars.kubernetes_version,
    allowUnknownVersion: ctx.vars.allow_unknown_version,
    address: master(ctx.host).address,
    port: ctx.vars.api_port,
    names: apiServerNamesOf(firstConfig(ctx.host)),
    without,
  })

export default playbook({
  name: 'move-endpoint',
  description:
    'Moves a cluster to another endpoint while it serves: the new one is proven from every node before anything refers to it, and the former one goes on.',
  vars: moveVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the cluster is the one of the inventory, but for its endpoint', {
      hosts: observer,
      become: true,
      readOnly: true,
      tasks: ({ host }) => [sameCluster({ ...firstConfig(host), moving: true })],
    }),

    play('the move is recorded', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => {
        requireEndpoint(ctx)
        return [
          noRotation(),
          // its configuration is written below: what was changed in the inventory and not applied would be forgotten
          sameMaster(firstConfig(ctx.host)),
          ...complete(ctx),
          endpointMoveBegin({
            ...move(ctx),
            version: ctx.vars.kubernetes_version,
            allowUnknownVersion: ctx.vars.allow_unknown_version,
            names: apiServerNamesOf(firstConfig(ctx.host)),
            without: removedNames(ctx),
            serviceSubnet: ctx.vars.service_subnet,
            workers: workersOf(ctx),
          }),
        ]
      },
    }),

    play('the load balancers know every master, and the former endpoint goes on', {
      hosts: 'loadbalancers',
      optional: true,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        formerEndpointKept({ ...move(ctx), via: observer, virtualIp: ctx.vars.virtual_ip }),
        ...balancer(ctx),
      ],
    }),

    play('the certificates of the API servers name both, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [writeConfig(configOf(ctx)), names(ctx), ...complete(ctx)],
    }),

    // one host asks all: with --limit as well, nothing is moved that is not proven for every node
    play('every node reaches this cluster at the new endpoint', {
      hosts: observer,
      become: true,
      readOnly: true,
      tasks: (ctx) => [endpointAnswers({ ...move(ctx), workers: workersOf(ctx) })],
    }),

    play('nodes that join use the new endpoint', {
      hosts: observer,
      become: true,
      tasks: (ctx) => [
        endpointRecords({ ...move(ctx), names: certSansOf(ctx.vars), without: ctx.vars.remove_api_names }),
      ],
    }),

    play('the masters use it, one at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        endpointKubeconfigs({ ...move(ctx), node: ctx.host.name, users: ctx.vars.kube_users }),
        ...complete(ctx),
      ],
    }),

    play('the workers use it', {
      hosts: 'workers',
      optional: true,
      serial: workersAtATime,
      become: true,
      tasks: (ctx) => [endpointKubeconfigs({ ...move(ctx), node: ctx.host.name, via: observer })],
    }),

    play('kube-proxy uses it', {
      hosts: observer,
      become: true,
      tasks: (ctx) => [endpointKubeProxy(move(ctx))],
    }),

    play('what still uses the former endpoint: masters', {
      hosts: 'masters',
      become: true,
      readOnly: true,
      tasks: (ctx) => [
        endpointFormerUsers({ ...move(ctx), workloads: ctx.group('masters')[0]?.name === ctx.host.name }),
      ],
    }),

    play('what still uses the former endpoint: workers', {
      hosts: 'workers',
      optional: true,
      become: true,
      readOnly: true,
      tasks: (ctx) => [endpointFormerUsers({ ...move(ctx), via: observer })],
    }),

    play('no node refers to the former endpoint', {
      hosts: observer,
      become: true,
      tasks: (ctx) => [
        endpointMoveEnd({ ...move(ctx), workers: workersOf(ctx), users: ctx.vars.kube_users }),
      ],
    }),

    play('names that the user takes out of the certificates, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) =>
        ctx.vars.remove_api_names.length === 0 ? [] : [names(ctx, removedNames(ctx)), ...complete(ctx)],
    }),
  ],
})
