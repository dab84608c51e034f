/** A simulated node of a cluster, for the scripted connection: what kubectl says of it, and what changes it. */
import type { World } from '../../../engine/testing.ts'

/** A pod on the node. */
export interface FakePod {
  readonly name: string
  readonly owner?: 'ReplicaSet' | 'DaemonSet' | 'nothing' | 'a manifest'
  readonly labels?: Readonly<Record<string, string>>
  readonly emptyDir?: boolean
  readonly phase?: string
  readonly terminating?: boolean
}

/** A PodDisruptionBudget. */
export interface FakeBudget {
  readonly name: string
  readonly selector?: object
  readonly needed: number
  readonly healthy: number
  readonly all: number
  readonly apiVersion?: string
}

interface Fakes {
  readonly cordoned?: boolean
  readonly marked?: boolean
  readonly ready?: 'True' | 'False' | 'Unknown'
  /** How many times the node is read before it is `Unknown`. */
  readonly noticed?: number
  readonly pods?: readonly FakePod[]
  readonly budgets?: readonly FakeBudget[]
  /** The exit status of kubectl drain, which then leaves all pods. */
  readonly drain?: { readonly code: number; readonly stderr: string }
  /** How many of the first changes another client gets in the way of. */
  readonly conflicts?: number
  /** What another client does between a read and a change. */
  readonly meanwhile?: 'cordon'
  /** The version of kubectl. */
  readonly version?: string
}

const podOf = ({ name, owner = 'ReplicaSet', labels, emptyDir, phase, terminating }: FakePod) => ({
  metadata: {
    name,
    namespace: 'default',
    ...(labels !== undefined && { labels }),
    ...(owner === 'a manifest' && { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    ...(terminating === true && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ownerReferences: owner === 'nothing' ? [] : [{ kind: owner, controller: true }],
  },
  spec: { volumes: [{ name: 'data', ...(emptyDir === true ? { emptyDir: {} } : { configMap: {} }) }] },
  status: { phase: phase ?? 'Running' },
})

const budgetOf = ({ name, selector, needed, healthy, all, apiVersion = 'policy/v1' }: FakeBudget) => ({
  apiVersion,
  metadata: { name, namespace: 'default' },
  spec: { selector: selector ?? { matchLabels: { app: 'web' } } },
  status: {
    disruptionsAllowed: Math.max(0, healthy - needed),
    desiredHealthy: needed,
    currentHealthy: healthy,
    expectedPods: all,
  },
})

/** A node m2; `log` has the changes that were asked for. */
export const nodeWorld = ({
  cordoned = false,
  marked = false,
  ready = 'True',
  noticed = Infinity,
  pods = [],
  budgets = [],
  drain,
  conflicts = 0,
  meanwhile,
  version = 'v1.37.2',
}: Fakes = {}) => {
  let node = { cordoned, marked, resourceVersion: 100 }
  let left = pods
  let deleted = false
  let reads = 0
  let inTheWay = conflicts
  const log: string[] = []
  const show = () => ({
    metadata: {
      name: 'm2',
      resourceVersion: String(node.resourceVersion),
      ...(node.marked && { annotations: { 'coxswain/cordoned': 'true' } }),
    },
    spec: node.cordoned ? { unschedulable: true } : {},
    status: { conditions: [{ type: 'Ready', status: reads > noticed ? 'Unknown' : ready }] },
  })
  const patch = (text: string) => {
    const { metadata, spec } = JSON.parse(text)
    if ((inTheWay -= 1) >= 0) {
      node = { ...node, resourceVersion: node.resourceVersion + 1, ...(meanwhile && { cordoned: true }) }
    }
    if (metadata.resourceVersion !== String(node.resourceVersion))
      return { code: 1, stderr: 'Operation cannot be fulfilled on nodes "m2": the object has been modified' }
    node = {
      cordoned: spec.unschedulable === true,
      marked: metadata.annotations['coxswain/cordoned'] === 'true',
      resourceVersion: node.resourceVersion + 1,
    }
    log.push(node.cordoned ? 'cordon' : 'uncordon')
    return ''
  }
  const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin\\.conf'
  const get = `^${kubectl} --request-timeout=15s {1,2}get`
  const patterns: World['patterns'] = [
    [
      new RegExp(`${get} node m2 --ignore-not-found -o json$`),
      () => ((reads += 1), deleted ? '' : JSON.stringify(show())),
    ],
    [new RegExp(`${get} node \\S+ --ignore-not-found -o json$`), ''],
    [
      new RegExp(`${get} pods --all-namespaces --field-selector spec.nodeName=m2 -o json$`),
      () => JSON.stringify({ items: left.map(podOf) }),
    ],
    [
      new RegExp(`${get} pods --all-namespaces --field-selector spec.nodeName=\\S+ -o json$`),
      () => JSON.stringify({ items: [] }),
    ],
    [
      new RegExp(`${get} pdb --all-namespaces -o json$`),
      () => JSON.stringify({ items: budgets.map(budgetOf) }),
    ],
    [/^kubectl version --client -o json$/, JSON.stringify({ clientVersion: { gitVersion: version } })],
    [
      new RegExp(`^${kubectl} --request-timeout=15s patch node m2 --type merge -p `),
      ({ script }) => patch(script.slice(script.indexOf("'{") + 1, -1)),
    ],
    [
      new RegExp(`^${kubectl} --request-timeout=15s delete node m2 `),
      ({ script }) => {
        deleted = true
        log.push(script.replace(/^.* delete node m2/, 'delete'))
        return ''
      },
    ],
    [
      new RegExp(`^${kubectl} drain m2 `),
      ({ script }) => {
        log.push(script.replace(/^.* drain m2/, 'drain'))
        if (drain !== undefined) return drain
        left = left.filter(({ owner }) => owner === 'DaemonSet' || owner === 'a manifest')
        return ''
      },
    ],
  ]
  const world: World = { files: { '/etc/kubernetes/admin.conf': 'config' }, patterns }
  return { log, world, state: () => ({ cordoned: node.cordoned, marked: node.marked }) }
}
