/** Paths of kubeadm (kubeadm implementation details, "Constants and well-known values and paths"). */
export const pki = '/etc/kubernetes/pki'
export const adminConf = '/etc/kubernetes/admin.conf'

/** The name under which tasks predict this file under `--check`, and under which other tasks look for it. */
export const adminConfFile = `the file ${adminConf}`

export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'
export const kubeletConfig = '/var/lib/kubelet/config.yaml'

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
