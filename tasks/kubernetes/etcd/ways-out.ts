/** What hints tell a person to do. Nothing in them needs a program that kubeadm's packages do not bring. */
import { pki } from '../kubeadm/paths.ts'

/** Where the logs of a static pod are, on its host. */
export const logsOf = (component: string): string =>
  `tail /var/log/pods/kube-system_${component}-*/${component}/*.log; journalctl -u kubelet`

/** etcdctl in the pod of a node that is a member. */
export const etcdctlOn = (node: string, words: string): string =>
  `kubectl -n kube-system exec etcd-${node} -- etcdctl --cacert=${pki}/etcd/ca.crt --cert=${pki}/etcd/server.crt --key=${pki}/etcd/server.key ${words}`

/** An ID as etcdctl has it. */
export const hexadecimal = (id: string): string => BigInt(id).toString(16)
