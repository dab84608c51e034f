/** The networks in flannel's manifest. Pure. */
import { z } from '../../../engine/index.ts'
import { isWithin, networksOf } from '../../network/addresses/networks.ts'
import { readYaml } from '../kubeadm/yaml.ts'

const configMap = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.string(), namespace: z.string().default('default') }),
  data: z.object({ 'net-conf.json': z.string() }),
})
/** The ConfigMap with flannel's configuration. */
export type FlannelConfigMap = z.output<typeof configMap>

const netConf = z.object({
  EnableIPv4: z.boolean().default(true),
  Network: z.string().optional(),
  EnableIPv6: z.boolean().default(false),
  IPv6Network: z.string().optional(),
  Backend: z.object({ Type: z.string().optional(), MTU: z.number().optional() }).optional(),
})

/** The ConfigMap with flannel's configuration in a manifest; undefined if it is not one of flannel. */
export const flannelConfigMap = (manifest: string): FlannelConfigMap | undefined =>
  readYaml(manifest, 'the manifest').flatMap((document) => configMap.safeParse(document).data ?? [])[0]

const read = (json: string): z.output<typeof netConf> | undefined => {
  try {
    return netConf.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}

/** The networks, the backend and the MTU in flannel's configuration, for comparison and messages. */
export const flannelSays = (json: string): string | undefined => {
  const { Network, IPv6Network, Backend } = read(json) ?? {}
  const mtu = Backend?.MTU === undefined ? undefined : `MTU ${Backend.MTU}`
  const found = [Network, IPv6Network, Backend?.Type, mtu].filter((one) => one !== undefined)
  return read(json) && found.join(', ')
}

/** The first network of each family in a list. */
export const byFamily = (
  list: string,
): { readonly four: string | undefined; readonly six: string | undefined } => {
  const of = (family: number) => networksOf(list).find((one) => one?.family === family)?.text
  return { four: of(4), six: of(6) }
}

/** flannel's fields for the networks (flannel's documentation, "Dual-stack"). */
const fieldsOf = (podCidr: string): string => {
  const { four, six } = byFamily(podCidr)
  const fields = {
    ...(four === undefined ? { EnableIPv4: false } : { Network: four }),
    ...(six !== undefined && { EnableIPv6: true, IPv6Network: six }),
  }
  return JSON.stringify(fields, undefined, 1).slice(2, -2).replaceAll(/\n */g, '\n      ').trim()
}

/** The manifest as flannel publishes it with the networks of the pods; undefined if it does not have a place for them. */
export const withFlannelNetworks = (manifest: string, podCidr: string): string | undefined => {
  const place = /"Network":\s*"[^"]+"/
  return place.test(manifest) ? manifest.replace(place, fieldsOf(podCidr)) : undefined
}

/**
 * The manifest as flannel publishes it with the MTU of the network between the nodes, from which flannel takes off its own headers;
 * undefined if it does not have a place for it.
 */
export const withFlannelMtu = (manifest: string, mtu: number): string | undefined => {
  const place = /("Backend":\s*\{\s*"Type":\s*"[^"]+")/
  return place.test(manifest) ? manifest.replace(place, `$1,\n        "MTU": ${mtu}`) : undefined
}

/**
 * What is wrong with the networks in a manifest of flannel: flannel starts only on nodes whose networks are in its own.
 *
 * @returns undefined for another manifest, or one whose networks have those of the pods.
 */
export const flannelFault = (manifest: string, podCidr: string): string | undefined => {
  const conf = read(flannelConfigMap(manifest)?.data['net-conf.json'] ?? '')
  if (conf === undefined) return undefined
  const has = {
    four: conf.EnableIPv4 ? conf.Network : undefined,
    six: conf.EnableIPv6 ? conf.IPv6Network : undefined,
  }
  const wanted = byFamily(podCidr)
  const fits = (['four', 'six'] as const).every((family) => {
    const pods = wanted[family]
    return pods === undefined ? has[family] === undefined : isWithin(pods, has[family])
  })
  if (fits) return undefined
  const networks = [has.four, has.six].filter((one) => one !== undefined)
  return `flannel has ${networks.length === 0 ? 'no network' : networks.join(' and ')} in it, and the pods have ${podCidr}`
}
