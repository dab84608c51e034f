import { except, pick, playbook } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import {
  addonsLeftOutOf,
  apiServerNames,
  apiServerNamesOf,
  apiServerReady,
  applyCni,
  clusterInfo,
  copyCerts,
  credentialsValid,
  encryptionFile,
  etcdHealthy,
  etcdMemberAdd,
  hasEtcdData,
  kubeadmInit,
  kubeadmJoin,
  kubeadmPhase,
  noEndpointMove,
  noOtherNetwork,
  noRotation,
  nodeReady,
  ownAddresses,
  podsRunning,
  sameCluster,
  sameMaster,
  userKubeconfig,
  writeConfig,
} from 'coxswain/tasks'
import { imagesOf, installed, isNew } from './control-plane-programs.ts'
import {
  controlPlaneVars,
  encryptionFileOf,
  firstConfig,
  joiningConfig,
  master,
  ownAddressesOf,
  requireEndpoint,
} from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import { balancer } from './load-balancers.ts'
import { preparedNode } from './node-preparation.ts'
import { isInstalledByOthers, wantedNetwork } from './pod-network.ts'
import { oneCluster } from './one-cluster.ts'

type Context = PlayContext<ControlPlaneVars>

/** Any master that is healthy leads; where none is, the one that holds data; on new machines, the first. */
const leader = pick('leader', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

const kubeconfigs = ({ vars }: Context): Task[] => vars.kube_users.map((user) => userKubeconfig({ user }))

/** Where a master's own API server is, and what version it is of. */
const api = ({ host, vars }: Context) => ({
  address: master(host).address,
  version: vars.kubernetes_version,
  allowUnknownVersion: vars.allow_unknown_version,
  port: vars.api_port,
})

/** The names of the API server that its certificate must have. */
const apiNamesOf = ({ host }: Context): string[] => apiServerNamesOf(firstConfig(host))

const names = (ctx: Context): Task => apiServerNames({ ...api(ctx), names: apiNamesOf(ctx) })

/** What the API server of a new cluster encrypts with, where the inventory names a file for that. */
const keysOfEncryption = ({ vars }: Context): Task[] => {
  const file = encryptionFileOf(vars)
  return file === undefined ? [] : [encryptionFile({ file })]
}

/** `kubeadm join --control-plane`, with certificates copied by us. */
const byJoining = (ctx: Context): Task[] => [
  copyCerts({ from: leader }),
  kubeadmJoin({
    ...api(ctx),
    name: ctx.host.name,
    via: leader,
    endpoint: ctx.vars.control_plane_endpoint,
    criSocket: ctx.vars.cri_socket,
    ignorePreflightErrors: ctx.vars.ignore_preflight_errors,
  }),
]

/** Phase by phase: the only way up to 1.13. */
const byPhases = (ctx: Context): Task[] => {
  const { address, version, allowUnknownVersion, port } = api(ctx)
  const { name } = ctx.host
  const apiNames = apiNamesOf(ctx)
  const phase = (which: Parameters<typeof kubeadmPhase>[0]['phase']): Task =>
    kubeadmPhase({ phase: which, node: name, address, version, allowUnknownVersion, port, apiNames })
  return [
    copyCerts({ from: leader, adminConf: true }),
    phase('certs all'),
    phase('kubeconfig kubelet'),
    phase('kubelet-start'),
    etcdMemberAdd({ via: leader, name, address, version, allowUnknownVersion }),
    phase('kubeconfig all'),
    phase('control-plane all'),
    phase('mark-control-plane'),
    phase('upload-config kubelet'),
    phase('kubelet-finalize all'),
  ]
}

export default playbook({
  name: 'ha-masters',
  description: 'Builds and keeps a highly available Kubernetes control plane with kubeadm.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the masters have their addresses, and valid certificates', {
      tags: ['load-balancer', 'prepare', 'leader', 'join'],
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => {
        requireEndpoint(ctx)
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

    play('the cluster is the one of the inventory', {
      tags: ['load-balancer', 'prepare', 'leader', 'join', 'network'],
      hosts: leader,
      become: true,
      tasks: ({ host }) => [sameCluster(firstConfig(host))],
    }),

    play('the masters are those of the inventory', {
      tags: ['load-balancer', 'prepare', 'leader', 'join', 'network'],
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ host, vars }) => [
        sameMaster(firstConfig(host)),
        noOtherNetwork({ via: leader, ...wantedNetwork(vars) }),
      ],
    }),

    play('the load balancer knows every master', {
      tags: 'load-balancer',
      hosts: 'loadbalancers',
      optional: true,
      become: true,
      tasks: balancer,
    }),

    play('every master is ready for kubeadm', {
      tags: 'prepare',
      hosts: 'masters',
      become: true,
      tasks: ({ vars }) => [
        ...installed(vars, ['kubeadm', 'kubelet', 'kubectl'], isNew),
        ...preparedNode(vars),
        ...imagesOf(vars, vars.kubernetes_version, isNew),
      ],
    }),

    play('one master leads', {
      tags: 'leader',
      hosts: leader,
      become: true,
      tasks: (ctx) => [
        writeConfig(firstConfig(ctx.host)),
        ...keysOfEncryption(ctx),
        kubeadmInit({
          ...api(ctx),
          skipPhases: ctx.vars.skip_phases,
          disabledAddons: addonsLeftOutOf(firstConfig(ctx.host)),
          ignorePreflightErrors: ctx.vars.ignore_preflight_errors,
        }),
        names(ctx),
        ...kubeconfigs(ctx),
      ],
    }),

    play('the other masters join, one at a time', {
      tags: 'join',
      hosts: except('masters', leader),
      serial: 1,
      become: true,
      tasks: (ctx) => [
        writeConfig(joiningConfig(ctx.host, ctx.group('masters'))),
        ...(ctx.vars.strategy === 'join' ? byJoining(ctx) : byPhases(ctx)),
        names(ctx),
        ...kubeconfigs(ctx),
      ],
    }),

    play('the pods have a network', {
      tags: 'network',
      hosts: leader,
      become: true,
      tasks: ({ vars }) => {
        const wanted = wantedNetwork(vars)
        return wanted === undefined ? [] : [applyCni({ ...wanted, nodes: 'masters' })]
      },
    }),

    play('the cluster is healthy', {
      tags: 'proof',
      hosts: leader,
      become: true,
      tasks: ({ vars, group }) => [
        etcdHealthy({ members: group('masters').length }),
        ...group('masters').map(({ name }) =>
          nodeReady({ node: name, withoutNetwork: isInstalledByOthers(vars) }),
        ),
        podsRunning({ withoutNetwork: isInstalledByOthers(vars) }),
        clusterInfo({ endpoint: vars.control_plane_endpoint }),
      ],
    }),
  ],
})
