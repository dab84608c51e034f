/** Tasks whose example cannot work on one host in a container, and where they are tested instead. */

export interface Elsewhere {
  /** What one container lacks. */
  readonly why: string
  /** The path to a test: files, each with a word in it that leads to the next; the last one is a test on real hosts. */
  readonly proof: readonly (readonly [file: string, word: string])[]
}

/** The playbook of a control plane calls it, and its test builds one. */
const onCluster = (why: string, call: string): Elsewhere => ({
  why,
  proof: [
    ['playbooks/ha-masters.ts', `${call}(`],
    ['test/e2e/ha-masters.test.ts', 'ha-masters'],
  ],
})

/** The tests have a host with PostgreSQL and MariaDB. */
const onServer = (server: 'postgresql' | 'mysql', call: string): Elsewhere => ({
  why: 'it needs a database server',
  proof: [[`test/hosts/databases/${server}.test.ts`, `${call}(`]],
})

/** By the names of tasks. */
export const elsewhere: Readonly<Record<string, Elsewhere>> = {
  'mysql-database': onServer('mysql', 'mysqlDatabase'),
  'mysql-grant': onServer('mysql', 'mysqlGrant'),
  'mysql-user': onServer('mysql', 'mysqlUser'),
  'postgresql-database': onServer('postgresql', 'postgresqlDatabase'),
  'postgresql-extension': onServer('postgresql', 'postgresqlExtension'),
  'postgresql-grant': onServer('postgresql', 'postgresqlGrant'),
  'postgresql-setting': onServer('postgresql', 'postgresqlSetting'),
  'postgresql-user': onServer('postgresql', 'postgresqlUser'),
  'same-cluster': onCluster('it asks an API server', 'sameCluster'),
  'api-server-names': onCluster('it makes a certificate with kubeadm', 'apiServerNames'),
  'api-server-ready': onCluster('it asks an API server', 'apiServerReady'),
  'apply-cni': onCluster('it asks an API server', 'applyCni'),
  'cluster-info': onCluster('it waits for an API server', 'clusterInfo'),
  'copy-certs': onCluster('another master has the certificates', 'copyCerts'),
  'etcd-alarm-clear': {
    why: 'it asks a member of etcd',
    proof: [
      ['test/e2e/ha-masters.test.ts', 'testHaMasters'],
      ['test/support/ha-masters.ts', "'etcd-alarm-clear'"],
    ],
  },
  'etcd-healthy': onCluster('it asks three members of etcd', 'etcdHealthy'),
  'etcd-member-add': onCluster('another master is a member of etcd', 'etcdMemberAdd'),
  'kubeadm-init': onCluster('it starts a control plane', 'kubeadmInit'),
  'kubeadm-join': onCluster('another master lets it join', 'kubeadmJoin'),
  'kubeadm-phase': onCluster('it takes kubeadm and a cluster', 'kubeadmPhase'),
  'kubeadm-version': {
    why: 'it takes kubeadm',
    proof: [
      ['tasks/kubernetes/kubeadm-phase.ts', 'kubeadmVersion('],
      ['playbooks/ha-masters.ts', 'kubeadmPhase('],
      ['test/e2e/ha-masters.test.ts', 'ha-masters'],
    ],
  },
  'node-ready': onCluster('it asks an API server', 'nodeReady'),
  'pods-running': onCluster('it asks an API server', 'podsRunning'),
  'reset-node': {
    why: 'there is nothing of a cluster to take away',
    proof: [
      ['playbooks/reset.ts', 'resetNode('],
      ['test/e2e/ha-masters.test.ts', 'testHaMasters'],
      ['test/support/ha-masters.ts', "succeed('reset')"],
    ],
  },
  reboot: {
    why: 'a container cannot boot again',
    proof: [['test/e2e/reboot.test.ts', "['reboot', '-i'"]],
  },
  'ssh-access': {
    why: 'it takes a second host',
    proof: [['test/hosts/network/ssh-access.test.ts', 'sshAccess(']],
  },
  swap: {
    why: 'it takes a file system of a disk, and the kernel of the machine lists it on every host',
    proof: [['test/hosts/system/swap.test.ts', 'swap.info.example']],
  },
}
