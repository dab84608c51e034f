import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { credentialFaults } from './kubeadm/credential-faults.ts'
import type { Fault } from './kubeadm/credentials.ts'
import { adminConf, kubeletClient, unfinishedPath } from './kubeadm/paths.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'

const hintFor = ({ kind, path }: Fault, host: string, renewal: string | undefined): string => {
  if (kind === 'not valid yet')
    return `set the clock of ${host}, and keep it set: install a time service such as chrony`
  if (kind === 'another authority')
    return `the file is of another cluster, or the authority was replaced: compare it with another control-plane node, or run reset-node on ${host}`
  if (path === kubeletClient)
    return `the kubelet of ${host} has not renewed it: run playbooks/revive.ts, which gives kubelets new certificates`
  return renewal === undefined
    ? 'renew the certificates as described for this version of kubeadm'
    : `run playbooks/renew-certs.ts; by hand, run on ${host}: kubeadm ${renewal}; then restart the static pods, or the host (an authority is not renewed by it)`
}

/** Fails if a certificate of a control-plane node is expired, not valid yet, or of another authority. */
export const credentialsValid = defineTask({
  name: 'credentials-valid',
  description:
    'Fails if a certificate of a control-plane node is expired, not valid yet, or of another authority, with its dates.',
  reads:
    'the kubeconfigs and certificates of the control plane and the kubelet, without the keys of the latter, and the clock of the host',
  example: { version: 'v1.20.2' },
  params: () =>
    z
      .object({
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
      })
      .superRefine(knownVersion('version')),
  title: () => 'certificates of the control plane are valid',

  async check(ctx, { version }) {
    const [admin, data, unfinished] = await Promise.all([
      ctx.remote.exists(adminConf),
      hasDataOfEtcd(ctx),
      ctx.remote.exists(unfinishedPath),
    ])
    // other tasks complete an unfinished node, with new certificates
    if (!admin || !data || unfinished) return ok()
    const [fault, ...others] = await credentialFaults(ctx)
    if (fault === undefined) return ok()
    throw new CoxswainError('task-failed', `${ctx.host.name}: ${fault.message}`, {
      output: others.length === 0 ? undefined : others.map(({ message }) => message).join('\n'),
      hint: hintFor(fault, ctx.host.name, factsOf(version).renewal),
    })
  },
})
