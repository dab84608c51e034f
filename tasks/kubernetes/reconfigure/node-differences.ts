/**
 * What kubeadm sets once, when a control-plane node is made, and no phase of it changes later: taints, the socket of the container runtime,
 * and names in certificates of etcd.
 */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { configDocuments } from '../config/render.ts'
import { etcdNamesOf, partsOf } from '../config/rendered.ts'
import { missingEtcdNames } from '../kubeadm/certificates.ts'
import { taintSchema } from '../kubeadm/component-settings.ts'
import { kubectl, ownServer } from '../kubeadm/kubectl.ts'
import { kubeadmConfigPath, kubeletConfig, kubeletFlags, kubeletInstanceConfig } from '../kubeadm/paths.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { allKubeletFlagsIn } from './differences.ts'
import type { UnappliedChange } from './without-dry-run.ts'

const taintList = z.array(taintSchema.strip())
type Taint = z.output<typeof taintSchema>

const textOf = ({ key, value = '', effect }: Taint): string =>
  `${key}${value === '' ? '' : `=${value}`}:${effect}`

const nodeSchema = z.object({ spec: z.object({ taints: taintList.optional() }) })

const registrationIn = (documents: readonly Document[]): Document => {
  const found = partsOf(documents).node['nodeRegistration']
  return isMap(found) ? found : {}
}

/** The taints in a configuration; undefined for those of kubeadm. */
const taintsIn = (registration: Document): readonly Taint[] | undefined =>
  taintList.safeParse(registration['taints']).data

/**
 * The taints of a Node; undefined where there is no such Node.
 *
 * @throws `task-failed` if it cannot be asked: a change of the setting would be written, and never be applied.
 */
const livingTaints = async (
  ctx: CheckContext,
  { self, cluster }: HostConfig,
): Promise<readonly Taint[] | undefined> => {
  const words = ['get', 'node', self.name, '--ignore-not-found', '-o', 'json']
  const { ok, stdout } = await kubectl(ctx, words, ownServer(self.address, cluster.bindPort)).result()
  if (!ok)
    throw new CoxswainError(
      'task-failed',
      `taints of ${self.name} have changed in the inventory, and its API server does not say which ones it has`,
      { hint: 'run again when the API server responds; nothing was changed' },
    )
  if (stdout.trim() === '') return undefined
  const node = jsonReader(stdout, {
    name: 'the answer',
    of: `kubectl get node ${self.name}`,
    code: 'task-failed',
  })(nodeSchema)
  return node.spec.taints ?? []
}

/** Taints that the inventory wants otherwise than they were set. One that someone has removed since is not fought. */
const taintChanges = async (
  ctx: CheckContext,
  config: HostConfig,
  wanted: Document,
  last: Document | undefined,
): Promise<UnappliedChange[]> => {
  const { self, cluster } = config
  const given = taintsIn(wanted)
  const usual = factsOf(cluster.kubernetesVersion).taints.map((key): Taint => ({ key, effect: 'NoSchedule' }))
  const former = last === undefined ? undefined : taintsIn(last)
  const texts = (list: readonly Taint[] | undefined): string | undefined => list?.map(textOf).join(' ')
  if (texts(given) === texts(former)) return []
  const living = await livingTaints(ctx, config)
  if (living === undefined) return []
  const [there, keep] = [new Set(living.map(textOf)), new Set((given ?? usual).map(textOf))]
  const gone = (former ?? usual).map(textOf).filter((text) => there.has(text) && !keep.has(text))
  const lacking = (given ?? []).map(textOf).filter((text) => !there.has(text))
  const command = `kubectl taint node ${self.name}`
  return [
    ...gone.map((text) => ({
      what: `taint ${text} of ${self.name}`,
      from: 'present',
      to: undefined,
      way: `run ${command} ${text}-`,
    })),
    ...lacking.map((text) => ({
      what: `taint ${text} of ${self.name}`,
      from: undefined,
      to: 'present',
      way: `run ${command} ${text}`,
    })),
  ]
}

/** A socket without what does not matter. */
const socketPath = (text: string): string => text.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/')

/** The socket of the container runtime, where it is set and the kubelet has another one. */
const socketChanges = async (
  { remote }: CheckContext,
  { self }: HostConfig,
  wanted: Document,
  last: Document | undefined,
): Promise<UnappliedChange[]> => {
  const { criSocket } = wanted
  if (typeof criSocket !== 'string') return []
  const [flags, instance, config] = await Promise.all(
    [kubeletFlags, kubeletInstanceConfig, kubeletConfig].map((path) => remote.read(path)),
  )
  const inFile = (text: string | undefined): string | undefined =>
    /^containerRuntimeEndpoint: *"?([^"\s]+)/m.exec(text ?? '')?.[1]
  const former = last?.['criSocket']
  const there =
    allKubeletFlagsIn(flags ?? '').get('container-runtime-endpoint') ??
    inFile(instance) ??
    inFile(config) ??
    (typeof former === 'string' ? former : undefined)
  if (there === undefined || socketPath(there) === socketPath(criSocket)) return []
  return [
    {
      what: `cri_socket of ${self.name}`,
      from: there,
      to: criSocket,
      way: 'a node keeps its container runtime; to have another one, take the master out with playbooks/remove-master.ts, and let it join again by playbooks/ha-masters.ts',
    },
  ]
}

/** What a control-plane node was made with, and the configuration sets otherwise. */
export const nodeDifferences = async (ctx: CheckContext, config: HostConfig): Promise<UnappliedChange[]> => {
  const text = await ctx.remote.read(kubeadmConfigPath)
  const wanted = registrationIn(configDocuments(config))
  const last =
    text === undefined ? undefined : registrationIn(readYaml(text, kubeadmConfigPath).filter(isMap))
  const [taints, socket, names] = await Promise.all([
    taintChanges(ctx, config, wanted, last),
    socketChanges(ctx, config, wanted, last),
    missingEtcdNames(ctx, etcdNamesOf(config)),
  ])
  return [
    ...taints,
    ...socket,
    ...names.map(({ file, missing }) => ({
      what: `name ${missing} in ${file}`,
      from: undefined,
      to: 'present',
      way: `move ${file} and its key away, run kubeadm init phase certs ${file.includes('/peer.') ? 'etcd-peer' : 'etcd-server'} with this configuration, and restart etcd, on one master after the other`,
    })),
  ]
}

/** A change in words, with the way to apply it. */
export const unappliedInWords = ({ what, from, to, way }: UnappliedChange): string =>
  `${what}: ${String(from ?? '') || 'not set'} → ${String(to ?? '') || 'not set'}: ${way}`

/** @throws `task-failed` for settings that no playbook applies to a control-plane node that is there. */
export const refuseNodeDifferences = async (ctx: CheckContext, config: HostConfig): Promise<void> => {
  const changes = await nodeDifferences(ctx, config)
  if (changes.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${ctx.host.name} was made with other settings than the configuration, and no playbook changes them`,
    {
      output: changes.map(unappliedInWords).join('\n'),
      hint: 'apply them as it says, or set them in the inventory as they are; nothing was changed',
    },
  )
}
