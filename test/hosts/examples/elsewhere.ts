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

/** A playbook that keeps a control plane calls it, and its test runs that on a cluster. */
const operation = (
  why: string,
  playbook: string,
  call: string,
  file = 'operations/etcd-and-certificates',
): Elsewhere => ({
  why,
  proof: [
    [`playbooks/${playbook}.ts`, `${call}(`],
    [`test/e2e/${file}.test.ts`, `'${playbook}'`],
  ],
})

/** The playbook that reconfigures a control plane calls it, and its test changes one. */
const onReconfigure = (call: string): Elsewhere =>
  operation('it takes a control plane', 'reconfigure', call, 'operations/reconfigure')

/** A playbook that takes masters away calls it, and its test runs that on a cluster. */
const onRemoval = (why: string, call: string): Elsewhere => ({
  why,
  proof: [
    ['playbooks/remove-master.ts', `${call}(`],
    ['test/e2e/operations/masters.test.ts', "'remove-master'"],
  ],
})

/** The playbook of workers calls it, and its test runs that on a cluster. */
const onWorkers = (why: string, call: string): Elsewhere =>
  operation(why, 'workers', call, 'operations/workers')

/** A test of masters calls it by its name, on a cluster. */
const onMasters = (name: string): Elsewhere => ({
  why: 'it asks an API server',
  proof: [['test/e2e/operations/masters.test.ts', `'${name}'`]],
})

/** The playbook that upgrades a control plane calls it, and its test upgrades one. */
const onUpgrade = (why: string, call: string): Elsewhere =>
  operation(why, 'upgrade', call, 'operations/upgrade')

/** The playbook that replaces authorities calls it, and its test replaces those of a cluster. */
const onRotation = (call: string): Elsewhere =>
  operation('it takes a control plane', 'rotate-ca', call, 'operations/rotate')

/** The playbook that moves a cluster to another endpoint calls it, and its test moves one. */
const onMove = (call: string): Elsewhere =>
  operation('it takes a control plane', 'move-endpoint', call, 'operations/move-endpoint')
/** The playbook that gives masters other names and addresses calls it, and its test does that to a cluster. */
const onRename = (call: string): Elsewhere =>
  operation('it takes a control plane', 'rename-or-readdress', call, 'operations/rename-or-readdress')
/** The playbook that replaces keys calls it, and its test replaces those of a cluster. */
const onKeys = (call: string): Elsewhere =>
  operation('it takes a control plane', 'rotate-keys', call, 'operations/rotate-keys')
/** The playbook that replaces the service account key calls it, and its test replaces that of a cluster. */
const onServiceAccounts = (call: string): Elsewhere =>
  operation('it takes a control plane', 'rotate-service-accounts', call, 'operations/rotate-service-accounts')

/** The same, through the file that says where programs come from. */
const inBundle = (call: string): Elsewhere => ({
  why: 'it takes a bundle of Kubernetes',
  proof: [
    ['playbooks/control-plane-programs.ts', `${call}(`],
    ['playbooks/upgrade.ts', './control-plane-programs.ts'],
    ['test/e2e/operations/upgrade.test.ts', "'upgrade'"],
  ],
})

/** The tests have a host with PostgreSQL and MariaDB. */
const onServer = (server: 'postgresql' | 'mysql', call: string): Elsewhere => ({
  why: 'it needs a database server',
  proof: [[`test/hosts/databases/${server}.test.ts`, `${call}(`]],
})

/** No host here has SELinux in its kernel. */
const onSelinux = (file: string, call: string): Elsewhere => ({
  why: 'it needs SELinux in the kernel, and is tested with the output of semanage',
  proof: [[`test/tasks/system/${file}.test.ts`, `${call}(`]],
})

/** The tests have a host with the programs. */
const onTools = (needs: string, file: string, call: string): Elsewhere => ({
  why: `it needs ${needs}`,
  proof: [[`test/hosts/system/${file}.test.ts`, `${call}(`]],
})

