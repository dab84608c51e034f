/** The part of docs/kubernetes.md about settings of a cluster that are refused whether it is new or runs. */

import { ownedSettings } from '../tasks/kubernetes/config/owned-settings.ts'
import { programNames } from '../tasks/kubernetes/kubeadm/versions/flags-gone.ts'

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

const documents = {
  cluster: 'ClusterConfiguration',
  node: 'InitConfiguration',
  kubelet: 'KubeletConfiguration',
  kubeProxy: 'KubeProxyConfiguration',
} as const

/** A row for each entry of the table that the refusals are made from. */
const rows = ownedSettings
  .flatMap(({ program, arguments: names = [], part, fields = [], instead }) => [
    ...(program === undefined
      ? []
      : [`| ${programNames[program]} | ${code(names.map((name) => `--${name}`))} | ${instead} |`]),
    ...(part === undefined ? [] : [`| ${documents[part]} | ${code(fields)} | ${instead} |`]),
  ])
  .join('\n')

/** A chapter. */
export const settings = `## Settings

\`npx run schema playbooks/ha-masters.ts\` has all variables with their fields. Names that a variable does not have are refused with the nearest one, also in
\`api_server\`, \`etcd\`, \`timeouts\`, \`taints\` and the like: kubeadm would never see them. \`kubelet\`, \`kube_proxy\` and \`kubeadm_config_merge\` take all
fields of their documents.

\`kubeadm_config_merge\` is for what no variable can say. Its documents are laid over those of their kind: maps are merged, and so are the lists \`extraArgs\`, \`extraEnvs\`,
\`extraVolumes\` and \`kubeletExtraArgs\`, by the names in them; other lists and values are replaced. It cannot change what a variable has set, because all other tasks go on with the
variable: \`kubernetesVersion\`, \`controlPlaneEndpoint\`, \`localAPIEndpoint\`, the name of the node, networks and arguments are refused with the variable to change.

These arguments and fields are refused with other values than the ones that follow from the variables, before anything connects, for new clusters and for those that run; those of the kubelet also for workers (\`kubelet_extra_args\` of a pool):

| of | settings | instead |
|---|---|---|
${rows}

A master whose etcd has its data in another folder, by its manifest, is named by every task that looks for the data: it is not reset, joined, restored or taken for lost.
Neither is a master whose API server is ready, or whose member of etcd responds, although something is missing on its disk.

`
