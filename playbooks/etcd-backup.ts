import { pick, playbook, z } from 'coxswain'
import {
  etcdResponds,
  etcdSnapshot,
  etcdSnapshotFetch,
  etcdSnapshotPrune,
  etcdSnapshotVerify,
  hostOf,
} from 'coxswain/tasks'
import { controlPlaneVars } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/** Any member has all data; without a quorum, it has what it knows. */
const member = pick('a member of etcd that responds', { hosts: 'masters', prefer: [etcdResponds()] })

/** The name of a cluster in names of files, by its endpoint. */
const clusterName = (endpoint: string): string => hostOf(endpoint).replaceAll(/[^\w.-]/g, '-')

export default playbook({
  name: 'etcd-backup',
  description: 'Takes a snapshot of etcd, proves that it can be restored, and fetches it.',
  vars: controlPlaneVars.safeExtend({
    etcd_backup_name: z
      .string()
      .optional()
      .describe('the name of the cluster in the names of snapshots; the host of its endpoint by default'),
    etcd_backup_folder: z
      .string()
      .default('/var/backups/etcd')
      .describe('the folder of the snapshots on the master'),
    etcd_backup_dest: z
      .string()
      .default('etcd-backups')
      .describe('the folder of the snapshots on this machine'),
    etcd_backup_age_recipients: z
      .array(z.string())
      .default([])
      .describe('recipients of age (age1…), for whom the snapshot here is encrypted; none: it is not'),
    etcd_backup_keep: z
      .number()
      .int()
      .min(1)
      .default(7)
      .describe('how many snapshots stay, on the master and here'),
    etcd_backup_max_age: z
      .number()
      .int()
      .min(1)
      .default(300)
      .describe('seconds for which a snapshot counts as recent: no other one is taken then'),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('a snapshot that can be restored', {
      hosts: member,
      become: true,
      tasks: ({ vars }) => {
        const cluster = vars.etcd_backup_name ?? clusterName(vars.control_plane_endpoint)
        const place = { cluster, folder: vars.etcd_backup_folder }
        const keep = vars.etcd_backup_keep
        return [
          etcdSnapshot({ ...place, maxAge: vars.etcd_backup_max_age }),
          etcdSnapshotVerify(place),
          // only after the proof of the new one
          etcdSnapshotPrune({ ...place, keep }),
          etcdSnapshotFetch({
            ...place,
            keep,
            dest: vars.etcd_backup_dest,
            recipients: vars.etcd_backup_age_recipients,
          }),
        ]
      },
    }),
  ],
})
