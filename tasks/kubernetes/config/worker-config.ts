/** The configuration of a joining worker. Pure. */
import type { Cluster } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { asYaml } from '../kubeadm/yaml.ts'
import { timeoutsOf } from './beta.ts'
import type { Discovery } from './join-config.ts'
import { nodeRegistration } from './node-registration.ts'
import type { RegisteredNode } from './node-registration.ts'

/** A worker that joins: what its configuration says. */
export interface JoiningWorker extends RegisteredNode {
  readonly version: string
  readonly cluster: RegisteredNode['cluster'] & Pick<Cluster, 'patches' | 'timeouts'>
}

/** A JoinConfiguration without a control plane, in the format of its version (v1beta1 and later). */
export const workerConfig = (worker: JoiningWorker, { endpoint, token, caCertHashes }: Discovery): string => {
  const facts = factsOf(worker.version)
  const { patches } = worker.cluster
  return asYaml([
    {
      apiVersion: `kubeadm.k8s.io/${facts.configApi}`,
      kind: 'JoinConfiguration',
      discovery: { bootstrapToken: { apiServerEndpoint: endpoint, token, caCertHashes } },
      nodeRegistration: nodeRegistration(worker, facts),
      patches: patches === undefined ? undefined : { directory: patches },
      timeouts: timeoutsOf(worker.cluster),
    },
  ])
}
