/** Where kubeadm keeps things (kubeadm implementation details, "Constants and well-known values and paths"). */
export const pki = '/etc/kubernetes/pki'
export const adminConf = '/etc/kubernetes/admin.conf'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const manifests = '/etc/kubernetes/manifests'
export const etcdData = '/var/lib/etcd/member'
export const kubeletConfig = '/var/lib/kubelet/config.yaml'

/** Where this project keeps a master's kubeadm configuration. kubeadm itself never reads a default path. */
export const kubeadmConfigPath = '/etc/coxswain/kubeadm.yaml'

export const manifest = (component: string): string => `${manifests}/${component}.yaml`

/** The static pods of a control plane. */
export const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
