/** Where a cluster and its control-plane nodes differ from what a configuration sets, without a kubeadm that says what it would write. */
import type { Change, CheckContext } from '../../../engine/index.ts'
import { withNodeIp } from '../config/node-ip.ts'
import { configDocuments } from '../config/render.ts'
import { pairsIn, partsOf } from '../config/rendered.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { configMapData } from '../kubeadm/cluster-config.ts'
import { kubeadmConfigPath, kubeletConfig, kubeletFlags } from '../kubeadm/paths.ts'
import { flagIn } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf, kubeletConfigMapOf } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { allKubeletFlagsIn, extraKubeletFlagsIn, isSameMode, settingChange } from './differences.ts'
import { setFieldChanges } from './set-fields.ts'

const firstIn = (text: string | undefined, source: string): Document | undefined =>
  text === undefined ? undefined : readYaml(text, source).find(isMap)

/** A setting that differs, and how to apply it. */
export interface UnappliedChange extends Change {
  readonly way: string
}

const withWay = (changes: readonly Change[], way: string): UnappliedChange[] =>
  changes.map((change) => ({ ...change, way }))

/** Whether the ConfigMap leaves the kubelets the driver of the release, which each node's kubeadm sets by an argument where it is another one. */
const isDriverOfNodes = (config: HostConfig, there: Document): boolean =>
  there['cgroupDriver'] === undefined && factsOf(config.cluster.kubernetesVersion).cgroupDriver === 'cgroupfs'

/** The settings without one of them. */
const without = (all: Document, name: string): Document =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

/** What the ConfigMaps for kubelets and kube-proxy lack of what a configuration sets. One that is not there lacks nothing. */
export const unappliedOfCluster = async (
  ctx: CheckContext,
  config: HostConfig,
  server: string,
): Promise<UnappliedChange[]> => {
  const wanted = partsOf(configDocuments(config))
  const name = kubeletConfigMapOf(config.cluster.kubernetesVersion)
  const [kubelet, proxy] = await Promise.all([
    configMapData(ctx, name, server),
    configMapData(ctx, 'kube-proxy', server),
  ])
  const ofKubelets = firstIn(kubelet?.['kubelet'], `the ConfigMap ${name}`)
  const ofProxy = firstIn(proxy?.['config.conf'], 'the ConfigMap kube-proxy')
  return [
    ...withWay(
      ofKubelets === undefined
        ? []
        : setFieldChanges(
            isDriverOfNodes(config, ofKubelets) ? without(wanted.kubelet, 'cgroupDriver') : wanted.kubelet,
            ofKubelets,
            `the kubelets (ConfigMap ${name})`,
          ),
      `set it in the ConfigMap ${name}, and in ${kubeletConfig} of each node, and restart its kubelet`,
    ),
    ...withWay(
      ofProxy === undefined
        ? []
        : setFieldChanges(wanted.kubeProxy, ofProxy, 'kube-proxy').filter((change) => !isSameMode(change)),
      'set it in config.conf of the ConfigMap kube-proxy, and run kubectl -n kube-system rollout restart daemonset kube-proxy',
    ),
  ]
}

const lastOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.at(-1)

/** Several values of an argument, as one text. */
const joined = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join(', ')

type Pairs = ReturnType<typeof pairsIn>

/**
 * What the arguments of a kubelet lack of those that are set, and have of those that were set before.
 *
 * @param before the arguments of the configuration that was written last.
 */
export const kubeletArgumentChanges = (text: string, wanted: Pairs, before: Pairs): Change[] => {
  const there = allKubeletFlagsIn(text)
  return [...new Set([...Object.keys(wanted), ...Object.keys(before)])].flatMap((name) => {
    const [to, from] = [joined(wanted[name]), there.get(name)]
    // a value with blanks is not read word by word
    if (isSameValue(from, to) || (to !== undefined && /\s/.test(to) && text.includes(`--${name}=${to}`)))
      return []
    if (to === undefined && from !== joined(before[name])) return []
    return [settingChange(`argument ${name} of the kubelet`, from, to)]
  })
}

