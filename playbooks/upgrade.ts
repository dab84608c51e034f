import { flag, given, onEach, orElse, pick, playbook, z } from 'coxswain'
import type { Play, PlayContext, WhenContext } from 'coxswain'
import {
  anyInterrupted,
  apiServerReady,
  clusterState,
  controlPlaneReady,
  debug,
  etcdResponds,
  etcdSnapshot,
  hasEtcdData,
  hostOf,
  isPast,
  kubeadmUpgrade,
  kubeletNeedsUpgrade,
  kubeletUpgrade,
  needsUpgrade,
  noEndpointMove,
  noRotation,
  noFindings,
  nodeDrain,
  nodeReady,
  nodeUncordon,
  podsRunning,
  runningControlPlane,
  upgradeFindings,
  upgradeState,
  upgradeTable,
  userKubeconfig,
  workerNeedsUpgrade,
  workerUpgrade,
} from 'coxswain/tasks'
import { controlPlaneVars, firstConfig, hostsIfAny, master } from './control-plane-vars.ts'
import { imageVars, imagesOf, programsOf } from './control-plane-programs.ts'
import { oneCluster } from './one-cluster.ts'

/** How many versions one command goes through. */
const longest = 4

const upgradeVars = controlPlaneVars
  .safeExtend({
    ...imageVars,
    upgrade_to: z
      .string()
      .regex(/^v1\.\d+\.\d+$/)
      .optional()
      .describe('the version to upgrade to; kubernetes_version by default'),
    upgrade_through: z
      .array(z.string().regex(/^v1\.\d+\.\d+$/))
      .max(longest - 1)
      .default([])
      .describe('a version of each minor release in between, in order'),
    upgrade_accept_removed_apis: flag()
      .default(false)
      .describe('go on although an API is in use that a version of the upgrade path does not have'),
    upgrade_drain: flag()
      .default(true)
      .describe('drain a node before its kubelet is restarted, and uncordon it when it is back'),
    upgrade_backup_folder: z
      .string()
      .default('/var/backups/etcd')
      .describe('the folder of the snapshot of etcd on a master'),
  })
  .refine(({ install }) => install.from !== 'none', {
    path: ['install'],
    message: 'the programs need a source: set install.from to packages or bundle',
  })
type Vars = z.output<typeof upgradeVars>
type Context = PlayContext<Vars>

/** The versions of the upgrade path, the target last. */
const pathOf = ({ upgrade_through: through, upgrade_to: to, kubernetes_version: wanted }: Vars): string[] => [
  ...through,
  to ?? wanted,
]

const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })
const member = pick('a member of etcd that responds', { hosts: 'masters', prefer: [etcdResponds()] })

/** Whether the control plane of a host is older than a version, or its upgrade was interrupted. */
const isBefore =
  (version: string) =>
  async (ctx: WhenContext): Promise<boolean> =>
    needsUpgrade(await runningControlPlane(ctx), version)

/** Whether the host has no interrupted upgrade to a version after this one. */
const notPast =
  (version: string) =>
  async (ctx: WhenContext): Promise<boolean> =>
    !isPast(await runningControlPlane(ctx), version)

/** Where the API server of a host is, and the version that the host gets. */
const own = ({ host, vars }: Context, version: string) => ({
  version,
  allowUnknownVersion: vars.allow_unknown_version,
  address: master(host).address,
  port: vars.api_port,
})

/** The condition for taking the next node away. A host whose upgrade was interrupted is not waited for: its turn comes. */
const complete = ({ group, vars }: Context) =>
  controlPlaneReady(
    { masters: group('masters').map(master), port: vars.api_port },
    { when: async (ctx) => !(await anyInterrupted(ctx, 'masters')) },
  )

/** One worker first: what is wrong with the version shows there. */
const workersAtATime = [1, '20%'] as const

/** The tasks of a worker, which has a new kubelet before it is drained, as a master has. */
const worker = ({ host, vars }: Context, version: string) => {
  const node = host.name
  const place = { node, via: observer, version }
  const isOld = (ctx: WhenContext) => workerNeedsUpgrade(ctx, place)
  return [
    ...programsOf(vars.install, version, ['kubeadm', 'kubelet'], isOld),
    ...imagesOf(vars, version, isOld, vars.upgrade_image_archives),
    ...(vars.upgrade_drain ? [nodeDrain({ node }, { on: observer, when: isOld })] : []),
    workerUpgrade({
      ...place,
      allowUnknownVersion: vars.allow_unknown_version,
      ignorePreflightErrors: vars.ignore_preflight_errors,
    }),
    nodeReady({ node, withoutNetwork: vars.cni_manifest === 'none' }, { on: observer }),
    nodeUncordon({ node }, { on: observer }),
  ]
}

