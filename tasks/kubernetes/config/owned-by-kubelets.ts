/** Settings of kubelets that a variable owns, or that everything else here depends on: of control-plane nodes and of workers. Pure. */
import { addressOf } from '../../network/addresses/addresses.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { bootstrapConf, kubeletConf, kubeletConfig, kubeletFolder, manifests } from '../kubeadm/paths.ts'
import type { Document } from '../kubeadm/yaml.ts'
import type { Owned } from './owned.ts'

/** What the configuration of a node says elsewhere, which an argument of its kubelet must agree with. */
export interface KubeletOwners {
  readonly name: string
  /** The addresses that the kubelet reports, where they are not an argument. */
  readonly nodeIp: string | undefined
  readonly criSocket: string | undefined
  /** The cgroup driver of the kubelets. */
  readonly cgroupDriver: string
  /** Fields of KubeletConfiguration. */
  readonly kubelet: Document
}

/** Where kubeadm lets a kubelet say whether it is healthy. */
const health = { port: 10_248, address: '127.0.0.1' } as const

/** Whether two paths are the same folder. */
export const sameFolder = (value: string, folder: string): boolean =>
  value.replace(/(?<=.)\/+$/, '') === folder

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

/** Whether a kubelet that listens at an address can be asked at the one of its configuration. */
const answersAt = (value: string, { kubelet }: KubeletOwners): boolean => {
  const asked = addressOf(textOf(kubelet['healthzBindAddress']) ?? health.address)
  const [all, own] = [addressOf('0.0.0.0')?.key, addressOf(value)?.key]
  return own !== undefined && (own === asked?.key || value === '::' || (own === all && asked?.family === 4))
}

/** A path that kubeadm and all tasks have for a file or folder of the kubelet. */
const fixed = (name: string, path: string): Owned<KubeletOwners> => ({
  program: 'kubelet',
  arguments: [name],
  accepts: (value) => sameFolder(value, path),
  instead: `kubeadm and playbooks look for it at ${path}: remove it`,
})

/** The rows of the table for the kubelet. */
export const ownedByKubelets: readonly Owned<KubeletOwners>[] = [
  {
    program: 'kubelet',
    arguments: ['hostname-override'],
    accepts: (value, { name }) => value === name,
    instead: 'the name of a node is that of its host in the inventory: remove it',
  },
  {
    program: 'kubelet',
    arguments: ['node-ip'],
    accepts: (value, { nodeIp }) => nodeIp === undefined || isSameValue(value, nodeIp),
    instead: 'set node_ip instead',
  },
  {
    program: 'kubelet',
    arguments: ['register-node'],
    accepts: (value) => value !== 'false',
    instead: 'the host would not become a node of the cluster: remove it',
  },
  {
    program: 'kubelet',
    arguments: ['pod-manifest-path'],
    part: 'kubelet',
    fields: ['staticPodPath'],
    accepts: (value) => sameFolder(value, manifests),
    instead: `kubeadm writes its static pods into ${manifests}: remove it`,
  },
  fixed('root-dir', kubeletFolder),
  fixed('cert-dir', `${kubeletFolder}/pki`),
  fixed('config', kubeletConfig),
  fixed('kubeconfig', kubeletConf),
  fixed('bootstrap-kubeconfig', bootstrapConf),
  {
    program: 'kubelet',
    arguments: ['healthz-port'],
    accepts: (value, { kubelet }) => value === (textOf(kubelet['healthzPort']) ?? String(health.port)),
    instead:
      'kubeadm and playbooks ask a kubelet for its health at the port of its configuration: set healthzPort of kubelet instead',
  },
  {
    program: 'kubelet',
    arguments: ['healthz-bind-address'],
    accepts: answersAt,
    instead:
      'kubeadm and playbooks ask a kubelet for its health at the address of its configuration: set healthzBindAddress of kubelet instead',
  },
  {
    program: 'kubelet',
    arguments: ['cgroup-driver'],
    accepts: (value, { cgroupDriver }) => value === cgroupDriver,
    instead: 'the container runtime must have the same: set cgroup_driver instead',
  },
  {
    program: 'kubelet',
    arguments: ['container-runtime-endpoint'],
    part: 'kubelet',
    fields: ['containerRuntimeEndpoint'],
    accepts: (value, { criSocket }) => value.replace('unix://', '') === criSocket?.replace('unix://', ''),
    instead: 'set cri_socket instead',
  },
]
