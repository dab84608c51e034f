/** Restoring etcd on all masters from one snapshot: what is remembered of it, and its steps on a host. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import {
  etcdFolder,
  manifest,
  manifests,
  restoreFolder,
  restoreRecord,
  restoringManifests,
} from '../kubeadm/paths.ts'
import { portOf } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'

const takeProgram = shellFile(import.meta.url, 'take-etcdutl.sh')
const stoppedProgram = shellFile(import.meta.url, 'static-pod-stopped.sh')
const stopProgram = shellFile(import.meta.url, 'stop-static-pod.sh')
const restoreProgram = shellFile(import.meta.url, 'restore-data.sh')

export const stagedSnapshot = `${restoreFolder}/snapshot.db`
export const stagedProgram = `${restoreFolder}/etcdutl`

/** Bytes beside the database: the files in which etcd writes ahead have this size, and it makes the next one in advance (etcd, wal.SegmentSizeBytes). */
export const writeAhead = 2 * 64_000_000

/** How a host goes on with its former data. */
const wayBack = `to give up before the data of any master is replaced, on each: mv ${restoringManifests}/*.yaml ${manifests}/`

/** Where the manifest of a static pod is while it is stopped. */
export const movedManifest = (pod: RestoredPod): string => `${restoringManifests}/${pod}.yaml`

/** A snapshot on this machine. */
export interface LocalSnapshot {
  readonly path: string
  readonly size: number
  /** Of the complete file. */
  readonly sha256: string
}

/**
 * Reads a snapshot on this machine, and checks that it is complete: its last 32 bytes are the SHA-256 of the others.
 *
 * @throws `task-failed` for a file that is damaged, encrypted or missing.
 */
export const readSnapshot = async (path: string): Promise<LocalSnapshot> => {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true)
    throw new CoxswainError('task-failed', `the snapshot ${path} does not exist on this machine`, {
      hint: 'etcd-backup fetches one; a path is relative to the current folder',
    })
  const [all, data] = [createHash('sha256'), createHash('sha256')]
  let last = Buffer.alloc(0)
  for await (const chunk of createReadStream(path)) {
    const bytes: unknown = chunk
    if (!Buffer.isBuffer(bytes)) continue
    all.update(bytes)
    const seen = Buffer.concat([last, bytes])
    data.update(seen.subarray(0, Math.max(0, seen.length - 32)))
    last = seen.subarray(Math.max(0, seen.length - 32))
  }
  if (!data.digest().equals(last))
    throw new CoxswainError(
      'task-failed',
      `${path} is not a complete snapshot: it does not end with its SHA-256`,
      {
        hint: path.endsWith('.age')
          ? 'decrypt it first: age --decrypt'
          : 'take another snapshot; nothing was stopped',
      },
    )
  return { path, size: found.size, sha256: all.digest('hex') }
}

/** The same, read once in a run. */
export const snapshotOnce = (ctx: CheckContext, path: string): Promise<LocalSnapshot> =>
  ctx.once(`the snapshot ${path}`, () => readSnapshot(path))

/** How far the restoring of a snapshot is on a host. */
export type Phase = 'nothing' | 'restored' | 'complete'

/** What is remembered on a host. */
export interface RestoreRecord {
  readonly phase: Phase
  /** When the cluster was restored, the same on all masters; undefined before. */
  readonly time?: string
}

export const recordOf = async (
  { remote }: CheckContext,
  { sha256 }: LocalSnapshot,
): Promise<RestoreRecord> => {
  const [sum, phase, time] = ((await remote.read(restoreRecord)) ?? '').trim().split(' ')
  if (sum !== sha256 || (phase !== 'restored' && phase !== 'complete')) return { phase: 'nothing' }
  return { phase, ...(time !== undefined && { time }) }
}

export const phaseOf = async (ctx: CheckContext, snapshot: LocalSnapshot): Promise<Phase> =>
  (await recordOf(ctx, snapshot)).phase

export const recordPhase = async (
  { remote }: ApplyContext,
  { sha256 }: LocalSnapshot,
  phase: Exclude<Phase, 'nothing'>,
  time = '',
): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(restoreRecord, `${[sha256, phase, time].join(' ').trim()}\n`, { mode: '0600' })
}

/** The revision in the name of a snapshot; undefined for another name. */
export const revisionIn = (path: string): string | undefined => /-r(\d+)\.db$/.exec(basename(path))?.[1]

