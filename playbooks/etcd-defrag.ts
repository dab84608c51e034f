import { except, pick, playbook, z } from 'coxswain'
import { etcdMemberDefrag, etcdHealthy, etcdLeader } from 'coxswain/tasks'
import { clusterVars, oneCluster } from './one-cluster.ts'

/** It is defragmented last: when the leader does not respond, the members elect another one. */
const leader = pick('the leader of etcd', { hosts: 'masters', prefer: [etcdLeader()] })

export default playbook({
  name: 'etcd-defrag',
  description: 'Defragments the members of etcd, one at a time, the leader last.',
  vars: z.object({
    ...clusterVars,
    etcd_defrag_min_free: z
      .number()
      .min(1)
      .default(64)
      .describe('MiB that must be free in the database of a member; with less, it is left as it is'),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('the members that follow, one at a time', {
      hosts: except('masters', leader),
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [etcdMemberDefrag({ minFree: vars.etcd_defrag_min_free })],
    }),
    play('the leader', {
      hosts: leader,
      become: true,
      tasks: ({ vars, group }) => [
        etcdMemberDefrag({ minFree: vars.etcd_defrag_min_free }),
        etcdHealthy({ members: group('masters').length }),
      ],
    }),
  ],
})
