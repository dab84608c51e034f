/** What would go wrong on the control-plane nodes of an upgrade. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { MasterView } from '../cluster-state/types.ts'
import { oldEtcdBefore } from '../kubeadm/versions/etcd-steps.ts'
import { factsOf, minorOf } from '../kubeadm/versions.ts'
import type { UpgradeState } from './read.ts'
import { isOlder } from './running.ts'
import { kubeletSettingFindings } from './settings.ts'

/** What the inventory says of an upgrade. */
export interface WantedUpgrade {
  /** The versions of the upgrade path, the target last. */
  readonly path: readonly string[]
  /** Preflight errors that kubeadm treats as warnings. */
  readonly ignorePreflightErrors: readonly string[]
  /** Whether APIs in use that a release of the path does not have are accepted. */
  readonly acceptRemovedApis: boolean
  /** The hosts that are upgraded after the control-plane nodes. */
  readonly workers: readonly string[]
}

/** What would stop an upgrade on a control-plane node. */
export const hostFindings = (
  name: string,
  state: UpgradeState,
  view: MasterView | undefined,
  ahead: readonly string[],
  wanted: WantedUpgrade,
): Finding[] => {
  const host = view?.host.known === true ? view.host.value : undefined
  const etcd = view?.etcd.known === true ? view.etcd.value : undefined
  const target = ahead.at(-1) ?? ''
  const next = ahead[0] ?? ''
  const minors = { after: minorOf(state.running.version), upTo: minorOf(target) }
  const refuses = ahead.find((version) => factsOf(version).cgroupV1 !== 'runs')
  const needed = etcd === undefined ? 0 : Math.ceil((2 * etcd.size) / 1024 ** 2)
  return [
    ...(state.cgroup === '1' && refuses !== undefined && host?.kubeletConfig?.['failCgroupV1'] !== false
      ? [
          finding(
            name,
            'fault',
            `it has cgroup v1, on which the kubelet of ${refuses} runs only with failCgroupV1: false`,
            'start the host with cgroup v2, or set failCgroupV1: false in the ConfigMap kubelet-config and in /var/lib/kubelet/config.yaml',
          ),
        ]
      : []),
    ...(state.cgroup === '1' &&
    refuses !== undefined &&
    !wanted.ignorePreflightErrors.includes('SystemVerification')
      ? [
          finding(
            name,
            'fault',
            `it has cgroup v1, which kubeadm of ${refuses} refuses`,
            'start the host with cgroup v2, or add SystemVerification to ignore_preflight_errors',
          ),
        ]
      : []),
    ...(state.containerd !== undefined &&
    state.containerd.startsWith('1.') &&
    factsOf(target).warnsOfContainerd1
      ? [
          finding(
            name,
            'warning',
            `containerd ${state.containerd}: v1.37 is the last release that runs with containerd 1`,
            'upgrade containerd to version 2 before v1.38',
          ),
        ]
      : []),
    ...(state.kubeadm !== undefined && isOlder(next, state.kubeadm) && minorOf(state.kubeadm) > minorOf(next)
      ? [
          finding(
            name,
            'warning',
            `kubeadm ${state.kubeadm} is installed, which is newer than ${next}`,
            `${next} replaces it`,
          ),
        ]
      : []),
    ...(state.freeMiB !== undefined && state.freeMiB < needed
      ? [
          finding(
            name,
            'fault',
            `${state.freeMiB} MiB are free at /etc/kubernetes, and kubeadm needs ${needed} MiB for a copy of etcd's data`,
            'remove old copies: /etc/kubernetes/tmp/kubeadm-backup-*',
          ),
        ]
      : []),
    ...kubeletSettingFindings(name, host?.kubeletConfig, state.kubeletArguments, minors),
  ]
}

/** Members of etcd that were removed can come back in 3.6, if 3.5 before it is too old (etcd, "zombie members"). */
export const etcdFindings = (masters: readonly MasterView[], ahead: readonly string[]): Finding[] =>
  masters.flatMap(({ name, etcd }) => {
    const version = etcd.known ? etcd.value?.version : undefined
    const step = version === undefined ? undefined : oldEtcdBefore(version, ahead)
    return step === undefined
      ? []
      : [
          finding(
            name,
            'fault',
            `its etcd ${version ?? ''} must be ${step.least} or later before etcd ${step.next} of ${step.release}: members that were removed could come back`,
            `set etcd.imageTag to ${step.least}-0 or later for the version that runs, and apply it on each master first`,
          ),
        ]
  })
