/** What goes wrong with static pods between the files of kubeadm and the kubelet. */
import type { ApplyContext } from '../../../engine/index.ts'

/**
 * Starts a kubelet anew that has turned etcd's pod away.
 *
 * In its first second a kubelet knows of no room on its disk. A static pod that asks for some just then, as etcd's does
 * (ephemeral-storage, kubeadm 1.20), is not admitted, and a kubelet does not look at it again: seen with 1.20.2, "Failed to
 * admit pod etcd-m2 … (res: ephemeral-storage …)". One that is started anew takes it in.
 */
export const admitEtcd = async ({ remote, host, log }: ApplyContext): Promise<void> => {
  // what it has said since it was started the last time, so that this is done once for each start
  const turnedAway =
    await remote.query`i=$(systemctl show kubelet --property=InvocationID --value) && journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$i" | grep -q 'Failed to admit pod.*etcd-'`.succeeds()
  if (!turnedAway) return
  log(`the kubelet of ${host.name} has turned etcd away as it started: starting it anew`)
  await remote.run({ timeout: 120 })`systemctl restart kubelet`
}