/** The address and the port of the API server that a manifest lacks. Arguments of the user have precedence. */
export const apiServerChanges = (manifest: string, node: Document, extraArgs: Pairs): Change[] => {
  const endpoint = [node['localAPIEndpoint'], node['apiEndpoint'], node['api']].find(isMap) ?? {}
  return [
    ['advertise-address', endpoint['advertiseAddress']] as const,
    ['secure-port', endpoint['bindPort'] ?? 6443] as const,
  ].flatMap(([name, given]) => {
    const to =
      lastOf(extraArgs[name]) ??
      (typeof given === 'string' || typeof given === 'number' ? String(given) : undefined)
    const from = flagIn(manifest, name)
    return to === undefined || from === undefined || isSameValue(from, to)
      ? []
      : [{ what: `argument ${name} of kube-apiserver`, from, to }]
  })
}

/** Files of distributions with arguments for the kubelet, in the order in which its unit reads them. */
export const extraFlagFiles = ['/etc/default/kubelet', '/etc/sysconfig/kubelet'] as const

/** The argument of the kubelet that sets a field, such as `fail-swap-on` for `failSwapOn`. */
const flagOfField = (field: string): string => field.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()

/** The fields that no argument sets as wanted: arguments have precedence over the file. */
export const withoutSetByFlags = (wanted: Document, flags: ReadonlyMap<string, string>): Document =>
  Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => {
      const given = flags.get(flagOfField(field))
      const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
      return given === undefined || !isScalar || !isSameValue(given, String(value))
    }),
  )

/** What the files of a control-plane node lack of what a configuration sets. A file that is not there lacks nothing. */
export const unappliedOfMaster = async (
  ctx: CheckContext,
  config: HostConfig,
): Promise<UnappliedChange[]> => {
  const { kubelet, node, cluster } = partsOf(configDocuments(await withNodeIp(ctx, config)))
  const [fields, flags, last, apiServer] = await Promise.all([
    ...[kubeletConfig, kubeletFlags, kubeadmConfigPath].map((path) => ctx.remote.read(path)),
    manifestText(ctx, 'kube-apiserver'),
  ])
  const extra = await Promise.all(extraFlagFiles.map((path) => ctx.remote.read(path)))
  // the later ones have precedence
  const allFlags = new Map([
    ...allKubeletFlagsIn(flags ?? ''),
    ...extra.flatMap((text) => [...extraKubeletFlagsIn(text ?? '')]),
  ])
  const argumentsIn = (one: Document): Pairs => {
    const registration = one['nodeRegistration']
    return pairsIn(isMap(registration) ? registration['kubeletExtraArgs'] : undefined)
  }
  const before = last === undefined ? {} : partsOf(readYaml(last, kubeadmConfigPath).filter(isMap)).node
  const ofKubelet = firstIn(fields, kubeletConfig)
  const program = cluster['apiServer']
  const extraArgs = pairsIn(
    (isMap(program) ? program['extraArgs'] : undefined) ?? cluster['apiServerExtraArgs'],
  )
  return [
    ...withWay(
      apiServer === undefined ? [] : apiServerChanges(apiServer, node, extraArgs),
      'it is not changed in a cluster that runs',
    ),
    ...withWay(
      ofKubelet === undefined
        ? []
        : setFieldChanges(withoutSetByFlags(kubelet, allFlags), ofKubelet, 'the kubelet'),
      `set it in ${kubeletConfig}, and restart the kubelet`,
    ),
    ...withWay(
      flags === undefined ? [] : kubeletArgumentChanges(flags, argumentsIn(node), argumentsIn(before)),
      `set it in ${kubeletFlags}, and restart the kubelet`,
    ),
  ]
}
