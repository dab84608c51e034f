import { defineTask, drift, hostSelector, ok, remotePath, z } from '../../engine/index.ts'
import { peerUrl } from './config/etcd-arguments.ts'
import { listMembers, memberOf } from './etcd/etcd.ts'
import {
  ensureListed,
  etcdWaitParam,
  forgetLost,
  startEtcd,
  untilAnswering,
  waitForMembers,
} from './etcd/member.ts'
import { kubeadmConfigPath, manifest } from './kubeadm/paths.ts'

/**
 * Make a host a member of the etcd cluster: add it to the list, start its etcd, wait until all are whole.
 *
 * These are one task, because between the first two a cluster of one has no quorum. Interrupted anywhere, it goes on:
 * the list is read first, and a host that is on it is not added again.
 */
export const etcdMemberAdd = defineTask({
  name: 'etcd-member-add',
  description: 'Adds a host to the etcd cluster, and waits until all members are started and healthy.',
  reads: "etcd's manifest and its list of members",
  example: { via: 'masters[0]', name: 'm2', address: '10.0.0.12', version: 'v1.20.2' },
  params: z.object({
    via: hostSelector().describe('a control-plane node whose etcd is a member'),
    name: z.string().describe('the name of the new member, which is the name of its node'),
    address: z.string().describe('the address that the member advertises to its peers'),
    version: z.string().describe('the Kubernetes version'),
    config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
    patience: etcdWaitParam(),
  }),
  title: ({ name, address }) => `etcd member ${name} at ${peerUrl({ address })}`,

  async check(ctx, { name, address }) {
    if (!(await ctx.remote.exists(manifest('etcd'))))
      return drift({ what: `etcd member ${name}`, to: peerUrl({ address }) })
    const own = memberOf((await listMembers(ctx)) ?? [], address)
    // whether the others have started is for their own tasks to say
    if (own?.started === true && !own.learner) return ok()
    const from = own === undefined ? 'not listed' : own.started ? 'without a vote' : 'not started'
    return drift({ what: `etcd member ${name}`, from, to: 'started' })
  },

  async apply(ctx, params) {
    const via = await ctx.on(params.via)
    await untilAnswering(ctx, via, params.patience)
    await forgetLost(ctx, via, params)
    const members = await ensureListed(ctx, via, params)
    const runs = memberOf(members, params.address)?.started === true
    if (!runs || !(await ctx.remote.exists(manifest('etcd')))) await startEtcd(ctx, members, params)
    await waitForMembers(ctx, via)
  },
})
