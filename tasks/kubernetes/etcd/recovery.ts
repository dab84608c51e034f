/** The steps with which the last member of etcd becomes a cluster of its own, on its own data. */
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import {
  etcdData,
  etcdFolder,
  manifest,
  manifests,
  recoverRecord,
  restoringManifests,
} from '../kubeadm/paths.ts'
import { portOf } from '../kubeadm/pod-manifests.ts'
import { untilStarted } from '../kubeadm/restarts.ts'
import { requireUsualFolder } from './folder.ts'
import { etcdProblems } from './health.ts'
import { listMembers } from './members.ts'
import type { LostMember } from './quorum-loss.ts'
import { movedManifest, startPod, stopPod, writeAhead } from './restore.ts'
import { mebibytes } from './status.ts'

const discardedProgram = shellFile(import.meta.url, 'discarded-entries.sh')
const copyProgram = shellFile(import.meta.url, 'copy-data.sh')

/** Where the kubelet keeps the logs of pods. */
const podLogs = '/var/log/pods'

/** With it, etcd removes all other members when it starts, and keeps its data (etcd, "Disaster recovery"). */
const force = '--force-new-cluster'

/** A manifest with the flag. */
export const withForce = (text: string): string =>
  text.includes(force)
    ? text
    : text.replace(/^(\s*- )(etcd)$/m, (line, dash: string) => `${line}\n${dash}${force}`)

/** A manifest without the flag. */
export const withoutForce = (text: string): string =>
  text.replaceAll(new RegExp(`^\\s*- ${force}(=\\S+)?\\n`, 'gm'), '')

const moved = movedManifest('etcd')

/** The manifest of etcd, wherever it is. */
export const etcdManifest = async ({ remote }: CheckContext): Promise<string | undefined> => {
  const [there, away] = await Promise.all([remote.read(manifest('etcd')), remote.read(moved)])
  return there ?? away
}

/** Whether the flag is in the manifest of etcd. */
export const isForced = async (ctx: CheckContext): Promise<boolean> =>
  (await etcdManifest(ctx))?.includes(force) === true

/** A recovery that has begun. */
export interface Recovery {
  /** The name of the copy of the data. */
  readonly copy: string
  /** The members that were lost then. */
  readonly lost: readonly LostMember[]
}

const recordSchema = z.object({
  copy: z.string().regex(/^before-recover-\w+$/),
  lost: z
    .array(z.object({ name: z.string().max(300), peerUrl: z.string().regex(/^https?:\/\/[\w.:[\]%-]+$/) }))
    .max(100),
})

