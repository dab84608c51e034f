import {
  defineTask,
  drift,
  driftUnlessEmpty,
  hostSelector,
  pending,
  portNumber,
  remotePath,
  words as wordList,
  z,
} from '../../engine/index.ts'
import { refuseAlarms } from './etcd/alarms.ts'
import { etcdWaitParam } from './etcd/member.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { asPhase, joinMaster, joinStateOf, requireJoining } from './kubeadm/join-master.ts'
import { adminConfFile, kubeadmConfigPath, unfinishedPath } from './kubeadm/paths.ts'
import { finalizeProblems, phases } from './kubeadm/phases.ts'
import { allowUnknownVersion, knownVersion, versionNote } from './kubeadm/versions.ts'

const params = () =>
  z
    .object({
      via: hostSelector().describe('a control-plane node that is ready'),
      name: z.string().describe('the name of the node'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of the API server'),
      endpoint: z.string().describe('host:port of the load balancer'),
      version: z.string().describe('the Kubernetes version, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      criSocket: z
        .string()
        .optional()
        .describe('the CRI socket, if several container runtimes are installed'),
      config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
      ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
      patience: etcdWaitParam(),
    })
    .superRefine(knownVersion('version'))

/** Joins a control-plane node to a cluster with `kubeadm join --control-plane`; needs copy-certs first. */
export const kubeadmJoin = defineTask({
  name: 'kubeadm-join',
  description:
    'Joins a control-plane node to a cluster with kubeadm join. The task copy-certs must run before it.',
  reads: "what is in /etc/kubernetes and /var/lib/etcd, the API server's /readyz, the members of etcd",
  example: {
    via: 'masters[0]',
    name: 'm2',
    address: '10.0.0.12',
    endpoint: '10.0.0.10:6443',
    version: 'v1.20.2',
  },
  params,
  title: ({ version }) => `kubeadm join --control-plane${versionNote(version)}`,
  until: () => ({ timeout: 180, every: 2 }),
  makes: () => [adminConfFile],

  async check(ctx, given) {
    const state = await joinStateOf(ctx, await ctx.on(given.via), given)
    if (state === 'down') return pending(`the API server of ${ctx.host.name} does not respond`)
    if (state !== 'joined') {
      const via = await ctx.on(given.via)
      await requireJoining(ctx, via, given)
      await refuseAlarms(via)
      const from = state === 'new' ? undefined : state
      return drift({ what: 'control plane', from, to: `${given.name} joined` })
    }
    const [marks, rotation, unfinished] = await Promise.all([
      phases['mark-control-plane'].problems(ctx, asPhase(given)),
      finalizeProblems(ctx, given),
      ctx.remote.exists(unfinishedPath),
    ])
    return driftUnlessEmpty([
      ...marks,
      ...rotation,
      ...(unfinished ? [{ what: unfinishedPath, from: 'present', to: undefined }] : []),
    ])
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    await joinMaster(ctx, await ctx.on(given.via), given)
  },
})
