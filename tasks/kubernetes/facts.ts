import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { memberStatus } from './etcd/status.ts'
import { apiReady } from './kubeadm/kubectl.ts'
import { manifest } from './kubeadm/paths.ts'

/** Reads the version of the installed kubeadm, such as `v1.20.2`. */
export const kubeadmVersion = defineTask({
  name: 'kubeadm-version',
  description: 'Reads the version of kubeadm on a host.',
  reads: 'kubeadm version',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const { code, stdout } = await remote.query`kubeadm version -o short`.result()
    return code === 0 ? ok(stdout.trim()) : drift('kubeadm is not installed')
  },
})

/** Whether the API server of a control-plane node is ready: used to select a leader. */
export const apiServerReady = defineTask({
  name: 'api-server-ready',
  description: 'Reads whether the API server of a control-plane node is ready.',
  reads: "the API server's manifest and its /readyz",
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    const pod = (await ctx.remote.read(manifest('kube-apiserver'))) ?? ''
    const [, port = '6443'] = /--secure-port=(\d+)/.exec(pod) ?? []
    return (await apiReady(ctx, '127.0.0.1', Number(port))) ? ok() : drift('the API server is not ready')
  },
})

/** Whether a host has etcd data: used to select a leader when no API server responds. */
export const hasEtcdData = defineTask({
  name: 'has-etcd-data',
  description: 'Reads whether a host has the data of an etcd member.',
  reads: 'whether anything is in /var/lib/etcd/member, and if not, which folder the manifest of etcd names',
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    return (await hasDataOfEtcd(ctx)) ? ok() : drift('the host does not have etcd data')
  },
})

/** Whether the etcd member of a host is the leader: used to take it last. */
export const etcdLeader = defineTask({
  name: 'etcd-leader',
  description: 'Reads whether the etcd member of a control-plane node is the leader.',
  reads: 'the status of the etcd member',
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    return (await memberStatus(ctx))?.leads === true ? ok() : drift('the etcd member is not the leader')
  },
})

/** Whether the etcd member of a host responds: used to select one that is asked for a snapshot. */
export const etcdResponds = defineTask({
  name: 'etcd-responds',
  description: 'Reads whether the etcd member of a control-plane node responds.',
  reads: 'the status of the etcd member',
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    return (await memberStatus(ctx)) === undefined ? drift('the etcd member does not respond') : ok()
  },
})
