import type { HostConfig, Master } from '../kubeadm/settings.ts'

export const peerUrl = ({ address }: Pick<Master, 'address'>): string => `https://${address}:2380`

/** `name=url,…` as etcd's --initial-cluster takes it. */
export const initialCluster = (
  members: readonly { readonly name: string; readonly peerUrl: string }[],
): string => members.map((member) => `${member.name}=${member.peerUrl}`).join(',')

/**
 * Arguments of a master's own etcd. 127.0.0.1 must stay among the client URLs: the API server asks it there up to 1.12.
 */
export const etcdArguments = ({ self, members }: HostConfig): Record<string, string> => {
  const peers = members.map((member) => ({ name: member.name, peerUrl: peerUrl(member) }))
  return {
    'listen-client-urls': `https://127.0.0.1:2379,https://${self.address}:2379`,
    'advertise-client-urls': `https://${self.address}:2379`,
    'listen-peer-urls': peerUrl(self),
    'initial-advertise-peer-urls': peerUrl(self),
    'initial-cluster': initialCluster(peers),
    // the first master begins a cluster, which is etcd's default
    ...(members.length > 1 && { 'initial-cluster-state': 'existing' }),
  }
}

export const etcdSans = ({ self }: HostConfig): string[] => [self.name, self.address]
