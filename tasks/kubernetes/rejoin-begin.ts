import { CoxswainError, defineTask, driftUnlessEmpty, ok, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { drainChanges, drainNode } from './nodes/drain.ts'
import type { DrainOptions } from './nodes/drain.ts'
import { findNode } from './nodes/node.ts'
import { inWords, isKnownAs, presentIdentity } from './rejoin/identity.ts'
import { keptOf, nothingKept } from './rejoin/kept.ts'
import { readyOthers, requireOtherMembers } from './rejoin/others.ts'
import { isFor, recordRejoin, recordedRejoin, refuseOtherTarget } from './rejoin/record.ts'
import type { Rejoin } from './rejoin/record.ts'

const params = () =>
  z.object({
    self: masterSchema.describe('the name and the address that the node gets'),
    masters: z
      .string()
      .default('masters')
      .describe('the control-plane nodes, as a host pattern; one of the others is asked'),
  })
type Params = z.output<ReturnType<typeof params>>

/** As playbooks/remove-master.ts drains a node that leaves. */
const drainOf = (node: string): DrainOptions => ({
  node,
  timeout: 300,
  deleteEmptyDirData: true,
  force: false,
  unreachable: 'cordon',
})

/**
 * What the host is now, and what it is to become, without what is kept of its Node.
 *
 * @returns undefined for a host that has the name and the address.
 * @throws `task-failed` for a host that is not a control-plane node.
 */
const begun = async (
  ctx: CheckContext,
  { self }: Params,
): Promise<{ readonly recorded: Rejoin | undefined; readonly next: Rejoin } | undefined> => {
  const recorded = await recordedRejoin(ctx)
  if (recorded !== undefined) {
    refuseOtherTarget(ctx, recorded, self)
    return { recorded, next: { ...recorded, to: self } }
  }
  const from = await presentIdentity(ctx)
  if (from === undefined)
    throw new CoxswainError('task-failed', `${ctx.host.name} is not a control-plane node`, {
      hint: 'to let a new machine join, run playbooks/ha-masters.ts',
    })
  if (isKnownAs(from, self)) return undefined
  return { recorded, next: { from, to: self, stage: 'leaving', kept: nothingKept } }
}

/** What a drain of the former node changes; nothing where it is gone. */
const drainsOf = async (via: CheckContext, { from, stage }: Rejoin) =>
  stage === 'joining' || (await findNode(via, from.name)) === undefined
    ? []
    : drainChanges(via, drainOf(from.name))

/** Records what a node is, and drains it, before it leaves its cluster to join it again. */
export const rejoinBegin = defineTask({
  name: 'rejoin-begin',
  description:
    'Records on a control-plane node that it gets another name or address, with the labels, annotations and taints of its Node, and evicts its pods. The task rejoin-master goes on from there.',
  reads:
    'the static pods and the certificate of the kubelet, an earlier record, the Node and its pods, and whether the other control-plane nodes are healthy',
  example: { self: { name: 'cp1', address: '10.0.0.21' } },
  params,
  title: ({ self }) => `the former node of ${inWords(self)} is recorded and drained`,

  async check(ctx, given) {
    const found = await begun(ctx, given)
    if (found === undefined) return ok()
    const { recorded, next } = found
    const [via] = await readyOthers(ctx, ctx.on, given.masters)
    if (next.stage === 'leaving') await requireOtherMembers(via, next.from)
    const isRecorded = recorded !== undefined && isFor(recorded, given.self)
    return driftUnlessEmpty([
      ...(isRecorded
        ? []
        : [{ what: 'control-plane node', from: inWords(next.from), to: `${inWords(next.to)}: recorded` }]),
      ...(await drainsOf(via, next)),
    ])
  },

  async apply(ctx: ApplyContext, given) {
    const found = await begun(ctx, given)
    if (found === undefined) return
    const { recorded, next } = found
    const [via] = await readyOthers(ctx, ctx.on, given.masters)
    if (next.stage === 'leaving') ctx.log(await requireOtherMembers(via, next.from))
    const node = recorded === undefined ? await findNode(via, next.from.name) : undefined
    const kept = node === undefined ? next.kept : keptOf(node, next.from)
    await recordRejoin(ctx, { ...next, kept })
    if ((await drainsOf(via, next)).length > 0) await drainNode(ctx, via, drainOf(next.from.name))
  },
})
