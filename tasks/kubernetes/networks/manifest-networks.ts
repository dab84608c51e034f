/** The networks of the pods in a manifest, compared with those of the cluster. Pure. */
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import { isWithin } from '../../network/addresses/networks.ts'
import { flannelFault } from './flannel.ts'

/** What a network calls the place of its own networks, and what is there. */
interface Found {
  readonly place: string
  readonly networks: readonly string[]
}

/** All maps in a value, at any depth. */
const mapsIn = (value: unknown): Readonly<Record<string, unknown>>[] => {
  if (Array.isArray(value)) return value.flatMap(mapsIn)
  return isMap(value) ? [value, ...Object.values(value).flatMap(mapsIn)] : []
}

const texts = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : [])

const calicoVariables = new Set(['CALICO_IPV4POOL_CIDR', 'CALICO_IPV6POOL_CIDR'])
const ciliumFields = ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr']

/** The networks that Calico and Cilium have in a manifest: in variables, in an Installation, in the ConfigMap of Cilium. */
const networksIn = (text: string): Found[] =>
  readYaml(text, 'the manifest').flatMap((document) => {
    const maps = mapsIn(document)
    const ofVariables = maps.flatMap(({ name, value }) =>
      typeof name === 'string' && calicoVariables.has(name) ? [{ place: name, networks: texts(value) }] : [],
    )
    const ofInstallation = maps.flatMap(({ ipPools }) =>
      Array.isArray(ipPools)
        ? [
            {
              place: 'ipPools of the Installation',
              networks: ipPools.flatMap((pool) => (isMap(pool) ? texts(pool['cidr']) : [])),
            },
          ]
        : [],
    )
    const ofCilium = maps.flatMap((map) =>
      ciliumFields.flatMap((place) =>
        typeof map[place] === 'string'
          ? [{ place, networks: texts(map[place]).flatMap((one) => one.split(/[\s,]+/)) }]
          : [],
      ),
    )
    return [...ofVariables, ...ofInstallation, ...ofCilium].filter(({ networks }) => networks.length > 0)
  })

/**
 * What is wrong with the networks in a manifest of flannel, Calico or Cilium: addresses of pods would not be in those of the cluster.
 *
 * @returns undefined if the manifest has those of the pods, or does not name any.
 */
export const networksFault = (text: string, podCidr: string): string | undefined => {
  const fault = flannelFault(text, podCidr)
  if (fault !== undefined) return fault
  const pods = podCidr.split(',')
  const other = networksIn(text).find(({ networks }) =>
    networks.some((one) => !pods.some((outer) => isWithin(one, outer))),
  )
  return other && `${other.place} has ${other.networks.join(' and ')} in it, and the pods have ${podCidr}`
}
