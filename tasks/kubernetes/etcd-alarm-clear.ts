import { CoxswainError, defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { alarmsOf, cureOf } from './etcd/alarms.ts'
import type { Alarm } from './etcd/alarms.ts'
import { change, failedRequest, notAsked } from './etcd/gateway.ts'
import type { Request } from './etcd/gateway.ts'
import { nameOf, requireMembers } from './etcd/members.ts'
import type { Member } from './etcd/members.ts'

/** The alarms of one kind, and the members. */
const find = async (
  ctx: CheckContext,
  wanted: string,
): Promise<{ readonly raised: readonly Alarm[]; readonly members: readonly Member[] }> => {
  const members = await requireMembers(ctx)
  const { raised, problems } = await alarmsOf(ctx, members)
  const [problem] = problems
  if (problem !== undefined) throw notAsked(ctx, problem)
  return { raised: raised.filter(({ name }) => name === wanted), members }
}

const whose = ({ member }: Alarm): string => (member === undefined ? 'a former member' : nameOf(member))

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
  const there = raised.find(({ member }) => member !== undefined)
  if (alarm !== 'CORRUPT' || there === undefined || force) return
  throw new CoxswainError(
    'task-failed',
    `the ${whose(there)} has raised CORRUPT, and is still in the cluster`,
    {
      hint: `${cureOf(there) ?? ''}; if its data is proven to be right, set force`,
    },
  )
}

/** @throws `task-failed` if the request is not confirmed. */
const insist = async (ctx: ApplyContext, request: Request, url?: string): Promise<void> => {
  const answer = await change(ctx.remote.run, request, url)
  if (answer.state !== 'answers') throw failedRequest(ctx, request, answer)
}

/**
 * Clears an alarm of etcd, when its cause is gone.
 *
 * Before NOSPACE is cleared, every member with a vote is defragmented, one after the other (a learner refuses it): what the API
 * server has compacted becomes free only by that. A member does not respond while it is defragmented.
 */
export const etcdAlarmClear = defineTask({
  name: 'etcd-alarm-clear',
  description:
    'Clears an alarm of etcd when its cause is gone. Before NOSPACE is cleared, it defragments each member in turn.',
  reads: 'the members of etcd and their alarms',
  example: { alarm: 'NOSPACE' },
  params: () =>
    z.object({
      alarm: z.enum(['NOSPACE', 'CORRUPT']).describe('the alarm to clear, for all members'),
      force: flag()
        .default(false)
        .describe('clear CORRUPT although a member that raised it is still in the cluster'),
    }),
  title: ({ alarm }) => `no alarm ${alarm} in etcd`,

  async check(ctx, given) {
    const { alarm } = given
    const { raised } = await find(ctx, alarm)
    if (raised.length === 0) return ok()
    refuseCorrupt(given, raised)
    return drift(
      ...raised.map((one) => ({ what: `alarm ${alarm} of ${whose(one)}`, from: 'raised', to: 'cleared' })),
    )
  },

  async apply(ctx, given) {
    const { alarm } = given
    const { raised, members } = await find(ctx, alarm)
    refuseCorrupt(given, raised)
    if (alarm === 'NOSPACE' && raised.length > 0)
      for (const member of members.filter(({ started, learner }) => started && !learner)) {
        const label = `defragment the ${nameOf(member)}`
        const [url] = member.clientUrls
        if (url === undefined) throw notAsked(ctx, `the ${nameOf(member)} does not have a client URL`)
        const request = { path: 'maintenance/defragment', body: {}, label, seconds: 600 }
        await insist(ctx, request, url)
      }
    for (const { memberId } of raised)
      await insist(ctx, {
        path: 'maintenance/alarm',
        body: { action: 'DEACTIVATE', memberID: memberId, alarm },
        label: `clear the alarm ${alarm}`,
      })
  },
})