/** Copies the snapshot, and the program that restores it, to a host. */
export const stage = async ({ remote, host }: ApplyContext, { path, size }: LocalSnapshot): Promise<void> => {
  await remote.makeDirectory(restoreFolder, { mode: '0700', owner: 'root', group: 'root' })
  await remote.writeStream(stagedSnapshot, { size, chunks: createReadStream(path) }, { mode: '0600' })
  const { code, stderr } = await remote.run({
    timeout: 120,
    label: 'copy the program that restores snapshots',
  })`${shellProgram(takeProgram, restoreFolder)}`.result()
  if (code === 0) return
  throw new CoxswainError(
    'task-failed',
    code === 101
      ? `${host.name} does not have etcdutl: no etcd of kubeadm runs there, and containerd does not have its image`
      : `cannot copy etcdutl on ${host.name}: ${stderr.trim()}`,
    { hint: `put the program etcdutl of etcd's release at ${stagedProgram}, and run again` },
  )
}

/** A static pod that is stopped for the time of restoring. */
export type RestoredPod = Extract<StaticPod, 'etcd' | 'kube-apiserver'>

/** Port and data folder of a static pod, wherever its manifest is. */
const runsWith = async (
  { remote }: CheckContext,
  pod: RestoredPod,
): Promise<readonly [port: number, data: string]> => {
  const [there, moved] = await Promise.all([remote.read(manifest(pod)), remote.read(movedManifest(pod))])
  return [portOf(pod, there ?? moved ?? ''), pod === 'etcd' ? etcdFolder : '']
}

/** Whether nothing of a static pod runs: nothing listens on its port, and for etcd, no process has its data. */
export const isGone = async (ctx: CheckContext, pod: RestoredPod): Promise<boolean> =>
  ctx.remote.query`${shellProgram(stoppedProgram, ...(await runsWith(ctx, pod)))}`.succeeds()

/** Whether a static pod is stopped for the time of restoring: its manifest was moved away, and it no longer runs. */
export const isStopped = async (ctx: CheckContext, pod: RestoredPod): Promise<boolean> =>
  !(await ctx.remote.exists(manifest(pod))) &&
  (await ctx.remote.exists(movedManifest(pod))) &&
  isGone(ctx, pod)

/**
 * Stops a static pod; it stays stopped.
 *
 * @param giveUp how a person goes back, if it does not stop.
 */
export const stopPod = async (ctx: ApplyContext, pod: RestoredPod, giveUp = wayBack): Promise<void> => {
  const { remote, host } = ctx
  const [port, data] = await runsWith(ctx, pod)
  const words = [manifest(pod), movedManifest(pod), port, 120, data]
  const { code, stderr } = await remote.run({
    timeout: 150,
    label: `stop the static pod ${pod}`,
  })`${shellProgram(stopProgram, ...words)}`.result()
  if (code === 0) return
  throw new CoxswainError(
    'task-failed',
    `${pod} of ${host.name} did not stop: ${code === 101 ? 'it still runs after 120 s' : stderr.trim()}`,
    { hint: `check the kubelet on ${host.name}: journalctl -u kubelet; then run again; ${giveUp}` },
  )
}

/** Starts a static pod that was stopped. */
export const startPod = async ({ remote }: ApplyContext, pod: RestoredPod): Promise<void> => {
  if (!(await remote.exists(movedManifest(pod)))) return
  await remote.run`mv -f ${movedManifest(pod)} ${manifest(pod)}`
}

/** The error for an etcd that would write on while its data is replaced. */
export const notStopped = (host: string): CoxswainError =>
  new CoxswainError('task-failed', `etcd on ${host} is not stopped: its data was not touched`, {
    hint: `check the kubelet on ${host}: journalctl -u kubelet; run all of the playbook etcd-restore; ${wayBack}`,
  })

/** A member of the restored cluster. */
export interface RestoredMember {
  readonly name: string
  readonly peerUrl: string
}

/**
 * Makes the data of a host's etcd out of the snapshot.
 *
 * @param time the same on all masters. It makes the ID of the cluster another one than that of an earlier restoring.
 */
export const restoreData = async (
  { remote, host, log }: ApplyContext,
  own: RestoredMember,
  members: readonly RestoredMember[],
  { sha256 }: LocalSnapshot,
  time: string,
): Promise<void> => {
  const cluster = members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',')
  const words = [stagedProgram, stagedSnapshot, etcdFolder, own.name, own.peerUrl, cluster]
  const { code, stdout, stderr } = await remote.run({
    timeout: 900,
    label: 'restore the snapshot',
  })`${shellProgram(restoreProgram, ...words, `restored-${sha256.slice(0, 16)}-${time}`, portOf('etcd', ''))}`.result()
  if (code === 101) throw notStopped(host.name)
  if (code !== 0)
    throw new CoxswainError('task-failed', `the snapshot cannot be restored on ${host.name}`, {
      output: stderr.trim().slice(-2000),
      hint: `the former data is still on each master; run again; ${wayBack}`,
    })
  const kept = stdout.trim().split('\n').join(' and ')
  if (kept !== '') log(`the former data of ${host.name} is kept in ${kept}`)
}
