import { playbook, z } from 'coxswain'
import {
  authoritiesSchema,
  authorityClients,
  authorityKeep,
  authorityPrepare,
  authoritySign,
  authorityTrust,
  clusterInfoAuthority,
  controlPlaneReady,
  etcdHealthy,
  extensionAuthorities,
  kubeletCertificate,
  noEndpointMove,
  podsWithoutAuthority,
  staticPodsRestart,
  userKubeconfig,
  workloadsRestart,
} from 'coxswain/tasks'
import type { PlayContext } from 'coxswain'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

const rotateCaVars = controlPlaneVars.safeExtend({
  rotate_ca_made_before: z
    .union([z.iso.date(), z.iso.datetime()])
    .describe('authorities made before this are replaced, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
  rotate_ca: authoritiesSchema().default(['cluster', 'etcd', 'front-proxy']),
  rotate_ca_namespaces: z
    .array(z.string())
    .default([])
    .describe('where pods are replaced, so that they know the new authority; by default in all namespaces'),
})

type Context = PlayContext<z.output<typeof rotateCaVars>>

const masters = ({ group }: Pick<Context, 'group'>) => group('masters').map(master)

/** What follows on a master whose files are new: restarts of static pods, and copies of its kubeconfig. */
const settle = ({ vars }: Context) => [
  staticPodsRestart(),
  ...vars.kube_users.map((user) => userKubeconfig({ user })),
]

/** The last on a master: a kubelet that has just started does not stop static pods reliably. */
const kubelet = ({ host, vars }: Context, onlyRestart = true) =>
  vars.rotate_ca.includes('cluster') ? [kubeletCertificate({ node: host.name, onlyRestart })] : []

const wellAgain = (ctx: Context) => [
  etcdHealthy({ members: masters(ctx).length }),
  controlPlaneReady({ masters: masters(ctx), port: ctx.vars.api_port }),
]

/** The API server of a master. */
const own = ({ host, vars }: Context) => ({ address: master(host).address, port: vars.api_port })

export default playbook({
  name: 'rotate-ca',
  description:
    'Replaces the authorities of a cluster in phases: both are trusted, the new ones sign, and only then the former ones are refused.',
  vars: rotateCaVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('what an interrupted run has stopped is started again', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [staticPodsRestart({ onlyStopped: true }), ...wellAgain(ctx)],
    }),

    play('there are new authorities, which nothing uses yet', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      // that of the cluster is the first: nothing is made where it is refused
      tasks: (ctx) => [
        noEndpointMove(),
        ...ctx.vars.rotate_ca.toSorted().map((authority) =>
          authorityPrepare({
            ...own(ctx),
            authority,
            madeBefore: ctx.vars.rotate_ca_made_before,
            masters: masters(ctx).map(({ name }) => name),
            version: ctx.vars.kubernetes_version,
            allowUnknownVersion: ctx.vars.allow_unknown_version,
          }),
        ),
      ],
    }),

    play('both authorities are trusted, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        authorityTrust({ authorities: ctx.vars.rotate_ca, masters: masters(ctx) }),
        ...settle(ctx),
        ...kubelet(ctx),
        ...wellAgain(ctx),
      ],
    }),

    play('pods, and nodes that join, trust both', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) =>
        ctx.vars.rotate_ca.includes('cluster')
          ? [
              clusterInfoAuthority(own(ctx)),
              workloadsRestart({ ...own(ctx), namespaces: ctx.vars.rotate_ca_namespaces }),
              podsWithoutAuthority(own(ctx)),
            ]
          : [],
    }),

    play('the new authorities sign, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        authoritySign({
          ...own(ctx),
          authorities: ctx.vars.rotate_ca,
          masters: masters(ctx).map(({ name }) => name),
          version: ctx.vars.kubernetes_version,
          allowUnknownVersion: ctx.vars.allow_unknown_version,
        }),
        ...settle(ctx),
        ...wellAgain(ctx),
      ],
    }),

    // once all API servers have new certificates: the kubelet trusts the new authority alone from then on
    play('the kubelets have certificates of the new authority, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [...kubelet(ctx, false), ...wellAgain(ctx)],
    }),

    play('clients of both authorities work', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        authorityClients({ ...own(ctx), authorities: ctx.vars.rotate_ca, former: 'accepted' }),
      ],
    }),

    play('only the new authorities are trusted, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        authorityTrust({
          authorities: ctx.vars.rotate_ca,
          only: true,
          masters: masters(ctx),
          port: ctx.vars.api_port,
        }),
        ...settle(ctx),
        ...kubelet(ctx),
        ...wellAgain(ctx),
      ],
    }),

    play('nodes that join trust the new authority alone', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => (ctx.vars.rotate_ca.includes('cluster') ? [clusterInfoAuthority(own(ctx))] : []),
    }),

    play('clients of the former authorities are refused', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [authorityClients({ ...own(ctx), authorities: ctx.vars.rotate_ca, former: 'refused' })],
    }),

    play('aggregated API servers trust the new authorities alone', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        extensionAuthorities({
          ...own(ctx),
          authorities: ctx.vars.rotate_ca,
          masters: masters(ctx).map(({ name }) => name),
        }),
      ],
    }),

    play('the former authorities are kept where only root can read them', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => vars.rotate_ca.map((authority) => authorityKeep({ authority })),
    }),
  ],
})
