import type { Component } from '../kubeadm/component-settings.ts'
import type { Cluster, HostConfig, Master } from '../kubeadm/settings.ts'
import { addressOf, hostInUrl } from '../../network/addresses/addresses.ts'

const urlOf = (host: string, port: number): string => `https://${hostInUrl(host)}:${port}`

/** The peer URL of a node's etcd, in the form that etcd reports. */
export const peerUrl = ({ address }: Pick<Master, 'address'>): string => urlOf(address, 2380)

/** The loopback address of an address's family. kubeadm's etcd listens there, beside the node's own address. */
export const loopbackOf = (address: string): string =>
  addressOf(address)?.family === 6 ? '::1' : '127.0.0.1'

/** `name=url,…` for etcd's --initial-cluster. */
export const initialCluster = (
  members: readonly { readonly name: string; readonly peerUrl: string }[],
): string => members.map((member) => `${member.name}=${member.peerUrl}`).join(',')

/**
 * Arguments of a control-plane node's etcd. The client URLs must include the loopback address: up to 1.12 the API server
 * connects to it.
 */
export const etcdArguments = ({ self, members }: HostConfig): Record<string, string> => {
  const peers = members.map((member) => ({ name: member.name, peerUrl: peerUrl(member) }))
  return {
    'listen-client-urls': `${urlOf(loopbackOf(self.address), 2379)},${urlOf(self.address, 2379)}`,
    'advertise-client-urls': urlOf(self.address, 2379),
    'listen-peer-urls': peerUrl(self),
    'initial-advertise-peer-urls': peerUrl(self),
    'initial-cluster': initialCluster(peers),
    // the first member creates a cluster, which is etcd's default
    ...(members.length > 1 && { 'initial-cluster-state': 'existing' }),
  }
}

export const etcdSans = ({ self }: HostConfig): string[] => [self.name, self.address]

/** The arguments and variables that the user wants for etcd. */
export const etcdComponent = ({ etcd }: Cluster): Component | undefined => {
  if (etcd === undefined) return undefined
  const { quotaBackendBytes: quota, extraArgs, extraEnvs } = etcd
  return {
    extraArgs: { ...(quota !== undefined && { 'quota-backend-bytes': String(quota) }), ...extraArgs },
    extraEnvs,
  }
}