/** By the names of tasks. */
export const elsewhere: Readonly<Record<string, Elsewhere>> = {
  at: onTools('at', 'at', 'at'),
  gem: onTools('Ruby and gems', 'languages', 'gem'),
  'npm-package': onTools('npm and a registry', 'languages', 'npmPackage'),
  pip: onTools('packages of Python', 'languages', 'pip'),
  'mysql-database': onServer('mysql', 'mysqlDatabase'),
  'mysql-grant': onServer('mysql', 'mysqlGrant'),
  'mysql-setting': onServer('mysql', 'mysqlSetting'),
  'mysql-user': onServer('mysql', 'mysqlUser'),
  'postgresql-database': onServer('postgresql', 'postgresqlDatabase'),
  'postgresql-extension': onServer('postgresql', 'postgresqlExtension'),
  'postgresql-grant': onServer('postgresql', 'postgresqlGrant'),
  'postgresql-setting': onServer('postgresql', 'postgresqlSetting'),
  'postgresql-user': onServer('postgresql', 'postgresqlUser'),
  'package-file': {
    why: 'its package would be in the way of the examples that share its host',
    proof: [['test/hosts/system/package-file.test.ts', 'packageFile(']],
  },
  'virtual-ip': {
    why: 'it needs a network with a free address',
    proof: [
      ['playbooks/load-balancers.ts', 'virtualIp('],
      ['playbooks/ha-masters.ts', './load-balancers.ts'],
      ['test/e2e/operations/virtual-ip.test.ts', 'ha-masters'],
    ],
  },
  selinux: onSelinux('selinux', 'selinux'),
  'selinux-boolean': onSelinux('selinux-boolean', 'selinuxBoolean'),
  'selinux-fcontext': onSelinux('selinux-fcontext', 'selinuxFcontext'),
  'selinux-port': onSelinux('selinux-port', 'selinuxPort'),
  'same-cluster': onCluster('it asks an API server', 'sameCluster'),
  'no-other-network': onCluster('it takes a control plane', 'noOtherNetwork'),
  'no-rotation': onCluster('it takes a control plane', 'noRotation'),
  'no-endpoint-move': onCluster('it takes a control plane', 'noEndpointMove'),
  'endpoint-move-begin': onMove('endpointMoveBegin'),
  'endpoint-answers': onMove('endpointAnswers'),
  'endpoint-records': onMove('endpointRecords'),
  'endpoint-kubeconfigs': onMove('endpointKubeconfigs'),
  'endpoint-kube-proxy': onMove('endpointKubeProxy'),
  'endpoint-former-users': onMove('endpointFormerUsers'),
  'endpoint-move-end': onMove('endpointMoveEnd'),
  'former-endpoint-kept': onMove('formerEndpointKept'),
  'same-master': onCluster('it takes a control plane', 'sameMaster'),
  'adopted-settings': operation('it reads a cluster', 'adopt', 'adoptedSettings', 'operations/adopt'),
  'variables-file': operation(
    'it writes a file on the machine that runs it',
    'adopt',
    'variablesFile',
    'operations/adopt',
  ),
  'reconfigure-plan': onReconfigure('reconfigurePlan'),
  'rejoin-begin': onRename('rejoinBegin'),
  'rejoin-interrupted': onRename('rejoinInterrupted'),
  'rejoin-master': onRename('rejoinMaster'),
  'rejoin-plan': onRename('rejoinPlan'),
  'etcd-peer-addresses': onRename('etcdPeerAddresses'),
  'reconfigure-master': onReconfigure('reconfigureMaster'),
  'reconfigure-kube-proxy': onReconfigure('reconfigureKubeProxy'),
  'upload-cluster-config': onReconfigure('uploadClusterConfig'),
  'api-server-names': onCluster('it makes a certificate with kubeadm', 'apiServerNames'),
  'api-server-ready': onCluster('it asks an API server', 'apiServerReady'),
  'apply-cni': onCluster('it asks an API server', 'applyCni'),
  'cluster-info': onCluster('it waits for an API server', 'clusterInfo'),
  'copy-certs': onCluster('another master has the certificates', 'copyCerts'),
  'etcd-alarm-clear': operation(
    'it asks a member of etcd',
    'etcd-alarm',
    'etcdAlarmClear',
    'operations/etcd-alarm',
  ),
  'etcd-member-away': operation(
    'it asks a member of etcd',
    'maintenance',
    'etcdMemberAway',
    'operations/maintenance',
  ),
  'maintenance-begin': operation(
    'it waits for a reboot',
    'maintenance',
    'maintenanceBegin',
    'operations/maintenance',
  ),
  'master-interrupted': onReconfigure('masterInterrupted'),
  'maintenance-end': operation(
    'it follows a reboot',
    'maintenance',
    'maintenanceEnd',
    'operations/maintenance',
  ),
  'maintenance-done': operation(
    'it follows a reboot',
    'maintenance',
    'maintenanceDone',
    'operations/maintenance',
  ),
  'etcd-member-defrag': operation('it asks a member of etcd', 'etcd-defrag', 'etcdMemberDefrag'),
  'etcd-leader': operation('it asks a member of etcd', 'etcd-defrag', 'etcdLeader'),
  'etcd-restore-data': operation('it takes a control plane', 'etcd-restore', 'etcdRestoreData'),
  'etcd-restore-prepare': operation('it takes a control plane', 'etcd-restore', 'etcdRestorePrepare'),
  'etcd-restore-start': operation('it takes a control plane', 'etcd-restore', 'etcdRestoreStart'),
  'etcd-restore-stop': operation('it takes a control plane', 'etcd-restore', 'etcdRestoreStop'),
  'etcd-responds': operation('it asks a member of etcd', 'etcd-backup', 'etcdResponds'),
  'etcd-snapshot': operation('it asks a member of etcd', 'etcd-backup', 'etcdSnapshot'),
  'etcd-snapshot-fetch': operation('it takes a snapshot of etcd', 'etcd-backup', 'etcdSnapshotFetch'),
  'etcd-snapshot-prune': operation('it takes a proven snapshot', 'etcd-backup', 'etcdSnapshotPrune'),
  'etcd-snapshot-verify': operation('it takes a snapshot of etcd', 'etcd-backup', 'etcdSnapshotVerify'),
  'authority-clients': onRotation('authorityClients'),
  'authority-keep': onRotation('authorityKeep'),
  'authority-prepare': onRotation('authorityPrepare'),
  'authority-sign': onRotation('authoritySign'),
  'authority-trust': onRotation('authorityTrust'),
  'cluster-info-authority': onRotation('clusterInfoAuthority'),
  'encryption-argument': onKeys('encryptionArgument'),
  'encryption-keep': onKeys('encryptionKeep'),
  'encryption-prepare': onKeys('encryptionPrepare'),
  'encryption-rewrite': onKeys('encryptionRewrite'),
  'encryption-stage': onKeys('encryptionStage'),
  'extension-authorities': onRotation('extensionAuthorities'),
  'pods-without-authority': onRotation('podsWithoutAuthority'),
  'service-account-controllers': onServiceAccounts('serviceAccountControllers'),
  'service-account-keep': onServiceAccounts('serviceAccountKeep'),
  'service-account-prepare': onServiceAccounts('serviceAccountPrepare'),
  'service-account-secrets': onServiceAccounts('serviceAccountSecrets'),
  'service-account-stage': onServiceAccounts('serviceAccountStage'),
  'service-account-tokens': onServiceAccounts('serviceAccountTokens'),
  'workloads-restart': onRotation('workloadsRestart'),
  'etcd-recover': operation(
    'it takes two lost control-plane nodes',
    'recover-quorum',
    'etcdRecover',
    'operations/recover-quorum',
  ),
  'recovery-begun': operation(
    'it takes two lost control-plane nodes',
    'recover-quorum',
    'recoveryBegun',
    'operations/recover-quorum',
  ),
  'cni-leftovers': operation(
    'a network was removed from its cluster',
    'cni',
    'cniLeftovers',
    'operations/cni',
  ),
  'cni-remove': operation('it asks an API server', 'cni', 'cniRemove', 'operations/cni'),
  'cni-removed': operation('it asks an API server', 'cni', 'cniRemoved', 'operations/cni'),
  'cluster-smoke': operation('it asks a cluster', 'smoke', 'clusterSmoke', 'operations/smoke'),
  'cluster-state': operation('it asks a control plane', 'status', 'clusterState'),
  'etcd-healthy': onCluster('it asks three members of etcd', 'etcdHealthy'),
  'etcd-member-add': onCluster('another master is a member of etcd', 'etcdMemberAdd'),
  'kubeadm-init': onCluster('it starts a control plane', 'kubeadmInit'),
  'node-labels': onWorkers('it asks an API server', 'nodeLabels'),
  'node-taints': onWorkers('it asks an API server', 'nodeTaints'),
  'worker-can-leave': onWorkers('its node is drained', 'workerCanLeave'),
  'worker-fits': onWorkers('a master lets it join', 'workerFits'),
  'worker-join': onWorkers('a master lets it join', 'workerJoin'),
  'worker-upgrade': operation('it takes a worker', 'upgrade', 'workerUpgrade', 'operations/upgrade'),
  'kubeadm-join': onCluster('another master lets it join', 'kubeadmJoin'),
  'kubeadm-phase': onCluster('it takes kubeadm and a cluster', 'kubeadmPhase'),
  'kubeadm-renew': operation('it takes kubeadm and a cluster', 'renew-certs', 'kubeadmRenew'),
  'kubeadm-upgrade': onUpgrade('it takes kubeadm and a cluster', 'kubeadmUpgrade'),
  'kubelet-upgrade': onUpgrade('it takes a kubelet', 'kubeletUpgrade'),
  'control-plane-ready': onUpgrade('it asks API servers', 'controlPlaneReady'),
  'upgrade-state': onUpgrade('it asks an API server', 'upgradeState'),
  'kubernetes-programs': inBundle('kubernetesPrograms'),
  'bundle-images': inBundle('bundleImages'),
  'release-bundle': {
    why: 'it downloads a release of Kubernetes',
    proof: [['test/tasks/kubernetes/release-bundle.test.ts', 'releaseBundle(']],
  },
  'bundle-part': {
    why: 'it takes a bundle of Kubernetes',
    proof: [['test/hosts/kubernetes/install.test.ts', 'bundlePart(']],
  },
  'static-pods-restart': operation('it takes a kubelet', 'renew-certs', 'staticPodsRestart'),
  'kubelet-certificate': operation(
    'it takes kubeadm and a kubelet',
    'revive',
    'kubeletCertificate',
    'operations/revive',
  ),
  'kubeadm-version': {
    why: 'it takes kubeadm',
    proof: [
      ['tasks/kubernetes/kubeadm-phase.ts', 'kubeadmVersion('],
      ['playbooks/ha-masters.ts', 'kubeadmPhase('],
      ['test/e2e/ha-masters.test.ts', 'ha-masters'],
    ],
  },
  'node-cordon': onMasters('node-cordon'),
  'node-delete': onRemoval('it asks an API server', 'nodeDelete'),
  'etcd-leader-move': onRemoval('it asks a member of etcd', 'etcdLeaderMove'),
  'etcd-member-remove': onRemoval('it asks a member of etcd', 'etcdMemberRemove'),
  'etcd-quorum-without': onRemoval('it asks a member of etcd', 'etcdQuorumWithout'),
  'node-drain': onMasters('node-drain'),
  'node-uncordon': onMasters('node-uncordon'),
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
    proof: [['test/e2e/machine/reboot.test.ts', "['reboot', '-i'"]],
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
