import { CoxswainError, defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { alarmsOf, cureOf, isOfCluster, whose } from './etcd/alarms.ts'
import type { Alarm } from './etcd/alarms.ts'
import { notAsked } from './etcd/gateway.ts'
import { requireMembers } from './etcd/members.ts'
import { insist, makeRoom, noSpace, requireDefragmentable } from './etcd/no-space.ts'

/** The alarms of one kind. */
const find = async (ctx: CheckContext, wanted: string): Promise<readonly Alarm[]> => {
  const { raised, problems } = await alarmsOf(ctx, await requireMembers(ctx))
  const [problem] = problems
  if (problem !== undefined) throw notAsked(ctx, problem)
  return raised.filter(({ name }) => name === wanted)
}

/**
 * Refuses to clear CORRUPT while a member with other data than the rest is in the cluster: without the alarm, it answers with
 * that data.
 *
 * @throws `task-failed` with the member, and what to do.
 */
const refuseCorrupt = (
  { alarm, force }: { readonly alarm: string; readonly force: boolean },
  raised: readonly Alarm[],
) => {
  const there = raised.find((one) => one.member !== undefined || isOfCluster(one))
  if (alarm !== 'CORRUPT' || there === undefined || force) return
  throw new CoxswainError(
    'task-failed',
    isOfCluster(there)
      ? `${whose(there)} has raised CORRUPT, without the member whose data differs`
      : `the ${whose(there)} has raised CORRUPT, and is still in the cluster`,
    { hint: `${cureOf(there)}; if all members are proven to have the right data, set force` },
  )
}

/**
 * Clears an alarm of etcd, when its cause is gone.
 *
 * Before NOSPACE is cleared, the history is compacted, and every member with a vote is defragmented, one after the other, the leader last: what
 * is compacted becomes free only by that. A member does not respond while it is defragmented. The alarm stays where a database
 * is still full afterwards.
 */
export const etcdAlarmClear = defineTask({
  name: 'etcd-alarm-clear',
  description:
    'Clears an alarm of etcd when its cause is gone. Before NOSPACE is cleared, it compacts the history, defragments each member in turn, and requires that there is room.',
  reads:
    'the members of etcd and their alarms; for NOSPACE also their health and the sizes of their databases',
  example: { alarm: 'NOSPACE' },
  params: () =>
    z.object({
      alarm: z.enum([noSpace, 'CORRUPT']).describe('the alarm to clear, for all members'),
      force: flag()
        .default(false)
        .describe(
          'clear CORRUPT although a member that raised it is still in the cluster, or etcd does not say which member it is',
        ),
    }),
  title: ({ alarm }) => `no alarm ${alarm} in etcd`,

  async check(ctx, given) {
    const { alarm } = given
    const raised = await find(ctx, alarm)
    if (raised.length === 0) return ok()
    refuseCorrupt(given, raised)
    if (alarm === noSpace) await requireDefragmentable(ctx)
    return drift(
      ...raised.map((one) => ({ what: `alarm ${alarm} of ${whose(one)}`, from: 'raised', to: 'cleared' })),
    )
  },

  async apply(ctx, given) {
    const { alarm } = given
    const raised = await find(ctx, alarm)
    refuseCorrupt(given, raised)
    if (alarm === noSpace && raised.length > 0) await makeRoom(ctx)
    // another member can have raised it in between: each of them has room now
    for (const { memberId } of alarm === noSpace ? await find(ctx, alarm) : raised)
      await insist(ctx, {
        path: 'maintenance/alarm',
        body: { action: 'DEACTIVATE', memberID: memberId, alarm },
        label: `clear the alarm ${alarm}`,
      })
  },
})
