/** Finds the settings of a cluster that others made with kubeadm. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { Finding } from '../../shared/finding.ts'
import { finding } from '../../shared/finding.ts'
import { componentSchema, etcdSchema } from '../kubeadm/component-settings.ts'
import type { Arguments } from '../kubeadm/component-settings.ts'
import { kubeletConfig, kubeletFlags, manifest } from '../kubeadm/paths.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import type { Cluster, HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { printedData } from '../reconfigure/config-maps.ts'
import { comparability, filesOfKubeadm, kubeProxyPhase } from '../reconfigure/kubeadm-files.ts'
import { masterFiles } from '../reconfigure/master-files.ts'
import { isOfVolume, keptDifferences, masterDifferences } from './differences.ts'
import { settingFindings } from './findings.ts'
import { liftedArguments, liftedKubeletArguments } from './lifted.ts'
import type { Pair } from './lifted.ts'
import { sharedNames, sharedRuntime, sharedTaints } from './own-settings.ts'
import { kubeProxySettings, kubeletSettings } from './programs.ts'
import type { LivingCluster } from './read-cluster.ts'
import type { LivingMaster } from './read-master.ts'
import { settingsOf } from './settings.ts'

/** A master, the context of its host, and the address that its kubelet is configured with. */
export interface Adopted {
  readonly ctx: CheckContext
  readonly master: LivingMaster
  readonly nodeIp: string | undefined
}

/** The settings of a cluster, and where it still differs from them. */
export interface Adoption {
  readonly cluster: Cluster
  /** The service of the container runtime, where it is not containerd. */
  readonly containerService: string | undefined
  readonly findings: readonly Finding[]
}

/** @throws `task-failed` on a host whose kubeadm is of another minor release: it would write other files. */
export const requireKubeadm = async (ctx: CheckContext, version: string): Promise<void> => {
  const how = await comparability(ctx, version)
  if (how.by !== 'settings') return
  throw new CoxswainError('task-failed', `the settings of ${ctx.host.name} cannot be read: ${how.why}`, {
    hint: `install kubeadm ${version} there: its dry run says which settings are not its own; nothing was changed`,
  })
}

const configOf = (cluster: Cluster, { master: { name, address }, nodeIp }: Adopted): HostConfig => ({
  cluster,
  self: { name, address },
  members: [{ name, address }],
  ...(nodeIp !== undefined && { nodeIp }),
})

const firstIn = (text: string | undefined, source: string): Document =>
  (text === undefined ? undefined : readYaml(text, source).find(isMap)) ?? {}

/** With the settings of kubelets and kube-proxy that kubeadm does not make by itself. */
const withPrograms = async (living: LivingCluster, cluster: Cluster, first: Adopted): Promise<Cluster> => {
  const { kubelet, kubeProxy } = living
  const phases = ['kubelet-start', ...(kubeProxy === undefined ? [] : [kubeProxyPhase])]
  const made = await filesOfKubeadm(first.ctx, configOf(cluster, first), phases)
  const printed = printedData(made.get(kubeProxyPhase) ?? '')['config.conf']
  const usualProxy = firstIn(typeof printed === 'string' ? printed : undefined, "kubeadm's kube-proxy")
  return {
    ...cluster,
    ...kubeletSettings(kubelet, firstIn(made.get(kubeletConfig), "kubeadm's kubelet")),
    ...(kubeProxy !== undefined && kubeProxySettings(kubeProxy, usualProxy)),
  }
}

/** A program with more arguments. */
const withArguments = <Program extends { readonly extraArgs: Arguments }>(
  program: Program | undefined,
  without: Program,
  more: Arguments,
): Program | undefined => {
  if (Object.keys(more).length === 0) return program
  const { extraArgs, ...rest } = program ?? without
  return { ...without, ...rest, extraArgs: { ...extraArgs, ...more } }
}

const noSettings = componentSchema.parse({})

/** Arguments without those that name a host: another one would get its address. */
const withoutOwn = (given: Arguments, all: readonly Adopted[]): Arguments => {
  const own = all.flatMap(({ master: { name, address, nodeIp = '' } }) => [
    name,
    address,
    ...nodeIp.split(','),
  ])
  const isOwn = (value: string): boolean => own.some((one) => one !== '' && value.includes(one))
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => name !== 'provider-id' && ![value].flat().some(isOwn)),
  )
}

