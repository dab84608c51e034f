import { flag, pick, playbook } from 'coxswain'
import { etcdHealthy, etcdRecover, hasEtcdData, nodeDelete, nodeReady, recoveryBegun } from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/**
 * Seconds until the cluster notices that nodes are lost: the kubelet can wait 300 s before it starts the controller manager again, which has
 * failed for as long as there was no quorum, and that waits 40 to 50 s for a kubelet.
 */
const untilNoticed = 420

/** The host with the last member. If others have data too, the task refuses, and names them. */
const survivor = pick('the survivor', { hosts: 'masters', prefer: [recoveryBegun(), hasEtcdData()] })

export default playbook({
  name: 'recover-quorum',
  description: 'Makes the last member of etcd a cluster of its own, after the majority was lost for good.',
  vars: controlPlaneVars.safeExtend({
    recover_quorum_accept_loss: flag()
      .default(false)
      .describe('accept that writes are lost which only the lost members had'),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('one healthy member', {
      hosts: survivor,
      become: true,
      tasks: ({ host, vars, group }) => [
        etcdRecover({
          name: host.name,
          masters: group('masters').map(master),
          acceptLoss: vars.recover_quorum_accept_loss,
        }),
        etcdHealthy({ members: 1 }),
        nodeReady({ node: host.name }),
      ],
    }),

    play('the lost nodes are removed', {
      hosts: survivor,
      become: true,
      tasks: ({ host, group }) =>
        group('masters')
          .filter(({ name }) => name !== host.name)
          .map(({ name }) => nodeDelete({ node: name, timeout: untilNoticed })),
    }),
  ],
})
