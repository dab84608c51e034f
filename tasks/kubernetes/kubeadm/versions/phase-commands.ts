/** How the phases are called where they are called alike for several releases. */
import type { PhaseCommands, PhaseName } from './release.ts'

/** Up to 1.12: `kubeadm alpha phase`, for the first control-plane node and the others. */
export const alphaPhases: PhaseCommands = {
  'certs all': { init: ['alpha phase certs all'], join: [] },
  'kubelet-start': {
    init: ['alpha phase kubelet config write-to-disk', 'alpha phase kubelet write-env-file'],
    join: [],
  },
  'kubeconfig kubelet': { init: ['alpha phase kubeconfig kubelet'], join: [] },
  'kubeconfig all': { init: ['alpha phase kubeconfig all'], join: [] },
  'etcd local': { init: ['alpha phase etcd local'], join: [] },
  'control-plane all': { init: ['alpha phase controlplane all'], join: [] },
  'mark-control-plane': { init: ['alpha phase mark-master'], join: [] },
  'upload-config kubelet': { init: [], join: [] },
  'kubelet-finalize all': { init: [], join: [] },
}

const byInit = (name: PhaseName) => ({ init: [`init phase ${name}`], join: [] })

/** 1.13: `kubeadm init phase`. */
export const initPhases: PhaseCommands = {
  'certs all': byInit('certs all'),
  'kubelet-start': byInit('kubelet-start'),
  'kubeconfig kubelet': byInit('kubeconfig kubelet'),
  'kubeconfig all': byInit('kubeconfig all'),
  'etcd local': byInit('etcd local'),
  'control-plane all': byInit('control-plane all'),
  'mark-control-plane': byInit('mark-control-plane'),
  'upload-config kubelet': byInit('upload-config kubelet'),
  'kubelet-finalize all': { init: [], join: [] },
}

const byBoth = (name: PhaseName, join: string) => ({
  init: [`init phase ${name}`],
  join: [`join phase ${join}`],
})

/** From 1.14 on also `kubeadm join phase`; a joining kubelet gets its kubeconfig by itself. */
export const joinPhases: Partial<PhaseCommands> = {
  'certs all': byBoth('certs all', 'control-plane-prepare certs'),
  'kubelet-start': byBoth('kubelet-start', 'kubelet-start'),
  'kubeconfig all': byBoth('kubeconfig all', 'control-plane-prepare kubeconfig'),
  'etcd local': byBoth('etcd local', 'control-plane-join etcd'),
  'control-plane all': byBoth('control-plane all', 'control-plane-prepare control-plane'),
  'mark-control-plane': byBoth('mark-control-plane', 'control-plane-join mark-control-plane'),
}
