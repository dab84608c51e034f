/** Shell programs around `kubeadm upgrade`. */
import { shellFile } from '../../../engine/index.ts'

/** Succeeds if a `kubeadm upgrade` runs on the host. */
export const kubeadmRuns = shellFile(import.meta.url, 'kubeadm-runs.sh')

/** Runs kubeadm with its words, and restarts a kubelet meanwhile that cannot start a static pod. */
export const runKubeadm = shellFile(import.meta.url, 'run-kubeadm.sh')

/** Puts back manifests that an interrupted upgrade has moved away, and prints the names of the pods. */
export const putBack = shellFile(import.meta.url, 'put-back.sh')