/** The recovery that an interrupted run has begun; undefined if none has. */
export const begunRecovery = async ({ remote }: CheckContext): Promise<Recovery | undefined> => {
  try {
    return recordSchema.safeParse(JSON.parse((await remote.read(recoverRecord)) ?? 'null')).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Records that a recovery begins. */
export const beginRecovery = async (
  { remote }: ApplyContext,
  lost: readonly LostMember[],
): Promise<Recovery> => {
  const copy = `before-recover-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const record = { copy, lost: lost.map(({ name, peerUrl }) => ({ name, peerUrl })) }
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(recoverRecord, `${JSON.stringify(record)}\n`, { mode: '0600' })
  return record
}

/** Whether the copy of a recovery is complete. */
export const isCopied = ({ remote }: CheckContext, { copy }: Recovery): Promise<boolean> =>
  remote.exists(`${etcdFolder}/${copy}`)

/**
 * How a person ends a recovery. With the record, a later run would go on with it.
 *
 * @param forced whether the manifest has the flag, with which etcd must not be started beside a quorum.
 */
export const giveUp = (forced: boolean): string =>
  `to give up: ${forced ? `remove ${force} from ${moved}; ` : ''}rm ${recoverRecord}; mv ${restoringManifests}/*.yaml ${manifests}/`

/** Stops a static pod for a recovery. */
export const stopForRecovery = async (ctx: ApplyContext, pod: 'etcd' | 'kube-apiserver'): Promise<void> =>
  stopPod(ctx, pod, giveUp(await isForced(ctx)))

/** @throws `task-failed` if the data is elsewhere, or a copy of it does not fit beside it. */
export const requireRoom = async (ctx: CheckContext): Promise<void> => {
  const { remote, host } = ctx
  await requireUsualFolder(ctx)
  // a file that etcd removes meanwhile makes du fail after it has counted the others
  const [used, disk] = await Promise.all([
    remote.query`du -sk ${etcdData}`.result(),
    remote.query`df -Pk ${etcdFolder}`.result(),
  ])
  const needed = Number(/^(\d+)\s/.exec(used.stdout)?.[1]) * 1024 + writeAhead
  const free = Number(disk.stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024
  if (free >= needed) return
  throw new CoxswainError(
    'task-failed',
    Number.isNaN(free - needed)
      ? `whether a copy of ${etcdData} fits beside it on ${host.name} is not known: ${(used.stderr + disk.stderr).trim()}; nothing was stopped`
      : `${host.name} has ${mebibytes(free)} free for ${etcdFolder}, and a copy of the data of etcd needs ${mebibytes(needed)}; nothing was stopped`,
    { hint: `make room, for example from former data: ls -d ${etcdFolder}/before-*` },
  )
}

/** Copies the data of etcd, which is stopped. */
export const copyData = async (ctx: ApplyContext, copy: string): Promise<void> => {
  const { remote, host, log } = ctx
  const { code, stderr } = await remote.run({
    timeout: 900,
    label: 'copy the data of etcd',
  })`${shellProgram(copyProgram, etcdFolder, copy, portOf('etcd', ''))}`.result()
  if (code === 0) {
    log(`the data of ${host.name} as it was is kept in ${etcdFolder}/${copy}`)
    return
  }
  const whys: Readonly<Record<number, string>> = { 101: 'etcd still runs', 102: 'there is not enough space' }
  throw new CoxswainError(
    'task-failed',
    `the data of etcd on ${host.name} cannot be copied: ${whys[code] ?? stderr.trim()}`,
    { hint: `make room in ${etcdFolder}, and run again; ${giveUp(await isForced(ctx))}` },
  )
}

/** Waits until the member of a host is the only one, and healthy. */
const untilAlone = (ctx: ApplyContext): Promise<void> =>
  untilStarted(ctx, 'etcd', async () => {
    const members = await listMembers(ctx)
    if (members === undefined) return [`etcd on ${ctx.host.name} does not respond`]
    return members.length === 1 ? etcdProblems(ctx, members) : [`etcd has ${members.length} members, not 1`]
  })

/** Stops etcd, and starts it again with another manifest. */
const startWith = async (ctx: ApplyContext, change: (text: string) => string): Promise<void> => {
  await stopForRecovery(ctx, 'etcd')
  await ctx.remote.write(moved, change((await ctx.remote.read(moved)) ?? ''), { mode: '0600' })
  await startPod(ctx, 'etcd')
  await untilAlone(ctx)
}

/**
 * What etcd discarded when it was started with the flag, in words.
 *
 * @param text what it logged. Up to 3.4, kubeadm starts it with its former logger (etcd, server/etcdserver/raft.go, restartAsStandaloneNode).
 * @param again whether an earlier start with the flag can have discarded entries, in a log that is gone.
 */
export const discardedIn = (text: string, again: boolean): string => {
  const found = [...text.matchAll(/"number-of-discarded-entries":(\d+)|discarding (\d+) uncommitted/g)].at(-1)
  const count = found?.[1] ?? found?.[2]
  if (count !== undefined)
    return `etcd discarded ${count} ${count === '1' ? 'entry' : 'entries'} that this member did not know to be committed`
  return text.includes('forcing restart') && !again
    ? 'etcd did not discard any entry'
    : 'how many entries etcd discarded that this member did not know to be committed is not known: its log does not say it'
}

/** Makes the member of a host, which is stopped and copied, the only one of its cluster. */
export const forceNewCluster = async (ctx: ApplyContext, copy: string): Promise<void> => {
  const again = await isForced(ctx)
  await startWith(ctx, withForce)
  const words = [`${etcdFolder}/${copy}`, podLogs]
  const { stdout } = await ctx.remote.query`${shellProgram(discardedProgram, ...words)}`.result()
  ctx.log(discardedIn(stdout, again))
}

/** Starts etcd as usual: with the flag, it would remove members that are added later at each start. */
export const startAsUsual = (ctx: ApplyContext): Promise<void> => startWith(ctx, withoutForce)
