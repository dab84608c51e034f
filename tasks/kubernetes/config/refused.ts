/** What is refused in the kubeadm configuration of a control-plane node, before anything is written. Pure. */
import type { z } from '../../../engine/index.ts'
import { isCoxswainError } from '../../../engine/index.ts'
import { defaultServiceSubnet, networkFaults } from '../kubeadm/network-rules.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { unknownOthers, unknownSettings } from '../kubeadm/versions/unknown-settings.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { contradictions } from './contradictions.ts'
import { etcdArguments } from './etcd-arguments.ts'
import { givenTwice } from './given-twice.ts'
import { ownedArgumentFaults, ownedFieldFaults } from './owned-faults.ts'
import type { Owners } from './owned-settings.ts'
import { baseDocuments, configDocuments } from './render.ts'
import { namesIn, partsOf, settingsIn, textAt } from './rendered.ts'
import type { RenderedSettings } from './rendered.ts'

/** Names of a variable that a list of `merge` has replaced: they would be in no certificate. */
const lostNames = ({ cluster }: HostConfig, documents: readonly Document[]): string[] => {
  const there = new Set(namesIn(documents))
  const lost = cluster.certSANs.filter((name) => !there.has(name))
  return lost.length === 0
    ? []
    : [
        `kubeadm_config_merge replaces the names in certSANs, and does not have ${lost.join(', ')} of cert_sans: set all of them in cert_sans`,
      ]
}

const ownersOf = (config: HostConfig, { kubelet }: RenderedSettings): Owners => ({
  name: config.self.name,
  address: config.self.address,
  port: config.cluster.bindPort,
  podSubnet: config.cluster.podSubnet,
  serviceSubnet: config.cluster.serviceSubnet ?? defaultServiceSubnet,
  criSocket: config.cluster.criSocket,
  cgroupDriver: textAt(kubelet, 'cgroupDriver') ?? factsOf(config.cluster.kubernetesVersion).cgroupDriver,
  kubelet,
  nodeIp: config.nodeIp,
  ofEtcd: { name: config.self.name, ...etcdArguments(config) },
})

/** What the configuration says of settings that a variable has, or that nothing else here would know of. */
const ownedFaults = (
  config: HostConfig,
  documents: readonly Document[],
  settings: RenderedSettings,
): string[] => {
  const owners = ownersOf(config, settings)
  const { kubeletExtraArgs: kubelet, apiServer, controllerManager, scheduler, etcd } = settings
  return [
    ...givenTwice(config.cluster),
    ...contradictions(config, baseDocuments(config)),
    ...ownedFieldFaults(partsOf(documents), owners),
    ...ownedArgumentFaults(
      {
        apiServer: apiServer?.extraArgs,
        controllerManager: controllerManager?.extraArgs,
        scheduler: scheduler?.extraArgs,
        etcd: etcd?.extraArgs,
        kubelet,
      },
      owners,
    ),
  ]
}

type Unknown = typeof unknownSettings

/** What does not go together in the settings of a configuration, or is not known to its release. */
const faultsOf = (given: HostConfig, unknown: Unknown): string[] => {
  const { cluster, self } = given
  const facts = factsOf(cluster.kubernetesVersion)
  const documents = configDocuments(given)
  const settings = settingsIn(documents)
  const nodeIp = [settings.kubeletExtraArgs['node-ip'] ?? []].flat().at(-1)
  // those of the variables have been refused already
  const known = new Set(unknown(cluster, facts))
  return [
    ...networkFaults({
      self,
      nodeIp,
      cluster: { ...settings, kubernetesVersion: cluster.kubernetesVersion },
    }),
    ...unknown({ ...settings, kubernetesVersion: cluster.kubernetesVersion }, facts)
      .filter((what) => !known.has(what))
      .map((what) => `kubeadm_config_merge: Kubernetes ${cluster.kubernetesVersion} does not know ${what}`),
    ...lostNames(given, documents),
    ...ownedFaults(given, documents, settings),
  ]
}

/**
 * What ha-masters refuses in the settings of a configuration, for a preflight: all but arguments and feature gates that the programs of
 * its release do not know, which have findings of their own.
 */
export const refusedIn = (given: HostConfig): string[] => {
  const version = given.cluster.kubernetesVersion
  return [
    ...unknownOthers(given.cluster, factsOf(version)).map(
      (what) => `Kubernetes ${version} does not know ${what}`,
    ),
    ...faultsOf(given, unknownOthers),
  ]
}

/** Checks that what is written for a node goes together, and that kubeadm of its version knows it. */
export const configFits = (given: HostConfig, context: z.RefinementCtx): void => {
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message })
  try {
    faultsOf(given, unknownSettings).forEach(refuse)
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'params-invalid') throw error
    refuse([error.message, error.hint ?? []].flat().join('; '))
  }
}
