/** The files of a complete control-plane node, for simulated hosts. */
import type { Reply, ScriptedFile, World } from '../../../engine/testing.ts'

const finished = [
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/config.yaml',
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
    (name) => `/etc/kubernetes/manifests/${name}.yaml`,
  ),
]

export const data = { '/var/lib/etcd/member/wal': { content: '', type: 'directory' as const } }
export const unfinished = { '/etc/coxswain/unfinished': 'x' }
export const finishedFiles: NonNullable<World['files']> = {
  ...Object.fromEntries(finished.map((path) => [path, 'x'])),
  ...data,
}

/** Makes a host a complete control-plane node, as kubeadm does at its end. */
export const finish = (files: Map<string, ScriptedFile>): void => {
  for (const path of finished) files.set(path, { content: 'x' })
  files.set('/var/lib/etcd/member/wal', data['/var/lib/etcd/member/wal'])
}

/** An API server that is ready if all files exist, after some failed requests. */
export const readyz = (inVain = 0): readonly [RegExp, Reply] => {
  let asked = 0
  return [
    /^curl .*readyz/,
    (_, files) => {
      asked += 1
      return asked > inVain && finished.every((path) => files.has(path)) ? 'ok' : { code: 7 }
    },
  ]
}
/** kubectl, which is used if curl fails. */
export const healthz: readonly [RegExp, Reply] = [/get --raw \/healthz/, { code: 1 }]