export default playbook({
  name: 'upgrade',
  description:
    'Upgrades a cluster to a version, one minor release after the other: the masters one at a time, and then the workers.',
  vars: upgradeVars,
  requires: oneCluster,
  plays: ({ play }) => {
    /** A play of one version of the upgrade path; on a shorter path, it does not have tasks. */
    const stepTo = (
      index: number,
      name: string,
      serial: NonNullable<Play<Vars>['serial']>,
      tasks: (ctx: Context, version: string) => ReturnType<Play<Vars>['tasks']>,
      hosts: 'masters' | 'workers' = 'masters',
    ) =>
      play(`step ${index + 1}: ${name}`, {
        hosts,
        optional: hosts === 'workers',
        serial,
        anyErrorsFatal: true,
        become: true,
        tasks: (ctx) => {
          const version = pathOf(ctx.vars)[index]
          return version === undefined ? [] : tasks(ctx, version)
        },
      })

    return [
      play('nothing is in the way', {
        hosts: observer,
        become: true,
        readOnly: true,
        tasks: (ctx) => {
          const { host, vars, group } = ctx
          return [
            noRotation(),
            noEndpointMove(),
            given(
              {
                state: clusterState({
                  masters: group('masters').map(master),
                  configuration: firstConfig(host),
                }),
                hosts: orElse(onEach('masters', upgradeState()), undefined),
              },
              ({ state, hosts }) => {
                const found = upgradeFindings(state, hosts, {
                  path: pathOf(vars),
                  ignorePreflightErrors: vars.ignore_preflight_errors,
                  acceptRemovedApis: vars.upgrade_accept_removed_apis,
                  workers: hostsIfAny(ctx, 'workers').map(({ name }) => name),
                })
                const warnings = found.filter(({ severity }) => severity === 'warning')
                return [
                  debug(
                    { show: hosts, text: upgradeTable(hosts, pathOf(vars), warnings) },
                    { title: 'the upgrade path' },
                  ),
                  noFindings({ findings: found.filter(({ severity }) => severity !== 'warning') }),
                ]
              },
              { title: 'what is in the way' },
            ),
          ]
        },
      }),

      play('etcd can be restored', {
        hosts: member,
        become: true,
        tasks: ({ vars }) => [
          etcdSnapshot(
            {
              cluster: hostOf(vars.control_plane_endpoint).replaceAll(/[^\w.-]/g, '-'),
              folder: vars.upgrade_backup_folder,
            },
            { when: isBefore(pathOf(vars).at(-1) ?? '') },
          ),
        ],
      }),

      ...Array.from({ length: longest }, (_, index) => [
        stepTo(index, 'kubeadm and images are there', '100%', ({ vars }, version) => [
          ...programsOf(vars.install, version, ['kubeadm'], isBefore(version)),
          ...imagesOf(vars, version, isBefore(version), vars.upgrade_image_archives),
        ]),
        stepTo(index, 'control planes, one master at a time', 1, (ctx, version) => [
          kubeadmUpgrade({
            ...own(ctx, version),
            former: pathOf(ctx.vars)[index - 1],
            ignorePreflightErrors: ctx.vars.ignore_preflight_errors,
            patches: ctx.vars.patches,
          }),
          complete(ctx),
        ]),
        // a kubelet must not be newer than any API server (Kubernetes, "Version Skew Policy")
        stepTo(index, 'kubelets, one master at a time', 1, (ctx, version) => {
          const kubelet = { ...own(ctx, version), node: ctx.host.name }
          const reached = notPast(version)
          const isOld = async (context: WhenContext) =>
            (await reached(context)) && kubeletNeedsUpgrade(context, kubelet)
          return [
            // before the drain, so that a node is not emptied for a program that is damaged or missing. The packages of Kubernetes do not
            // restart a kubelet that runs (kubernetes/release, kubelet.spec: its scripts use %systemd_postun, not …_with_restart)
            ...programsOf(ctx.vars.install, version, ['kubelet', 'kubectl'], isOld),
            ...(ctx.vars.upgrade_drain ? [nodeDrain({ node: ctx.host.name }, { when: isOld })] : []),
            kubeletUpgrade(kubelet, { when: reached }),
            complete(ctx),
            nodeUncordon({ node: ctx.host.name }),
          ]
        }),
        stepTo(index, 'workers', workersAtATime, worker, 'workers'),
      ]).flat(),

      play('the cluster is complete', {
        hosts: 'masters',
        become: true,
        tasks: ({ host, vars, group }) => [
          // kubeadm has renewed the certificates of its kubeconfigs
          ...vars.kube_users.map((user) => userKubeconfig({ user })),
          ...(group('masters')[0]?.name === host.name
            ? [podsRunning({ withoutNetwork: vars.cni_manifest === 'none' })]
            : []),
        ],
      }),
    ]
  },
})
