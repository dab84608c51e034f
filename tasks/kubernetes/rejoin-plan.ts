import { CoxswainError, defineTask, ok, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { finding } from '../shared/finding.ts'
import type { Finding } from '../shared/finding.ts'
import { seenMembers } from './etcd/health.ts'
import { requireMembers } from './etcd/members.ts'
import { quorumNotKnown } from './etcd/not-known.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { endpointSchema } from './kubeadm/names.ts'
import { masterSchema } from './kubeadm/settings.ts'
import type { Master } from './kubeadm/settings.ts'
import { findNode } from './nodes/node.ts'
import { changeFaults, changesName, volumeFaults } from './rejoin/faults.ts'
import type { Change } from './rejoin/faults.ts'
import { inWords, isKnownAs, presentIdentity } from './rejoin/identity.ts'
import { contextOf, reachFaults } from './rejoin/reach.ts'
import { recordedRejoin } from './rejoin/record.ts'
import { rejoinSums } from './rejoin/sums.ts'

const params = () =>
  z.object({
    masters: z
      .array(masterSchema)
      .min(1)
      .describe('the control-plane nodes, with their new names and addresses'),
    endpoint: endpointSchema.describe('host:port of the load balancer'),
    peers: words()
      .default([])
      .describe('other hosts that must reach the control-plane nodes: load balancers and workers'),
  })
type Params = z.output<ReturnType<typeof params>>

/** A control-plane node as it is, and as the inventory says. */
const changeOf = async (ctx: CheckContext, to: Master): Promise<Change | Finding> => {
  const on = await contextOf(ctx, to.name)
  const recorded = await recordedRejoin(on)
  if (recorded !== undefined) return { from: recorded.from, to, stage: recorded.stage }
  const from = await presentIdentity(on)
  return from === undefined
    ? finding(
        to.name,
        'fault',
        'it is not a control-plane node',
        'take it out of masters, or let it join first: playbooks/ha-masters.ts',
      )
    : { from, to, stage: undefined }
}

/** New names that nodes of the cluster have already. */
const takenNames = async (ctx: CheckContext, changes: readonly Change[]): Promise<Finding[]> => {
  const renamed = changes.filter((change) => changesName(change) && change.stage !== 'joining')
  const found = await Promise.all(renamed.map(({ to }) => findNode(ctx, to.name)))
  return renamed.flatMap(({ to }, at) =>
    found[at] === undefined
      ? []
      : [
          finding(
            to.name,
            'fault',
            `the cluster already has a node ${to.name}`,
            `give the master another name; or if that node does not come back: kubectl delete node ${to.name}`,
          ),
        ],
  )
}

/** @throws `task-failed` with all that keeps the changes from being made. */
const refuseFaults = (faults: readonly Finding[]): void => {
  if (faults.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${counted(faults.length, 'fault')} in the new names and addresses`,
    {
      output: faults.map(({ subject, what, cure }) => `${subject}: ${what}: ${cure}`).join('\n'),
      hint: 'correct them in the inventory or on the hosts, and run again; nothing was changed',
    },
  )
}

/** The volumes of the cluster, where a node gets another name. */
const localVolumes = async (ctx: CheckContext, changes: readonly Change[]): Promise<Finding[]> =>
  changes.some(changesName)
    ? volumeFaults(changes, await kubectl(ctx, ['get', 'persistentvolumes', '-o', 'json']).text())
    : []

const changeInWords = ({ from, to, stage }: Change): string =>
  `${inWords(from)} becomes ${inWords(to)}${stage === undefined ? '' : `, which an earlier run has begun (${stage})`}`

/** The arithmetic of all steps. */
const sumsOf = async (ctx: CheckContext, changes: readonly Change[]): Promise<readonly string[]> => {
  const members = await requireMembers(ctx)
  const seen = await seenMembers(ctx, members)
  const { lines, lost } = rejoinSums(members, seen, changes)
  if (lost === undefined) return lines
  if (lost.open) throw quorumNotKnown('whether etcd keeps its quorum', lost.line, seen)
  throw new CoxswainError('task-failed', `etcd would lose its quorum: ${lost.line}`, {
    hint: 'let another master join first (add it to masters, and run playbooks/ha-masters.ts), or repair the members that do not respond; nothing was changed',
  })
}

/** Checks all that is known before the first node leaves, and says what will happen. */
export const rejoinPlan = defineTask({
  name: 'rejoin-plan',
  description:
    'Compares the names and addresses of control-plane nodes with those of the inventory, and fails with everything that keeps them from being changed; else it says what changes, with the quorum of etcd after each step.',
  reads:
    'the static pods, the certificates of the kubelets and the records of rejoin-begin on all control-plane nodes; where something changes, the members of etcd, nodes, PersistentVolumes, and which hosts reach each other',
  example: {
    masters: [{ name: 'cp1', address: '10.0.0.21' }],
    endpoint: '10.0.0.10:6443',
  },
  params,
  title: () => 'the new names and addresses are possible',

  async check(ctx, given: Params) {
    const found = await Promise.all(given.masters.map((to) => changeOf(ctx, to)))
    const all = found.flatMap((one) => ('from' in one ? [one] : []))
    const changes = [
      // what an interrupted run has begun is continued first
      ...all.filter(({ stage }) => stage !== undefined),
      ...all.filter(({ from, to, stage }) => stage === undefined && !isKnownAs(from, to)),
    ]
    if (changes.length === 0) return ok<readonly string[]>([])
    refuseFaults([
      ...found.flatMap((one) => ('from' in one ? [] : [one])),
      ...changeFaults(all, changes, given.endpoint),
      ...(await takenNames(ctx, changes)),
      ...(await localVolumes(ctx, changes)),
      ...(await reachFaults(ctx, all, changes, given.peers)),
    ])
    const text = [...changes.map(changeInWords), ...(await sumsOf(ctx, changes))]
    return ok<readonly string[]>(text, { text: text.join('\n') })
  },
})
