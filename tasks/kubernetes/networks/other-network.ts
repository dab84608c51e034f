/** Finds a pod network that a cluster has already: a second one over it would break both. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { flannelConfigMap, flannelSays } from './flannel.ts'
import { refuseOtherConfigurations } from './configurations.ts'
import { networkNamedIn } from './known.ts'
import { objectsIn } from './manifest-objects.ts'
import { isNetworkFolder, onlyReads, ownerOf } from './owners.ts'

/** Kinds that run a network, or an operator that makes one. */
const workloads = new Set(['DaemonSet', 'Deployment', 'Installation'])

/** These add something to a network and are not one. */
const additions = /multus|istio-cni|linkerd-cni|whereabouts/

const nameOf = (daemonSet: string): string => networkNamedIn(daemonSet) ?? 'another pod network'

/** The known networks in a manifest, by its DaemonSets and what makes them. */
export const networksOfManifest = (text: string): string[] => {
  const found = objectsIn(text).flatMap(({ kind, name, namespace }) =>
    workloads.has(kind) ? (networkNamedIn(`${namespace}/${name}`) ?? []) : [],
  )
  return [...new Set(found)]
}

const volumes = '{range .spec.template.spec.volumes[*]}{.hostPath.path}{","}{end}'
const listPath = `{range .items[*]}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\t"}${volumes}{"\\n"}{end}`

/** `namespace/name` of each DaemonSet that installs a pod network: it has a volume for the configuration of networks. */
const networkSets = async (ctx: CheckContext): Promise<string[]> => {
  const lines = await kubectl(ctx, [
    'get',
    'daemonsets',
    '--all-namespaces',
    '-o',
    `jsonpath=${listPath}`,
  ]).lines()
  return lines.flatMap((line) => {
    const [namespace = '', name = '', paths = ''] = line.split('\t')
    const installs = paths.split(',').some(isNetworkFolder)
    return installs && !additions.test(name) ? [`${namespace}/${name}`] : []
  })
}

/** Those of some DaemonSets that write the configuration of networks. */
const writersOf = async (ctx: CheckContext, sets: readonly string[]): Promise<string[]> => {
  const found: string[] = []
  for (const set of sets) if (!(await onlyReads(ctx, set))) found.push(set)
  return found
}

/** `namespace/name` of each DaemonSet that is a pod network of a cluster. */
export const podNetworkSets = async (ctx: CheckContext): Promise<string[]> =>
  writersOf(ctx, await networkSets(ctx))

const inWords = (set: string): string => `${nameOf(set)} (DaemonSet ${set})`

/** The pod networks of a cluster, such as `flannel (DaemonSet kube-flannel/kube-flannel-ds)`. */
export const podNetworksOf = async (ctx: CheckContext): Promise<string[]> =>
  (await podNetworkSets(ctx)).map(inWords)

/** The flannel that runs with other networks or another backend than those of the manifest. */
const otherFlannel = async (ctx: CheckContext, text: string): Promise<string | undefined> => {
  const config = flannelConfigMap(text)
  if (config === undefined) return undefined
  const { name, namespace } = config.metadata
  const path = 'jsonpath={.data.net-conf\\.json}'
  const live = await kubectl(ctx, [
    '-n',
    namespace,
    'get',
    'configmap',
    name,
    '--ignore-not-found',
    '-o',
    path,
  ]).text()
  const [there, wanted] = [flannelSays(live), flannelSays(config.data['net-conf.json'])]
  if (there === undefined || wanted === undefined || there === wanted) return undefined
  return `flannel of another manifest (its ConfigMap ${namespace}/${name} has ${there}, and the manifest ${wanted})`
}

/**
 * The pod network of a cluster that is not of a manifest, in words; undefined if there is none.
 *
 * @returns also whether the manifest was applied already.
 */
export const otherNetworkOf = async (ctx: CheckContext, text: string) => {
  const isOwn = ownerOf(text)
  const sets = await networkSets(ctx)
  const others = await writersOf(
    ctx,
    sets.filter((set) => !isOwn(set)),
  )
  const found = others.length > 0 ? others.map(inWords).join(', ') : await otherFlannel(ctx, text)
  return { found, isApplied: sets.some(isOwn) }
}

/**
 * Refuses a manifest if the cluster, or one of its nodes, has another pod network.
 *
 * @param nodes the nodes whose own configurations are looked at, before the first application.
 * @throws `task-failed` with the network that is there, and what to set.
 */
export const refuseOtherNetwork = async (
  ctx: CheckContext,
  nodes: () => Promise<readonly CheckContext[]>,
  manifest: string,
  text: string,
): Promise<void> => {
  const { found, isApplied } = await otherNetworkOf(ctx, text)
  if (found === undefined) {
    // from its first application on, the network writes its own files
    if (!isApplied) await refuseOtherConfigurations(await nodes(), manifest, text)
    return
  }
  throw new CoxswainError('task-failed', `the cluster already has a pod network: ${found}`, {
    hint: `it was left as it is, and ${manifest} was not applied; set cni_manifest to none to keep it, or to the path of the manifest that it was made from; to change the network, remove it first: playbooks/cni.ts -e cni_manifest=none -e cni_remove=true`,
  })
}
