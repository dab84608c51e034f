/** Where kubeadm keeps things (kubeadm implementation details, "Constants and well-known values and paths"). */
export const pki = '/etc/kubernetes/pki'
export const adminConf = '/etc/kubernetes/admin.conf'

/** What tasks that write it predict under `--check`, and what those that need it ask for. */
export const adminConfFile = `the file ${adminConf}`

export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'
export const kubeletConfig = '/var/lib/kubelet/config.yaml'

/** Where this project keeps a master's kubeadm configuration. kubeadm itself never reads a default path. */
export const kubeadmConfigPath = '/etc/coxswain/kubeadm.yaml'

/** There from the moment a host begins to become a master until it is one: only what is unfinished may be begun anew. */
export const unfinishedPath = '/etc/coxswain/unfinished'

export const manifest = (component: string): string => `${manifests}/${component}.yaml`

/** The kubeconfigs that kubeadm writes; super-admin.conf from 1.29 on, on the master that was initialised. */
export const kubeconfigs = [
  adminConf,
  kubeletConf,
  ...['super-admin', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
    (name) => `/etc/kubernetes/${name}.conf`,
  ),
]

/** The static pods of a control plane. */
export const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
