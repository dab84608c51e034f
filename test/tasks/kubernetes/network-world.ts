/** A cluster with a pod network as its API server shows it, for tests of the tasks that change one. */
import { isDeepStrictEqual } from 'node:util'
import type { Reply } from '../../../engine/connection/scripted.ts'
import { z } from '../../../engine/index.ts'
import type { World } from '../../../engine/testing.ts'
import { isMap, readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import type { Document } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { keyOf, objectsIn } from '../../../tasks/kubernetes/networks/manifest-objects.ts'
import { sentPattern } from '../../support/sent.ts'

interface SimulatedPod {
  readonly name: string
  readonly set: string
  readonly node: string
  readonly revision: number
}

/** What the cluster has. */
export interface NetworkCluster {
  /** The objects by their key, with the document that was applied. */
  readonly objects: Map<string, Document>
  /** The text of the record; empty if there is none. */
  record: string
  pods: SimulatedPod[]
  /** The revision of each DaemonSet, by `namespace/name`. */
  readonly revisions: Map<string, number>
  readonly nodes: string[]
  /** Nodes that are not Ready, with why. */
  readonly notReady: Map<string, string>
  /** Pods that use the network, as the API server shows them. */
  users: object[]
  /** Whether a new pod becomes ready. */
  becomesReady: (pod: SimulatedPod) => boolean
  /** What others have in the namespace of the network, as kubectl names it. */
  foreign: string
  /** What changed the cluster, in order. */
  readonly log: string[]
  /** The changing command of this number fails, before or after it has taken effect. */
  fails: { readonly at: number; readonly after: boolean } | undefined
  count: number
  serial: number
}

/** A cluster without a network. */
export const newNetworkCluster = (nodes: readonly string[] = ['m1', 'm2', 'm3']): NetworkCluster => ({
  objects: new Map(),
  record: '',
  pods: [],
  revisions: new Map(),
  nodes: [...nodes],
  notReady: new Map(),
  users: [],
  becomesReady: () => true,
  log: [],
  foreign: '',
  fails: undefined,
  count: 0,
  serial: 0,
})

/** The same cluster, which does not change with this one. */
export const copyOf = (cluster: NetworkCluster): NetworkCluster => ({
  ...cluster,
  objects: new Map(cluster.objects),
  pods: [...cluster.pods],
  revisions: new Map(cluster.revisions),
  nodes: [...cluster.nodes],
  notReady: new Map(cluster.notReady),
  log: [],
})

const documents = (text: string): Document[] =>
  readYaml(text, 'the test').flatMap((one) => {
    if (!isMap(one)) return []
    return one['kind'] === 'List' && Array.isArray(one['items']) ? one['items'].filter(isMap) : [one]
  })

const keyed = (text: string): [string, Document][] => {
  const keys = objectsIn(text).map(keyOf)
  return documents(text).map((document, index) => [keys[index] ?? '', document])
}

const setSchema = z.object({
  kind: z.literal('DaemonSet'),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z
    .object({
      template: z.unknown(),
      updateStrategy: z.object({ type: z.string() }).default({ type: 'RollingUpdate' }),
    })
    .default({ template: undefined, updateStrategy: { type: 'RollingUpdate' } }),
})
type SimulatedSet = z.output<typeof setSchema>

const setsOf = (cluster: NetworkCluster): SimulatedSet[] =>
  [...cluster.objects.values()].flatMap((one) => setSchema.safeParse(one).data ?? [])

const nameOf = ({ metadata }: SimulatedSet): string => `${metadata.namespace}/${metadata.name}`

/** What the controller of DaemonSets does. */
const settle = (cluster: NetworkCluster): void => {
  for (const set of setsOf(cluster)) {
    const name = nameOf(set)
    const revision = cluster.revisions.get(name) ?? 1
    cluster.revisions.set(name, revision)
    if (set.spec.updateStrategy.type === 'RollingUpdate')
      cluster.pods = cluster.pods.filter((pod) => pod.set !== name || pod.revision === revision)
    for (const node of cluster.nodes) {
      if (cluster.pods.some((pod) => pod.set === name && pod.node === node)) continue
      cluster.serial += 1
      cluster.pods.push({ name: `${set.metadata.name}-${cluster.serial}`, set: name, node, revision })
    }
  }
}

/** What kubectl apply does. */
export const applied = (cluster: NetworkCluster, text: string): void => {
  for (const [key, document] of keyed(text)) {
    const before = setSchema.safeParse(cluster.objects.get(key)).data
    const after = setSchema.safeParse(document).data
    cluster.objects.set(key, document)
    if (before === undefined || after === undefined) continue
    if (!isDeepStrictEqual(before.spec.template, after.spec.template))
      cluster.revisions.set(nameOf(after), (cluster.revisions.get(nameOf(after)) ?? 1) + 1)
  }
  settle(cluster)
}

const groupVersion = (document: Document): string =>
  String(document['apiVersion']).split('/').length > 1
    ? String(document['apiVersion']).replace('/', '.')
    : String(document['apiVersion'])

const diff = (cluster: NetworkCluster, text: string): { code: number; stdout: string } => {
  const objects = objectsIn(text)
  const names = keyed(text).flatMap(([key, document], index) => {
    const { kind = '', namespace = '', name = '' } = objects[index] ?? {}
    return isDeepStrictEqual(cluster.objects.get(key), document)
      ? []
      : [`${groupVersion(document)}.${kind}.${namespace}.${name}`]
  })
  return { code: names.length === 0 ? 0 : 1, stdout: names.map((one) => `${one}\n`).join('') }
}

const list = (items: readonly object[]): string => JSON.stringify({ items })
const owned = (set: string): object => ({ ownerReferences: [{ uid: `uid-${set}`, controller: true }] })

const daemonSetsJson = (cluster: NetworkCluster): string =>
  list(
    setsOf(cluster).map((set) => ({
      metadata: { ...set.metadata, uid: `uid-${nameOf(set)}`, generation: 1 },
      spec: { updateStrategy: set.spec.updateStrategy },
      status: { observedGeneration: 1 },
    })),
  )

const podsJson = (cluster: NetworkCluster): string =>
  list(
    cluster.pods.map((pod) => ({
      metadata: {
        name: pod.name,
        namespace: pod.set.split('/')[0],
        labels: { 'controller-revision-hash': `r${pod.revision}` },
        ...owned(pod.set),
      },
      spec: { nodeName: pod.node, hostNetwork: true },
      status: {
        phase: 'Running',
        containerStatuses: [{ ready: cluster.becomesReady(pod), restartCount: 0 }],
      },
    })),
  )

const revisionsJson = (cluster: NetworkCluster): string =>
  list(
    [...cluster.revisions].flatMap(([set, newest]) =>
      Array.from({ length: newest }, (_, index) => ({
        metadata: { labels: { 'controller-revision-hash': `r${index + 1}` }, ...owned(set) },
        revision: index + 1,
      })),
    ),
  )

/** The commands of a control-plane node that ask or change the cluster. */
export const networkPatterns = (cluster: NetworkCluster): (readonly [RegExp, Reply])[] => {
  /** A command that changes the cluster, which can fail. */
  const changing =
    (what: (script: string, stdin: string) => string): Reply =>
    ({ script, stdin }) => {
      cluster.count += 1
      const fails = cluster.fails?.at === cluster.count ? cluster.fails : undefined
      if (fails !== undefined && !fails.after) return { code: 1, stderr: 'connection refused' }
      cluster.log.push(what(script, stdin))
      return fails === undefined ? '' : { code: 1, stderr: 'connection refused' }
    }
  const row = (node: string): string =>
    `${node}\t10.9.0.0/24\t10.9.0.0/24\t${cluster.notReady.has(node) ? 'False' : 'True'}\t${cluster.notReady.get(node) ?? 'kubelet is posting ready status'}\n`
  return [
    [sentPattern('tasks/kubernetes/networks/differing-objects.sh'), ({ stdin }) => diff(cluster, stdin)],
    [
      /^kubectl .* apply -f \/dev\/stdin$/,
      changing((_, stdin) => {
        cluster.record = stdin
        return `record: ${/\\"state\\":\\"(\w+)/.exec(stdin)?.[1]}`
      }),
    ],
    [
      /^kubectl .* apply (--server-side .*)?-f -$/,
      changing((script, stdin) => {
        applied(cluster, stdin)
        return `apply${/OnDelete/.test(stdin) ? ', pods stay' : ''}${script.includes('--server-side') ? ', merged by the API server' : ''}`
      }),
    ],
    [/get configmap coxswain-pod-network --ignore-not-found/, () => cluster.record],
    [
      /delete configmap coxswain-pod-network/,
      changing(() => {
        cluster.record = ''
        return 'record removed'
      }),
    ],
    [
      / get --ignore-not-found --no-headers -o \S+ -f -$/,
      ({ stdin }) =>
        objectsIn(stdin)
          .filter((one) => cluster.objects.has(keyOf(one)))
          .map(
            ({ apiVersion, kind, namespace, name }) =>
              `${apiVersion}   ${kind}   ${namespace || '<none>'}   ${name}\n`,
          )
          .join(''),
    ],
    [
      / delete --ignore-not-found --timeout=180s -f -$/,
      changing((_, stdin) => {
        const names = objectsIn(stdin)
        for (const one of names) cluster.objects.delete(keyOf(one))
        const left = new Set(setsOf(cluster).map(nameOf))
        cluster.pods = cluster.pods.filter(({ set }) => left.has(set))
        return `delete ${names.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`
      }),
    ],
    [
      / delete pod (\S+) --ignore-not-found --timeout=120s$/,
      changing((script) => {
        const name = / delete pod (\S+)/.exec(script)?.[1]
        const node = cluster.pods.find((pod) => pod.name === name)?.node
        cluster.pods = cluster.pods.filter((pod) => pod.name !== name)
        settle(cluster)
        return `delete the pod on ${node}`
      }),
    ],
    [/get daemonsets -n \S+ -o json$/, () => daemonSetsJson(cluster)],
    [/get pods -n \S+ -o json$/, () => podsJson(cluster)],
    [/get controllerrevisions -n \S+ -o json$/, () => revisionsJson(cluster)],
    [
      / -n \S+ get daemonset \S+ -o 'jsonpath/,
      ({ script }) => {
        const [, namespace, name] = / -n (\S+) get daemonset (\S+) /.exec(script) ?? []
        const set = setsOf(cluster).find((one) => nameOf(one) === `${namespace}/${name}`)
        if (set === undefined) return { code: 1 }
        const own = cluster.pods.filter((pod) => pod.set === nameOf(set))
        const current = own.filter((pod) => pod.revision === cluster.revisions.get(nameOf(set)))
        const ready = own.filter((pod) => cluster.becomesReady(pod))
        return `1,1,${cluster.nodes.length},${current.length},${ready.length}`
      },
    ],
    [
      /get daemonsets --all-namespaces -o /,
      () =>
        setsOf(cluster)
          .map((set) => `${set.metadata.namespace}\t${set.metadata.name}\t/etc/cni/net.d,\n`)
          .join(''),
    ],
    [/get pods --all-namespaces -o json$/, () => list(cluster.users)],
    [
      /get pods --all-namespaces -o 'jsonpath/,
      () => cluster.pods.map(({ set, name }) => `${set.split('/')[0]}/${name}\n`).join(''),
    ],
    [
      / -n (\S+) delete pod (\S+) --ignore-not-found --wait=false$/,
      changing((script) => {
        const [, namespace, name] = / -n (\S+) delete pod (\S+) /.exec(script) ?? []
        cluster.users = cluster.users.filter((one) => !JSON.stringify(one).includes(`"name":"${name}"`))
        return `delete pod ${namespace}/${name}`
      }),
    ],
    [/ -n \S+ get pods,services,\S+ -o name$/, () => cluster.foreign],
    [/get nodes -o 'jsonpath/, () => cluster.nodes.map(row).join('')],
    [sentPattern('tasks/kubernetes/networks/without-package.sh'), ''],
  ]
}

/** The control-plane node of such a cluster. */
export const networkWorld = (
  cluster: NetworkCluster,
  more: readonly (readonly [RegExp, Reply])[] = [],
): World => ({
  files: { '/etc/kubernetes/admin.conf': 'x' },
  patterns: [...more, ...networkPatterns(cluster)],
})
