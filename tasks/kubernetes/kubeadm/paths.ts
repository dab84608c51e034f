/** Paths of kubeadm (kubeadm implementation details, "Constants and well-known values and paths"). */
export const pki = '/etc/kubernetes/pki'
export const adminConf = '/etc/kubernetes/admin.conf'

/** The name under which tasks predict this file under `--check`, and under which other tasks look for it. */
export const adminConfFile = `the file ${adminConf}`

export const kubeletConf = '/etc/kubernetes/kubelet.conf'
/** What a kubelet has until its first certificate is signed: it contains a token. */
export const bootstrapConf = '/etc/kubernetes/bootstrap-kubelet.conf'

export const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'

/** Where a kubelet keeps everything of its own. */
export const kubeletFolder = '/var/lib/kubelet'

/** The kubelet's own certificate and key in one file, a link: the kubelet makes a new file at each renewal. */
export const kubeletClient = `${kubeletFolder}/pki/kubelet-client-current.pem`

/** Exists from before a kubelet gets a new client certificate until it was restarted. */
export const kubeletRestartPath = '/etc/coxswain/restart-kubelet'

export const kubeletConfig = `${kubeletFolder}/config.yaml`

/** What kubeadm sets for the kubelet of one host (1.34 and later). */
export const kubeletInstanceConfig = `${kubeletFolder}/instance-config.yaml`

/** The arguments that kubeadm gives to the kubelet. */
export const kubeletFlags = `${kubeletFolder}/kubeadm-flags.env`

/** The path of the kubeadm configuration of this project. kubeadm itself does not read a default path. */
export const kubeadmConfigPath = '/etc/coxswain/kubeadm.yaml'

/** Exists while an init or join is in progress: only an incomplete one can be started again. */
export const unfinishedPath = '/etc/coxswain/unfinished'

export const manifest = (component: string): string => `${manifests}/${component}.yaml`

/** The kubeconfigs that kubeadm writes; super-admin.conf from 1.29 on, on the node that was initialised. */
export const kubeconfigs = [
  adminConf,
  kubeletConf,
  ...['super-admin', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
    (name) => `/etc/kubernetes/${name}.conf`,
  ),
]

/** The static pods of a control plane. */
export const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

/** Exists while kubeadm renews certificates: what an interrupted renewal left must be renewed again. */
export const renewingPath = '/etc/coxswain/renewing'

/** The static pods that must be restarted, a line for each, until each of them was. */
export const restartsPath = '/etc/coxswain/restart-static-pods'

/** Where the manifest of a static pod is while it is restarted: on the same file system, so that it moves at once. */
export const movedManifests = '/etc/kubernetes/restarting'

/** Where the manifests of etcd and the API server are while etcd is restored. */
export const restoringManifests = '/etc/kubernetes/restoring'

/** Where the snapshot and the program that restores it are on a host until the restored cluster is healthy. */
export const restoreFolder = '/var/lib/etcd-restore'

/** Exists from the beginning of a maintenance of all masters to its end: the boot in which it began, and when. */
export const maintenancePath = '/etc/coxswain/maintenance'

/** The folder of etcd's data. */
export const etcdFolder = '/var/lib/etcd'

/** The name under which the renewal of certificates is predicted under `--check`. */
export const newCertificates = 'new certificates of the control plane'

/** The name under which the new certificate of a kubelet is predicted under `--check`: it runs again with that. */
export const validKubelet = 'a kubelet with a valid certificate'

/** Which snapshot a host was restored from, how far that is, and when it was begun. */
export const restoreRecord = '/etc/coxswain/etcd-restore'

/** The name of the copy of etcd's data, from before the last member is made the only one until its API server is ready. */
export const recoverRecord = '/etc/coxswain/recover-quorum'

/** Exists while kubeadm upgrades a control-plane node. It has the version, and `apply` or `node`: what an interrupted upgrade left must be continued. */
export const upgradingPath = '/etc/coxswain/upgrading'

/** Where kubeadm keeps the manifests that an upgrade replaces, and copies of etcd's data. */
export const kubeadmTemporary = '/etc/kubernetes/tmp'

/** Where new authorities are until they have taken the place of the former ones, with what those have; only root can read it. */
export const rotatingFolder = '/etc/coxswain/rotate-ca'

/** Exists on each control-plane node while a key of encryption at rest is replaced: the new key, and what encrypted before; only root can read it. */
export const encryptionRecord = '/etc/coxswain/rotate-keys/encryption.json'

/** The name under which a new key of encryption at rest is predicted under `--check`. */
export const newEncryptionKey = 'a new key of encryption at rest'

/** Exists on each control-plane node while the service account key is replaced: the new key, and what there was before; only root can read it. */
export const serviceAccountRecord = '/etc/coxswain/rotate-service-accounts/key.json'

/** The name under which a new service account key is predicted under `--check`. */
export const newServiceAccountKey = 'a new service account key'

/** Where replaced authorities and keys are kept; only root can read it. */
export const replacedFolder = '/etc/coxswain/replaced'

/** The name under which a new authority is predicted under `--check`. */
export const newAuthority = (authority: string): string => `a new authority: ${authority}`

/** Where the former files of a control-plane node are while it is reconfigured, until everything works with the new ones. */
export const formerFiles = '/etc/coxswain/reconfigure'

/** Exists on each control-plane node from before a cluster is moved to another endpoint until nothing refers to the former one. */
export const endpointMovePath = '/etc/coxswain/move-endpoint'

/** Exists on a control-plane node from before it leaves its cluster to join it again under another name or address, until it has. */
export const rejoinRecord = '/etc/coxswain/rejoin.json'

/** The addresses of a host that were added to the certificate of its etcd member, a line for each. */
export const peerNamesRecord = '/etc/coxswain/etcd-peer-addresses'
