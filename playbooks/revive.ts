import { playbook } from 'coxswain'
import { clusterInfo, kubeletCertificate, nodeReady, podsRunning } from 'coxswain/tasks'
import renewCerts, { renewCertsVars } from './renew-certs.ts'
import { oneCluster } from './one-cluster.ts'

export default playbook({
  name: 'revive',
  description: 'Brings back a control plane whose certificates have expired, those of its kubelets included.',
  vars: renewCertsVars,
  requires: oneCluster,
  plays: ({ play }) => [
    // first: a kubelet that cannot authenticate itself ends, and neither stops nor starts static pods
    play('the kubelets have certificates that are valid', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ host }) => [kubeletCertificate({ node: host.name })],
    }),

    renewCerts,

    play('the cluster is back', {
      hosts: 'masters[0]',
      become: true,
      tasks: ({ vars, group }) => [
        ...group('masters').map(({ name }) => nodeReady({ node: name })),
        podsRunning({ withoutNetwork: vars.cni_manifest === 'none' }),
        clusterInfo({ endpoint: vars.control_plane_endpoint }),
      ],
    }),
  ],
})
