/** Keeps etcd's static pod from requesting disk space, which a kubelet that has just started can refuse. */
import type { ApplyContext } from '../../../engine/index.ts'
import { factsOf } from './versions.ts'

/** The folder with the patch, which exists only while kubeadm runs. */
const folder = '/etc/coxswain/patches'

/** A strategic merge patch; null removes a field, and a field that is missing is not an error. */
const patch = `spec:
  containers:
    - name: etcd
      resources:
        requests:
          ephemeral-storage: null
`

/**
 * Runs kubeadm commands that create etcd's manifest, and passes them the options to add.
 *
 * In its first second, a kubelet does not know the free space on its disk. It refuses a static pod that requests disk space at
 * that time and does not try again, so etcd never starts: kubeadm waits until it times out, and a restart of the host can end
 * the same way (kubernetes issue 99305). kubeadm requests it from 1.20.0 to 1.20.7, and in 1.21.0 and 1.21.1; later patch
 * releases have removed the request (kubernetes pull request 102673).
 */
export const withEtcdPatch = async <T>(
  { remote }: ApplyContext,
  version: string,
  run: (options: readonly string[]) => PromiseLike<T>,
): Promise<T> => {
  if (!factsOf(version).etcdRequestsStorage) return run([])
  await remote.makeDirectory(folder)
  await remote.write(`${folder}/etcd.yaml`, patch, { mode: '0600' })
  try {
    return await run([`--experimental-patches=${folder}`])
  } finally {
    await remote.remove(folder, { recursive: true })
  }
}
