/** Whether a host has data of etcd. */
import type { CheckContext } from '../../../engine/index.ts'
import { etcdData, etcdFolder } from '../kubeadm/paths.ts'
import { requireUsualFolder } from './folder.ts'

/** What does not count as data: mkfs of ext2 to ext4 makes lost+found, and restoring keeps copies of former data beside its own work. */
const besides = /^(lost\+found|before-(restore|recover)-\w+|\.restoring)$/

/**
 * Whether there is anything else in the folder of the member. The folder alone does not count: where a disk is mounted there, it exists before
 * etcd has ever started, and after a reset, which empties it. `.former` counts: until restoring has ended, it has the only data.
 *
 * @throws `task-failed` if it is empty because the manifest of etcd names another folder.
 */
export const hasDataOfEtcd = async (ctx: Pick<CheckContext, 'remote' | 'host'>): Promise<boolean> => {
  const names = (await ctx.remote.list(etcdData)) ?? []
  if (names.some((name) => !besides.test(name))) return true
  await requireUsualFolder(ctx)
  return false
}

/** The preflight error of a folder of etcd that is not empty. */
export const etcdFolderFault = 'DirAvailable--var-lib-etcd'

/**
 * The preflight errors that kubeadm would report on a host without data of etcd, which it takes any file in the folder for (kubeadm issue
 * 2127). With files of others there, none: kubeadm is to refuse.
 */
export const expectedEtcdFaults = async ({ remote }: Pick<CheckContext, 'remote'>): Promise<string[]> => {
  const names = (await remote.list(etcdFolder)) ?? []
  const isExpected = (name: string): boolean => name === 'member' || besides.test(name)
  return names.length > 0 && names.every(isExpected) ? [etcdFolderFault] : []
}
