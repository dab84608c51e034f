/** What the cluster keeps for all its nodes, beside kubeadm-config: the configurations of kubelets and kube-proxy. */
import type { Change, CheckContext } from '../../../engine/index.ts'
import { configMapData } from '../kubeadm/cluster-config.ts'
import { kubeletConfig } from '../kubeadm/paths.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { kubeletConfigMapOf } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import { fieldChanges, isSameMode } from './differences.ts'
import { filesOfKubeadm, kubeProxyPhase } from './kubeadm-files.ts'

/** Fields of a kubelet that kubeadm sets on each host by itself. */
const ofHost = (path: string): boolean => path === 'resolvConf' || path === 'containerRuntimeEndpoint'

/** The data of the ConfigMap in what kubeadm prints for kube-proxy. */
export const printedData = (text: string): Readonly<Record<string, unknown>> => {
  const found = readYaml(text, "kubeadm's kube-proxy").find(
    (one) => isMap(one) && one['kind'] === 'ConfigMap',
  )
  const data = isMap(found) ? found['data'] : undefined
  return isMap(data) ? data : {}
}

/** The changes of the ConfigMap with the configuration of kube-proxy. */
const proxyChanges = (
  there: Readonly<Record<string, string>> | undefined,
  printed: string | undefined,
): Change[] => {
  // the cluster was made without kube-proxy
  if (there === undefined || printed === undefined) return []
  const wanted = printedData(printed)
  return [
    { key: 'config.conf', of: 'kube-proxy' },
    { key: 'kubeconfig.conf', of: "kube-proxy's kubeconfig" },
  ].flatMap(({ key, of }) => {
    const [from, to] = [there[key], wanted[key]]
    return from === undefined || typeof to !== 'string'
      ? []
      : fieldChanges(from, to, of).filter((change) => !isSameMode(change))
  })
}

/** Changes of what a cluster keeps for kubelets and for kube-proxy. */
export interface ConfigMapChanges {
  readonly kubelet: readonly Change[]
  readonly kubeProxy: readonly Change[]
}

/**
 * The changes of the ConfigMaps that kubeadm writes for kubelets and kube-proxy.
 *
 * @throws `task-failed` if kubeadm does not accept the configuration.
 */
export const configMapChanges = async (
  ctx: CheckContext,
  config: HostConfig,
  server: string,
): Promise<ConfigMapChanges> => {
  const { kubernetesVersion } = config.cluster
  const name = kubeletConfigMapOf(kubernetesVersion)
  // patches are for files on hosts
  const shared = { ...config, cluster: { ...config.cluster, patches: undefined } }
  const [kubelet, proxy] = await Promise.all([
    configMapData(ctx, name, server),
    configMapData(ctx, 'kube-proxy', server),
  ])
  const phases = ['kubelet-start', ...(proxy === undefined ? [] : [kubeProxyPhase])]
  const made = await filesOfKubeadm(ctx, shared, phases)
  const [there, wanted] = [kubelet?.['kubelet'], made.get(kubeletConfig)]
  return {
    kubelet:
      there === undefined || wanted === undefined
        ? []
        : fieldChanges(there, wanted, `the kubelets (ConfigMap ${name})`, ofHost),
    kubeProxy: proxyChanges(proxy, made.get(kubeProxyPhase)),
  }
}
