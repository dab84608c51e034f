/** The configuration of a joining control-plane node, from that of write-config. Pure. */
import { CoxswainError, z } from '../../../engine/index.ts'
import { asYaml } from '../kubeadm/yaml.ts'
import { factsOf } from '../kubeadm/versions.ts'

const part = z.looseObject({})

/** What an InitConfiguration says about the node and how kubeadm works: it holds for joining as well. */
const initSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('InitConfiguration'),
  nodeRegistration: part.nullish(),
  patches: part.nullish(),
  timeouts: part.nullish(),
})

/** The configuration version of a document, which the version of Kubernetes must read: the fields are of that version. */
const apiOf = (apiVersion: string, version: string): string => {
  const { reads } = factsOf(version)
  if (reads.some((one) => apiVersion === `kubeadm.k8s.io/${one}`)) return apiVersion
  throw new CoxswainError(
    'task-failed',
    `the kubeadm configuration on the host is ${apiVersion}, which Kubernetes ${version} does not read`,
    { hint: 'run the task write-config first, for the same version' },
  )
}

/** How a node finds the cluster that it joins. */
export interface Discovery {
  /** host:port of the load balancer. */
  readonly endpoint: string
  readonly token: string
  /** The hashes of the public keys of the cluster's authorities. */
  readonly caCertHashes: readonly string[]
}

/** The node that joins. */
export interface JoiningNode {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly version: string
  readonly criSocket?: string | undefined
}

/**
 * A JoinConfiguration.
 *
 * @param documents the documents of the kubeadm configuration on the host; none if there is no such file.
 * @throws `task-failed` if the version does not read them.
 */
export const joinConfig = (
  { name, address, port, version, criSocket }: JoiningNode,
  { endpoint, token, caCertHashes }: Discovery,
  documents: readonly unknown[],
): string => {
  const init = documents.map((one) => initSchema.safeParse(one).data).find((one) => one !== undefined)
  return asYaml([
    {
      apiVersion:
        init === undefined ? `kubeadm.k8s.io/${factsOf(version).configApi}` : apiOf(init.apiVersion, version),
      kind: 'JoinConfiguration',
      discovery: {
        bootstrapToken: { apiServerEndpoint: endpoint, token, caCertHashes },
      },
      controlPlane: { localAPIEndpoint: { advertiseAddress: address, bindPort: port } },
      nodeRegistration: { ...init?.nodeRegistration, name, ...(criSocket !== undefined && { criSocket }) },
      patches: init?.patches ?? undefined,
      timeouts: init?.timeouts ?? undefined,
    },
  ])
}
