/** Disks of etcd that are not where its data is expected. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { fieldsOf, fstab } from '../../system/mounts/fstab.ts'
import { mountedAt } from '../../system/mounts/mounted.ts'
import { etcdData, etcdFolder } from '../kubeadm/paths.ts'
import { mountsBelow } from '../reset/mounts.ts'

/**
 * Checks, on a host without data of etcd, that the data is not on a disk that is only not mounted.
 *
 * @throws `task-failed` if /etc/fstab names a folder of etcd, and nothing is mounted there.
 */
export const requireDiskOfEtcd = async ({ remote, host }: CheckContext): Promise<void> => {
  const table = ((await remote.read(fstab)) ?? '').split('\n')
  const named = new Set(table.map((line) => (fieldsOf(line)[1] ?? '').replace(/\/+$/, '')))
  for (const folder of [etcdFolder, etcdData]) {
    if (!named.has(folder) || (await mountedAt(remote, folder)) !== undefined) continue
    throw new CoxswainError(
      'task-failed',
      `the disk of etcd is not mounted on ${host.name}: ${fstab} names ${folder}`,
      {
        hint: `mount it on ${host.name}: mount ${folder}; if etcd does not use it any more, remove its line from ${fstab}; then run again`,
      },
    )
  }
}

/**
 * Checks that nothing is mounted below the folder of the member: a reset could not empty it, and a restore could not replace it.
 *
 * @throws `task-failed` with the mounts.
 */
export const refuseMountsInData = async (ctx: CheckContext): Promise<void> => {
  const mounts = await mountsBelow(ctx, etcdData)
  if (mounts.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${mounts.join(', ')} is mounted on ${ctx.host.name}; below ${etcdData}, that is not supported. Nothing was stopped`,
    {
      hint: `while etcd is stopped, move the files to ${etcdData} itself, and remove the mount, also from ${fstab}; then run again`,
    },
  )
}
