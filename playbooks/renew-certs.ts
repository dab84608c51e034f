import { playbook, z } from 'coxswain'
import {
  authorityFiles,
  certificateExpiry,
  etcdHealthy,
  kubeadmRenew,
  staticPodsRestart,
  userKubeconfig,
} from 'coxswain/tasks'
import { controlPlaneVars } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/** The variables of the playbooks that renew certificates. */
export const renewCertsVars = controlPlaneVars.safeExtend({
  renew_certs_within: z
    .number()
    .min(0)
    .default(90)
    .describe('days: a master on which a certificate expires sooner gets new ones'),
})

export default playbook({
  name: 'renew-certs',
  description: 'Renews the certificates of the masters that expire soon, and restarts one master at a time.',
  vars: renewCertsVars,
  requires: oneCluster,
  plays: ({ play }) => [
    // on all of them before a restart: etcd takes new files at once, and members whose certificates have expired could not be asked
    play('the masters get new certificates', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [
        kubeadmRenew({
          version: vars.kubernetes_version,
          allowUnknownVersion: vars.allow_unknown_version,
          days: vars.renew_certs_within,
        }),
      ],
    }),

    play('what an interrupted run has stopped is started again', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ group }) => [
        staticPodsRestart({ onlyStopped: true }),
        // members whose certificates had expired need a moment to find each other
        etcdHealthy({ members: group('masters').length }),
      ],
    }),

    play('the static pods use them, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars, group }) => [
        staticPodsRestart(),
        ...vars.kube_users.map((user) => userKubeconfig({ user })),
        etcdHealthy({ members: group('masters').length }),
      ],
    }),

    play('the authorities, which are not renewed, last longer', {
      hosts: 'masters',
      become: true,
      tasks: ({ vars }) =>
        authorityFiles.map((path) => certificateExpiry({ path, days: vars.renew_certs_within })),
    }),
  ],
})
