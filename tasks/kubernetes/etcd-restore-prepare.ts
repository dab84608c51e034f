import { dirname } from 'node:path'
import { CoxswainError, defineTask, driftUnlessEmpty, flag, localPath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { refuseMountsInData } from './etcd/disk.ts'
import { requireUsualFolder } from './etcd/folder.ts'
import {
  phaseOf,
  revisionIn,
  snapshotOnce,
  stage,
  stagedProgram,
  stagedSnapshot,
  writeAhead,
} from './etcd/restore.ts'
import type { LocalSnapshot } from './etcd/restore.ts'
import { takePart } from './etcd/restore-run.ts'
import { memberStatus, mebibytes } from './etcd/status.ts'
import {
  encryptionRecord,
  etcdData,
  etcdFolder,
  restoreFolder,
  serviceAccountRecord,
} from './kubeadm/paths.ts'

/** The parameter with the snapshot. */
export const snapshotParam = () =>
  localPath().describe('the snapshot on the machine that runs the playbook, not encrypted')

/** @throws `task-failed` with what would be lost, unless the user accepts it. */
const refuseLoss = async (ctx: CheckContext, snapshot: string, acceptLoss: boolean): Promise<void> => {
  if (acceptLoss) return
  const now = await memberStatus(ctx)
  const to = revisionIn(snapshot)
  const lost =
    now === undefined || to === undefined
      ? 'every write after the snapshot is lost'
      : `etcd is at revision ${now.revision} now, and every write in between is lost`
  throw new CoxswainError(
    'task-failed',
    `restoring ${snapshot} goes back to ${to === undefined ? 'the time of the snapshot' : `revision ${to}`}: ${lost}`,
    { hint: 'if that is what you want, set acceptLoss (the playbook: -e etcd_restore_accept_loss=true)' },
  )
}

/** @throws `task-failed` while a key is replaced: an API server that has dropped the former ones could not read an older snapshot. */
const refuseRotation = async ({ remote, host }: CheckContext): Promise<void> => {
  if (await remote.exists(serviceAccountRecord))
    throw new CoxswainError(
      'task-failed',
      `${host.name} is within the replacement of the service account key: rotate-service-accounts has left ${serviceAccountRecord}. Nothing was stopped`,
      {
        hint: `complete it with playbooks/rotate-service-accounts.ts; if etcd is lost, move ${serviceAccountRecord} away on each master, run again, and move it back before rotate-service-accounts completes it`,
      },
    )
  if (!(await remote.exists(encryptionRecord))) return
  throw new CoxswainError(
    'task-failed',
    `${host.name} is within the replacement of the key of encryption at rest: rotate-keys has left ${encryptionRecord}. Nothing was stopped`,
    {
      hint: `complete it with playbooks/rotate-keys.ts; if etcd is lost, add the former keys, which are in ${encryptionRecord}, after the new one in the file of --encryption-provider-config on each master, move ${encryptionRecord} away, and run again`,
    },
  )
}

/** @throws `task-failed` if the copy of the snapshot and the new data do not fit beside the former data, which stays. */
const refuseFull = async (
  { remote, host }: CheckContext,
  { size }: LocalSnapshot,
  isStaged: boolean,
): Promise<void> => {
  // a disk can be mounted as the folder of the member
  const target = (await remote.exists(etcdData)) ? etcdData : etcdFolder
  const { stdout } = await remote.query`df -Pk ${dirname(restoreFolder)} ${target}`.result()
  const [copy, data] = stdout
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => line.split(/\s+/))
  const free = (row: readonly string[] | undefined): number => Number(row?.[3]) * 1024
  const needs = { copy: isStaged ? 0 : size, data: size + writeAhead }
  const isShared = copy?.[5] === data?.[5]
  const places = isShared
    ? [{ folder: etcdFolder, free: free(data), needed: needs.copy + needs.data }]
    : [
        { folder: restoreFolder, free: free(copy), needed: needs.copy },
        { folder: etcdFolder, free: free(data), needed: needs.data },
      ]
  const full = places.find((place) => place.free < place.needed)
  if (full === undefined) return
  throw new CoxswainError(
    'task-failed',
    `${host.name} has ${mebibytes(full.free)} free for ${full.folder}, and ${mebibytes(full.needed)} are needed to restore a snapshot of ${mebibytes(size)} beside the former data; nothing was stopped`,
    { hint: `make room, for example from former data: ls -d ${etcdFolder}/before-* ${etcdData}/before-*` },
  )
}

/**
 * Refuses programs of different versions: each would make the data of its master in its own way.
 *
 * @throws `task-failed` if the program of another master, the first one asked in this run, has another version.
 */
const refuseOtherVersion = async (ctx: CheckContext): Promise<void> => {
  const { stdout } = await ctx.remote.query`env ETCDCTL_API=3 ${stagedProgram} version`.result()
  const version = /version: (\S+)/.exec(stdout)?.[1] ?? 'an unknown version'
  const own = { host: ctx.host.name, version }
  const first = await ctx.once('the version of the program that restores etcd', () => Promise.resolve(own))
  if (first.version === version) return
  throw new CoxswainError(
    'task-failed',
    `the masters would restore with different versions of etcd: ${first.host} with ${first.version}, ${own.host} with ${version}. Nothing was stopped`,
    {
      hint: `name the same image in /etc/kubernetes/manifests/etcd.yaml of all masters, remove ${restoreFolder} on them, and run again; or put the same etcdutl at ${stagedProgram} on each`,
    },
  )
}

/** Brings a snapshot of etcd, and the program that restores it, to a host, before anything is stopped. */
export const etcdRestorePrepare = defineTask({
  name: 'etcd-restore-prepare',
  description:
    'Checks a snapshot of etcd, and brings it to a host together with the program that restores it, of the same version on all hosts. Nothing is stopped.',
  reads:
    'the snapshot on this machine, what was prepared on the host, whether a key of encryption at rest is being replaced, the status of its etcd member, mounts below its folder, and the free space',
  example: { snapshot: 'etcd-backups/prod-20261129T165549Z-r2992.db', acceptLoss: true },
  params: () =>
    z.object({
      snapshot: snapshotParam(),
      acceptLoss: flag().default(false).describe('accept that every write after the snapshot is lost'),
    }),
  title: () => 'the snapshot is on the master',
  sends: ({ snapshot }) => [snapshot],

  async check(ctx, { snapshot, acceptLoss }) {
    const local = await snapshotOnce(ctx, snapshot)
    if ((await phaseOf(ctx, local)) !== 'nothing') {
      await takePart(ctx, local)
      return driftUnlessEmpty([])
    }
    await refuseRotation(ctx)
    await refuseLoss(ctx, snapshot, acceptLoss)
    await requireUsualFolder(ctx)
    await refuseMountsInData(ctx)
    const [sum, program] = await Promise.all([
      ctx.remote.sha256(stagedSnapshot),
      ctx.remote.exists(stagedProgram),
    ])
    const complete = sum === local.sha256 && program
    await refuseFull(ctx, local, sum === local.sha256)
    await takePart(ctx, local)
    if (complete) await refuseOtherVersion(ctx)
    return driftUnlessEmpty(
      complete
        ? []
        : [{ what: stagedSnapshot, to: `${mebibytes(local.size)}, sha256 ${local.sha256.slice(0, 12)}…` }],
    )
  },

  async apply(ctx, { snapshot }) {
    await stage(ctx, await snapshotOnce(ctx, snapshot))
  },
})
