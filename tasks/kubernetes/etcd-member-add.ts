import { defineTask, drift, hostSelector, ok, remotePath, z } from '../../engine/index.ts'
import { peerUrl } from './config/etcd-arguments.ts'
import { refuseAlarms } from './etcd/alarms.ts'
import { listMembers, memberOf } from './etcd/members.ts'
import {
  ensureListed,
  etcdWaitParam,
  lostMember,
  removeLostMember,
  startEtcd,
  waitForEtcd,
  waitForMembers,
} from './etcd/member.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { kubeadmConfigPath, manifest } from './kubeadm/paths.ts'
import { allowUnknownVersion, knownVersion } from './kubeadm/versions.ts'

/**
 * Makes a host a member of the etcd cluster: adds it to the list, starts its etcd, and waits until all members are healthy.
 *
 * These steps are one task, because between the first two a cluster of one member does not have a quorum. If it is
 * interrupted, the next run continues: it reads the list first, and does not add a listed host again.
 */
export const etcdMemberAdd = defineTask({
  name: 'etcd-member-add',
  description: 'Adds a host to the etcd cluster, and waits until all members are started and healthy.',
  reads: "etcd's manifest and its list of members",
  example: { via: 'masters[0]', name: 'm2', address: '10.0.0.12', version: 'v1.20.2' },
  params: () =>
    z
      .object({
        via: hostSelector().describe('a control-plane node whose etcd is a member'),
        name: z.string().describe('the name of the new member, which is the name of its node'),
        address: z.string().describe('the address that the member advertises to its peers'),
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
        config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
        patience: etcdWaitParam(),
      })
      .superRefine(knownVersion('version')),
  title: ({ name, address }) => `etcd member ${name} at ${peerUrl({ address })}`,

  async check(ctx, { via, name, address }) {
    if (!(await ctx.remote.exists(manifest('etcd')))) {
      const other = await ctx.on(via)
      await refuseAlarms(other)
      await lostMember(ctx, other, (await listMembers(other)) ?? [], address)
      return drift({ what: `etcd member ${name}`, to: peerUrl({ address }) })
    }
    const own = memberOf((await listMembers(ctx)) ?? [], address)
    // whether the other members have started is checked by their own tasks
    if (own?.started === true && !own.learner) return ok()
    await refuseAlarms(await ctx.on(via))
    const from = own === undefined ? 'not listed' : own.started ? 'without a vote' : 'not started'
    return drift({ what: `etcd member ${name}`, from, to: 'started' })
  },

  explain: explainControlPlane,

  async apply(ctx, params) {
    const via = await ctx.on(params.via)
    await waitForEtcd(ctx, via, params.patience)
    await removeLostMember(ctx, via, params)
    const members = await ensureListed(ctx, via, params)
    const runs = memberOf(members, params.address)?.started === true
    if (!runs || !(await ctx.remote.exists(manifest('etcd')))) await startEtcd(ctx, members, params)
    await waitForMembers(ctx, via)
  },
})
