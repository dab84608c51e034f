/** Whether a host has data of etcd. */
import type { CheckContext } from '../../../engine/index.ts'
import { etcdData, etcdFolder } from '../kubeadm/paths.ts'

/**
 * Whether there is anything in the folder of the member. The folder alone does not count: where a disk is mounted there, it exists before etcd
 * has ever started, and after a reset, which empties it.
 */
export const hasDataOfEtcd = async ({ remote }: Pick<CheckContext, 'remote'>): Promise<boolean> =>
  // mkfs of ext2 to ext4 makes this one
  ((await remote.list(etcdData)) ?? []).some((name) => name !== 'lost+found')

/** What can be in the folder of etcd on a host without data of etcd: of a disk, the folder of the member, or a copy of former data. */
const harmless = /^(lost\+found|member|before-(restore|recover)-\w+|\.restoring)$/

/** The preflight error of a folder of etcd that is not empty. */
export const etcdFolderFault = 'DirAvailable--var-lib-etcd'

/**
 * The preflight errors that kubeadm would report on a host without data of etcd, which it takes any file in the folder for (kubeadm issue
 * 2127). With files of others there, none: kubeadm is to refuse.
 */
export const expectedEtcdFaults = async ({ remote }: Pick<CheckContext, 'remote'>): Promise<string[]> => {
  const names = (await remote.list(etcdFolder)) ?? []
  return names.length > 0 && names.every((name) => harmless.test(name)) ? [etcdFolderFault] : []
}
