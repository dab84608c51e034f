/** Works around a problem of the kubelet with the static pods of kubeadm. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

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
