/** What the masters of one run of etcd-restore know of each other. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { restoreRecord } from '../kubeadm/paths.ts'
import { recordOf } from './restore.ts'
import type { LocalSnapshot, RestoreRecord } from './restore.ts'

const keyOf = (name: string, { sha256 }: LocalSnapshot): string => `etcd-restore ${sha256} on ${name}`

/** Makes known to the other masters of this run that a host takes part, and how far it is. */
export const takePart = async (ctx: CheckContext, snapshot: LocalSnapshot): Promise<void> => {
  await ctx.once(keyOf(ctx.host.name, snapshot), () => recordOf(ctx, snapshot))
}

/** How far a master was when this run prepared it; undefined for one that does not take part. */
const partOf = async (
  ctx: CheckContext,
  name: string,
  snapshot: LocalSnapshot,
): Promise<RestoreRecord | undefined> => {
  const none = new Error('it does not take part')
  try {
    // a failed attempt is not remembered
    return await ctx.once<RestoreRecord>(keyOf(name, snapshot), () => Promise.reject(none))
  } catch (error) {
    if (error !== none) throw error
    return undefined
  }
}

/**
 * Checks that all masters are restored together: each was prepared in this run, and none was left out by an earlier one.
 *
 * @throws `task-failed` with the masters that are in the way.
 */
export const requireAllMasters = async (
  ctx: CheckContext,
  masters: readonly string[],
  snapshot: LocalSnapshot,
): Promise<void> => {
  const parts = await Promise.all(
    masters.map(async (name) => ({ name, phase: (await partOf(ctx, name, snapshot))?.phase })),
  )
  const withPhase = (phase: RestoreRecord['phase'] | undefined): string =>
    parts.flatMap((one) => (one.phase === phase ? [one.name] : [])).join(', ')
  const missing = withPhase(undefined)
  if (missing !== '')
    throw new CoxswainError(
      'task-failed',
      `etcd is restored on all masters or on none, and this run does not include ${missing}; nothing was stopped`,
      { hint: 'run the playbook etcd-restore without --limit, --tags and --resume' },
    )
  const [without, complete] = [withPhase('nothing'), withPhase('complete')]
  if (without === '' || complete === '') return
  throw new CoxswainError(
    'task-failed',
    `${complete} was restored from this snapshot, and ${without} was not, or was reset since; nothing was stopped`,
    {
      hint: `to restore all masters again, remove ${restoreRecord} on ${complete}; to add a master to the restored cluster, run reset on it, and ha-masters`,
    },
  )
}

/** The time in the token of the restored cluster: that of the masters which an interrupted run has restored, or now. */
export const restoreTime = (
  ctx: CheckContext,
  masters: readonly string[],
  snapshot: LocalSnapshot,
): Promise<string> =>
  ctx.once(`etcd-restore ${snapshot.sha256}: time`, async () => {
    const parts = await Promise.all(masters.map((name) => partOf(ctx, name, snapshot)))
    const known = parts.find((part) => part?.time !== undefined)?.time
    return known ?? new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  })