/** With the arguments that all masters run with, and the cluster does not keep. */
const withLifted = async (cluster: Cluster, all: readonly Adopted[]): Promise<Cluster> => {
  // what one master alone has can be its own
  if (all.length < 2) return cluster
  const files = await Promise.all(all.map((one) => masterFiles(one.ctx, configOf(cluster, one))))
  const pairs = (path: string): Pair[] => files.flatMap((list) => list.filter((file) => file.path === path))
  // an argument with the path of a volume that no setting has would stop the program
  const hasOtherVolumes = (path: string): boolean =>
    files.some((list) =>
      list.some((file) => file.path === path && file.changes.some(({ what }) => isOfVolume(what))),
    )
  const ofKubelets = pairs(kubeletFlags)
  const of = (pod: StaticPod): Arguments =>
    pairs(manifest(pod)).length === all.length && !hasOtherVolumes(manifest(pod))
      ? withoutOwn(liftedArguments(pod, pairs(manifest(pod))), all)
      : {}
  return {
    ...cluster,
    etcd: withArguments(cluster.etcd, etcdSchema.parse({}), of('etcd')),
    apiServer: withArguments(cluster.apiServer, noSettings, of('kube-apiserver')),
    controllerManager: withArguments(cluster.controllerManager, noSettings, of('kube-controller-manager')),
    scheduler: withArguments(cluster.scheduler, noSettings, of('kube-scheduler')),
    kubeletExtraArgs: {
      ...cluster.kubeletExtraArgs,
      ...(ofKubelets.length === all.length && withoutOwn(liftedKubeletArguments(ofKubelets), all)),
    },
  }
}

/** Phases of addons that the cluster does not have, and its configuration does not disable. */
const skippedPhases = ({ missing }: LivingCluster, { dns, proxy }: Cluster): string[] => [
  ...(missing.includes('addon coredns') && dns?.disabled !== true ? ['addon/coredns'] : []),
  ...(missing.includes('addon kube-proxy') && proxy?.disabled !== true ? ['addon/kube-proxy'] : []),
]

/**
 * The settings of a cluster, and what of it they do not say.
 *
 * @param all its masters, the one that is asked first.
 */
export const adopt = async (
  living: LivingCluster,
  all: readonly [Adopted, ...Adopted[]],
): Promise<Adoption> => {
  const [first] = all
  const masters = all.map(({ master }) => master)
  const { cluster: kept, unsaid } = settingsOf(living.document, first.master)
  const taints = sharedTaints(living, masters)
  const runtime = sharedRuntime(masters)
  const base: Cluster = {
    ...kept,
    certSANs: [...kept.certSANs, ...sharedNames(kept, living.document, masters)],
    criSocket: runtime.criSocket,
    taints: taints.taints,
  }
  // with the phases: kubeadm might print nothing for one that is left out
  const full = { ...(await withPrograms(living, base, first)), skipPhases: skippedPhases(living, kept) }
  const cluster = await withLifted(full, all)
  const api = factsOf(living.version).configApi
  const [ofCluster, ...ofMasters] = await Promise.all([
    keptDifferences(first.ctx, living.document, configOf(cluster, first)),
    ...all.map((one) => masterDifferences(one.ctx, configOf(cluster, one))),
  ])
  return {
    cluster,
    containerService: runtime.service,
    findings: [
      ...unsaid.map((path) =>
        finding(
          'cluster',
          'fault',
          `kubeadm-config is of ${String(living.document['apiVersion'])} and has ${path}, for which there is no variable`,
          `write it in kubeadm_config_merge as kubeadm.k8s.io/${api} has it`,
        ),
      ),
      ...taints.findings,
      ...runtime.findings,
      ...(living.missing.includes('bootstrap-token')
        ? [
            finding(
              'cluster',
              'warning',
              'the ConfigMap cluster-info of kube-public is not there, which new nodes read, and ha-masters creates it',
              'add bootstrap-token to skip_phases if it must not be there',
            ),
          ]
        : []),
      ...ofCluster,
      ...ofMasters.flat(),
      ...settingFindings(cluster),
    ],
  }
}
