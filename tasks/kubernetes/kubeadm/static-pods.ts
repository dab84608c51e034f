/** Works around problems of the kubelet with the static pods of kubeadm. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

const formerCgroups = shellFile(import.meta.url, 'former-cgroups.sh')
const etcdRejected = shellFile(import.meta.url, 'etcd-rejected.sh')

/**
 * Restarts a kubelet that did not admit etcd's pod.
 *
 * In its first second, a kubelet does not know the free space on its disk. It does not admit a static pod that requests
 * disk space at that time, as etcd's does (ephemeral-storage, kubeadm 1.20), and does not try again. Seen with 1.20.2:
 * "Failed to admit pod etcd-m2 … (res: ephemeral-storage …)". After a restart, the kubelet admits the pod.
 */
export const admitEtcd = async ({ remote, host, log }: ApplyContext): Promise<void> => {
  // reads the log since the last start only, so that each start is restarted at most once
  const notAdmitted = await remote.query`${shellProgram(etcdRejected)}`.succeeds()
  if (!notAdmitted) return
  log(`the kubelet of ${host.name} did not admit etcd when it started: restarting it`)
  await remote.run({ timeout: 120 })`systemctl restart kubelet`
}

/**
 * Restarts a kubelet that does not start a static pod again because cgroups of the former one are left.
 *
 * A pod whose manifest is put back has the same UID, so the kubelet first ends the former one. On cgroup v1, runc can leave empty
 * cgroups of its containers, which the kubelet does not remove. Seen with 1.37.2 and runc 1.1.5 on a busy machine: "failed to delete
 * cgroup paths for [kubepods burstable pod…]", for as long as it ran. After a restart, it starts the pod within seconds.
 */
export const releaseFormerPod = async ({ remote, host, log }: ApplyContext, pod: string): Promise<void> => {
  const isHeld = await remote.query`${shellProgram(formerCgroups, pod)}`.succeeds()
  if (!isHeld) return
  log(`the kubelet of ${host.name} cannot remove the cgroups of the former ${pod}: restarting it`)
  await remote.run({ timeout: 120 })`systemctl restart kubelet`
}
