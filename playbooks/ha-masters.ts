import { except, pick, playbook } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import {
  apiServerReady,
  applyCni,
  clusterInfo,
  copyCerts,
  etcdHealthy,
  etcdMemberAdd,
  hasEtcdData,
  kernelModule,
  kubeadmInit,
  kubeadmJoin,
  kubeadmPhase,
  loadBalancer,
  loadImages,
  nodeReady,
  packages,
  podsRunning,
  service,
  swapOff,
  sysctl,
  userKubeconfig,
  writeConfig,
} from 'coxswain/tasks'
import { controlPlaneVars, firstConfig, joiningConfig, master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'

type Context = PlayContext<ControlPlaneVars>

/** Any master that is healthy leads; where none is, the one that holds data; on new machines, the first. */
const leader = pick('leader', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

const kubeconfigs = ({ vars }: Context): Task[] => vars.kube_users.map((user) => userKubeconfig({ user }))

/** Where a master's own API server is, and what version it is of. */
const api = ({ host, vars }: Context) => ({
  address: master(host).address,
  version: vars.kubernetes_version,
  port: vars.api_port,
})

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
  const { address, version, port } = api(ctx)
  const { name } = ctx.host
  const apiNames = [ctx.vars.control_plane_endpoint.replace(/:\d+$/, ''), ...ctx.vars.cert_sans]
  const phase = (which: Parameters<typeof kubeadmPhase>[0]['phase']): Task =>
    kubeadmPhase({ phase: which, node: name, address, version, port, apiNames })
  return [
    copyCerts({ from: leader, adminConf: true }),
    phase('certs all'),
    phase('kubeconfig kubelet'),
    phase('kubelet-start'),
    etcdMemberAdd({ via: leader, name, address, version }),
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
  plays: ({ play }) => [
    play('the load balancer knows every master', {
      tags: 'load-balancer',
      hosts: 'loadbalancers',
      optional: true,
      become: true,
      tasks: ({ vars, group }) => [
        packages({ name: ['haproxy'] }),
        loadBalancer({
          port: Number(vars.control_plane_endpoint.replace(/^.*:/, '')),
          backends: group('masters').map((host) => ({ ...master(host), port: vars.api_port })),
        }),
        service({ name: 'haproxy', state: 'started', enabled: true }),
      ],
    }),

    play('every master is ready for kubeadm', {
      tags: 'prepare',
      hosts: 'masters',
      become: true,
      tasks: ({ vars }) => [
        ...['overlay', 'br_netfilter'].map((name) => kernelModule({ name })),
        ...[
          'net.ipv4.ip_forward',
          'net.bridge.bridge-nf-call-iptables',
          'net.bridge.bridge-nf-call-ip6tables',
        ].map((key) => sysctl({ key, value: 1 })),
        ...(vars.manage_swap ? [swapOff()] : []),
        service({ name: vars.container_service, state: 'started', enabled: true }),
        service({ name: 'kubelet', enabled: true }),
        ...(vars.image_archives === undefined ? [] : [loadImages({ folder: vars.image_archives })]),
      ],
    }),

    play('one master leads', {
      tags: 'leader',
      hosts: leader,
      become: true,
      tasks: (ctx) => [
        writeConfig(firstConfig(ctx.host)),
        kubeadmInit({
          ...api(ctx),
          skipPhases: ctx.vars.skip_phases,
          ignorePreflightErrors: ctx.vars.ignore_preflight_errors,
        }),
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
        ...kubeconfigs(ctx),
      ],
    }),

    play('the pods have a network', {
      tags: 'network',
      hosts: leader,
      become: true,
      tasks: ({ vars }) => [applyCni({ manifest: vars.cni_manifest, podCidr: vars.pod_subnet })],
    }),

    play('the cluster is healthy', {
      tags: 'proof',
      hosts: leader,
      become: true,
      tasks: ({ vars, group }) => [
        etcdHealthy({ members: group('masters').length }),
        ...group('masters').map(({ name }) => nodeReady({ node: name })),
        podsRunning(),
        clusterInfo({ endpoint: vars.control_plane_endpoint }),
      ],
    }),
  ],
})
