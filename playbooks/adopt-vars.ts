/** The variables of ha-masters for a cluster that was read: the names of settings, and the files in which they are written. */
import { join } from 'node:path'
import { controlPlaneVars } from './control-plane-vars.ts'

/** Settings whose variables have another name than theirs in lower case. */
const names: Readonly<Record<string, string>> = {
  certSANs: 'cert_sans',
  bindPort: 'api_port',
  merge: 'kubeadm_config_merge',
}

/** The name of the variable of a setting, such as `pod_subnet` of `podSubnet`. */
const variableOf = (setting: string): string =>
  names[setting] ?? setting.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Settings under the names of their variables. */
export const asVariableNames = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [variableOf(name), value]))

/** What was read of a cluster. */
export interface ReadSettings {
  /** The settings that are not the default. */
  readonly cluster: Readonly<Record<string, unknown>>
  readonly containerService: string | undefined
  /** Whether a master has swap. */
  readonly swap: boolean
  /** Whether root can use kubectl on every master. */
  readonly rootHasKubeconfig: boolean
}

/** The variables with which ha-masters leaves a cluster as it is. */
export const adoptedVariables = (found: ReadSettings): Record<string, unknown> => ({
  ...asVariableNames(found.cluster),
  // the network of the cluster is not replaced by one of ours
  cni_manifest: 'none',
  ...(found.containerService !== undefined && { container_service: found.containerService }),
  ...(found.swap && { manage_swap: false }),
  ...(!found.rootHasKubeconfig && { kube_users: [] }),
})

/** Why ha-masters would refuse variables. */
export const variableFaults = (variables: Readonly<Record<string, unknown>>): string[] =>
  controlPlaneVars
    .safeParse(variables)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

/** What ha-masters does without a comparison with the cluster, by default. */
const defaults: Readonly<Record<string, unknown>> = { manage_swap: true, container_service: 'containerd' }

/** Variables of the inventory that are others than those of the cluster, and that ha-masters would apply. */
export const otherVariables = (
  given: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(given).flatMap(([name, value]) => {
    const wanted = variables[name] ?? defaults[name]
    return value === undefined || JSON.stringify(value) === JSON.stringify(wanted)
      ? []
      : [`${name}: ${JSON.stringify(value)}`]
  })

/** The file of the variables that all hosts share, or of those of one host. */
export const variablesPath = (folder: string, host?: string): string =>
  host === undefined
    ? join(folder, 'group_vars', 'all', 'adopted.yaml')
    : join(folder, 'host_vars', host, 'adopted.yaml')
