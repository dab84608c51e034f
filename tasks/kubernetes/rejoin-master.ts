import { CoxswainError, defineTask, drift, isCoxswainError, ok, words, z } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { renderConfig } from './config/render.ts'
import { withNodeIp } from './config/node-ip.ts'
import { configFits } from './config/refused.ts'
import { allRespond, quorumAfter } from './etcd/arithmetic.ts'
import { moveLeadership } from './etcd/leadership.ts'
import { etcdWaitParam } from './etcd/member.ts'
import { memberOf, nameOf, requireMembers } from './etcd/members.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { joinMaster } from './kubeadm/join-master.ts'
import { resetWords } from './kubeadm/kubeadm.ts'
import { leaveCluster } from './kubeadm/leave-cluster.ts'
import {
  adminConf,
  adminConfFile,
  kubeadmConfigPath,
  newCertificates,
  peerNamesRecord,
} from './kubeadm/paths.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { copySharedFiles, joiningFiles } from './kubeadm/shared-files.ts'
import { changeNode } from './nodes/node.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { changesAddress } from './rejoin/faults.ts'
import { inWords, isKnownAs, presentIdentity } from './rejoin/identity.ts'
import { patchFor } from './rejoin/kept.ts'
import { memberOfIdentity, readyOthers, requireOtherMembers } from './rejoin/others.ts'
import {
  forgetRejoin,
  recordRejoin,
  recordedRejoin,
  refuseOtherTarget,
  rejoined,
  removeOtherRecords,
} from './rejoin/record.ts'
import type { Rejoin } from './rejoin/record.ts'
import { changePeerNames, peerNameChanges } from './rejoin/peer-certificate.ts'
import { undoKubeadm } from './reset/undo-kubeadm.ts'

const params = () =>
  z.object({
    configuration: hostConfigSchema
      .superRefine(configFits)
      .describe('the configuration of the control-plane node, with its new name and address'),
    masters: z
      .string()
      .default('masters')
      .describe(
        'the control-plane nodes, as a host pattern; one of the others makes the changes to the cluster',
      ),
    ignorePreflightErrors: words().default([]).describe('preflight errors to treat as warnings'),
    patience: etcdWaitParam(),
  })
type Params = z.output<ReturnType<typeof params>>

/** Leadership is moved before, where that can be asked for: etcd chooses another leader by itself, a second later. */
const moveLeadershipIfAsked = async (ctx: ApplyContext): Promise<void> => {
  try {
    await moveLeadership(ctx)
  } catch (error) {
    if (!isCoxswainError(error) || ctx.signal.aborted) throw error
    ctx.log(`leadership of etcd is not moved: ${error.message}`)
  }
}

/** Takes the former node out of the cluster, its member first, and resets the host. It can be repeated at any point. */
const leave = async (
  ctx: ApplyContext,
  via: ApplyContext,
  given: Params,
  { from }: Rejoin,
): Promise<void> => {
  await requireOtherMembers(via, from)
  const reset = await resetWords(ctx, given.configuration.cluster.criSocket)
  await moveLeadershipIfAsked(ctx)
  await leaveCluster(ctx, {
    address: from.peer,
    node: from.name,
    masters: given.masters,
    last: false,
    force: false,
  })
  await via.remote.run({
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${from.name} --ignore-not-found`
  await undoKubeadm(ctx, reset)
  await removeOtherRecords(ctx)
}

/**
 * Lets the host join under its new name and address. It can be repeated at any point.
 *
 * @param addsAddresses whether the certificate of its member names all addresses of the host.
 */
const join = async (
  ctx: ApplyContext,
  via: ApplyContext,
  given: Params,
  addsAddresses: boolean,
): Promise<void> => {
  const { configuration, ignorePreflightErrors, patience } = given
  const { self, cluster } = configuration
  const text = renderConfig(await withNodeIp(ctx, configuration))
  await ctx.remote.write(kubeadmConfigPath, text, { mode: '0600', owner: 'root', group: 'root' })
  const members = await requireMembers(via)
  if (memberOf(members, self.address) === undefined)
    ctx.log(
      `adding the etcd member ${self.name}: ${quorumAfter(members, allRespond(members), { kind: 'add', name: self.name }).sum}`,
    )
  await copySharedFiles(ctx, via, await joiningFiles(via))
  // kubeadm keeps a certificate that has more names than it needs
  await changePeerNames(ctx, configuration, await peerNameChanges(ctx, configuration, addsAddresses))
  await joinMaster(ctx, via, {
    ...self,
    port: cluster.bindPort,
    endpoint: cluster.controlPlaneEndpoint,
    version: cluster.kubernetesVersion,
    config: kubeadmConfigPath,
    ignorePreflightErrors,
    patience,
  })
}

/** @throws `task-failed` if the cluster still has the former member beside the new one. */
const requireGone = async (via: ApplyContext, { from, to }: Rejoin): Promise<void> => {
  const members = await requireMembers(via)
  const own = memberOf(members, to.address)
  const former = memberOfIdentity(
    members.filter((one) => one !== own),
    from,
  )
  if (former === undefined) return
  throw new CoxswainError('task-failed', `etcd still lists the former ${nameOf(former)}`, {
    hint: 'remove it with the task etcd-member-remove, and run again',
  })
}

/** Takes a control-plane node out of its cluster, and lets it join again under another name or address. */
export const rejoinMaster = defineTask({
  name: 'rejoin-master',
  description:
    'Takes a control-plane node out of its cluster, its etcd member first, and lets it join again under another name or address. It gets the labels, annotations and taints of its former Node. The task rejoin-begin must run before it.',
  reads: 'the static pods and the certificate of the kubelet, and the record of rejoin-begin',
  example: { configuration: exampleConfig },
  params,
  title: ({ configuration }) => `${inWords(configuration.self)} in the cluster`,
  makes: () => [rejoined, adminConfFile, newCertificates],
  explain: explainControlPlane,

  async check(ctx, { configuration: { self } }) {
    const recorded = await recordedRejoin(ctx)
    if (recorded !== undefined) refuseOtherTarget(ctx, recorded, self)
    const from = recorded?.from ?? (await presentIdentity(ctx))
    if (from === undefined)
      throw new CoxswainError('task-failed', `${ctx.host.name} is not a control-plane node`, {
        hint: 'to let a new machine join, run playbooks/ha-masters.ts',
      })
    if (recorded === undefined && isKnownAs(from, self)) return ok()
    return drift({ what: 'control-plane node', from: inWords(from), to: inWords(self) })
  },

  async apply(ctx, given) {
    const { self } = given.configuration
    const found = await recordedRejoin(ctx)
    if (found === undefined)
      throw new CoxswainError('task-failed', `nothing is recorded of the former node of ${ctx.host.name}`, {
        hint: 'run the task rejoin-begin first: labels and taints of the former node would be lost',
      })
    refuseOtherTarget(ctx, found, self)
    const record = { ...found, to: self }
    const [via] = await readyOthers(ctx, ctx.on, given.masters)
    if (record.stage === 'leaving') {
      await leave(ctx, via, given, record)
      await recordRejoin(ctx, { ...record, stage: 'joining' })
    }
    const hadMore = await ctx.remote.exists(peerNamesRecord)
    await join(ctx, via, given, hadMore || changesAddress(record))
    await changeNode(via, self.name, (node) => patchFor(node, record.kept))
    await requireGone(via, record)
    await forgetRejoin(ctx)
  },
})
