import { flag, playbook, z } from 'coxswain'
import {
  etcdHealthy,
  etcdRestoreData,
  etcdRestorePrepare,
  etcdRestoreStart,
  etcdRestoreStop,
  file,
  nodeReady,
} from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

export default playbook({
  name: 'etcd-restore',
  description: 'Restores etcd on all masters from one snapshot. Every write after it is lost.',
  vars: controlPlaneVars.safeExtend({
    etcd_restore_snapshot: z
      .string()
      .describe('the snapshot on this machine, as etcd-backup fetches it, not encrypted'),
    etcd_restore_accept_loss: flag()
      .default(false)
      .describe('accept that every write after the snapshot is lost'),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('every master has the snapshot, and what restores it', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [
        etcdRestorePrepare({
          snapshot: vars.etcd_restore_snapshot,
          acceptLoss: vars.etcd_restore_accept_loss,
        }),
      ],
    }),

    play('API servers and etcd are stopped everywhere', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars, group }) => [
        etcdRestoreStop({
          snapshot: vars.etcd_restore_snapshot,
          masters: group('masters').map(({ name }) => name),
        }),
      ],
    }),

    play('every master restores the same snapshot', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ host, vars, group }) => [
        etcdRestoreData({
          snapshot: vars.etcd_restore_snapshot,
          name: host.name,
          members: group('masters').map(master),
        }),
      ],
    }),

    play('etcd starts', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [etcdRestoreStart({ snapshot: vars.etcd_restore_snapshot, pod: 'etcd' })],
    }),

    play('the members of etcd are healthy', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ group }) => [etcdHealthy({ members: group('masters').length, timeout: 300 })],
    }),

    play('the API servers start', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [
        etcdRestoreStart({ snapshot: vars.etcd_restore_snapshot, pod: 'kube-apiserver' }),
      ],
    }),

    play('the nodes are ready', {
      hosts: 'masters[0]',
      become: true,
      tasks: ({ group }) => group('masters').map(({ name }) => nodeReady({ node: name })),
    }),

    // only here is it known that all masters are complete: the same snapshot can be restored again later
    play('the record of the restoring is removed', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: () => [file({ path: '/etc/coxswain/etcd-restore', state: 'absent' })],
    }),
  ],
})
