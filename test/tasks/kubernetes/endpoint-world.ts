/** A cluster of three masters and a worker that is moved to another endpoint, for tests of the tasks that do it. */
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Reply, ScriptedConnection } from '../../../engine/connection/scripted.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import type { TaskResult } from '../../../engine/run/task/execution.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { z } from '../../../engine/index.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

export const former = '10.0.0.10:6443'
export const to = 'api.example.org:6443'
export const masters = ['m1', 'm2', 'm3'].map((name, at) => ({ name, address: `10.0.0.${at + 1}` }))
export const record = '/etc/coxswain/move-endpoint'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const adminConf = '/etc/kubernetes/admin.conf'
export const userConf = '/root/.kube/config'
export const marker = '/etc/coxswain/restart-kubelet'
/** What the tasks of a move are given on a control-plane node that is the only one. */
export const move = { to, masters: [{ name: 'host', address: '10.0.0.1' }] }

/** A kubeconfig as kubeadm writes it. */
export const conf = (server: string): string =>
  `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: eA==\n    server: https://${server}\n  name: kubernetes\nkind: Config\nusers:\n- name: x\n  user:\n    client-key-data: eA==\n`

/** The text in kubeadm-config, as kubeadm writes it: lists are not indented. */
export const clusterConfig = (endpoint: string, sans: readonly string[] = []): string =>
  `apiServer:\n${sans.length === 0 ? '  timeoutForControlPlane: 4m0s\n' : `  certSANs:\n${sans.map((one) => `  - ${one}\n`).join('')}`}apiVersion: kubeadm.k8s.io/v1beta4\nclusterName: kubernetes\ncontrolPlaneEndpoint: ${endpoint}\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\n`

/** What the cluster keeps, and what happened to it. */
export interface ClusterOfMove {
  config: string
  info: string
  proxy: string
  /** Pods of kube-proxy: the time at which each was started; the ConfigMap was changed at `changed`. */
  pods: Record<string, number>
  changed: number
  clock: number
  /** Kubelets that ran with which endpoint, in their order. */
  readonly kubelets: string[]
  readonly nodes: string[]
  /** Nodes whose kubelets do not renew their lease with the new endpoint. */
  readonly deaf: Set<string>
  readonly renewed: Map<string, number>
  /** The lease of a node as the endpoint says it; by default that which the masters say. */
  lease: (node: string) => { readonly uid: string; readonly renewed: string }
  /** When kube-proxy of a node has written its rules last; 0 if it has not. */
  rules: (node: string) => number
  /** Questions that are not answered. */
  readonly silent: Set<string>
  /** Commands that change something: what happens to the one of this number. */
  count: number
  fails: { readonly at: number; readonly after: boolean } | undefined
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

export const newCluster = (endpoint = former): ClusterOfMove => ({
  config: clusterConfig(endpoint),
  info: conf(endpoint),
  proxy: conf(endpoint),
  pods: Object.fromEntries(['m1', 'm2', 'm3', 'w1'].map((node) => [node, 1])),
  changed: 0,
  clock: 10,
  kubelets: [],
  nodes: ['m1', 'm2', 'm3', 'w1'],
  deaf: new Set(),
  renewed: new Map(),
  lease: (node) => ({ uid: `lease-of-${node}`, renewed: iso(100) }),
  rules: () => 1,
  silent: new Set(),
  count: 0,
  fails: undefined,
})

/** What kubeadm-config is replaced by: nothing of it is lost. */
const replacedSchema = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.literal('kubeadm-config'), resourceVersion: z.string() }),
  data: z.object({ ClusterConfiguration: z.string(), ClusterStatus: z.literal('kind: ClusterStatus\n') }),
})
const patchIn = (script: string): Record<string, string> => {
  const { data }: { data: Record<string, string> } = JSON.parse(
    (/ -p '([^]*)'$/.exec(script)?.[1] ?? '').replaceAll(String.raw`'\''`, "'"),
  )
  return data
}

/** The text of a record. */
export const recordOf = (from: readonly string[], next = to): string =>
  `${JSON.stringify({ from, to: next })}\n`

/** The kubeconfigs of a host. From 1.33 on, the kubelet of a master asks its own API server. */
export const filesOf = (name: string, endpoint = former): Record<string, string> => {
  const own = masters.find((one) => one.name === name)
  return own === undefined
    ? { [kubeletConf]: conf(endpoint) }
    : {
        [kubeletConf]: conf(endpoint),
        [adminConf]: conf(endpoint),
        '/etc/kubernetes/controller-manager.conf': conf(`${own.address}:6443`),
        '/etc/kubernetes/scheduler.conf': conf(`${own.address}:6443`),
        [userConf]: conf(endpoint),
      }
}

/** Replies of a host of the cluster. */
export const repliesOf = (name: string, cluster: ClusterOfMove): (readonly [RegExp, Reply])[] => {
  /** A command that changes something, and that can be cut off before or after it did. */
  const acting =
    (act: (script: string, files: ScriptedConnection['files'], stdin: string) => void): Reply =>
    ({ script, purpose, stdin }, files) => {
      if (purpose === 'query') throw new Error(`a check changes something: ${script}`)
      cluster.count += 1
      const cut = cluster.fails?.at === cluster.count ? cluster.fails : undefined
      if (cut === undefined || cut.after) act(script, files, stdin)
      return cut === undefined ? '' : { code: 1, stderr: 'cut off' }
    }
  const map = (data: Record<string, string>, changed = 0): string =>
    JSON.stringify({ metadata: { managedFields: [{ time: iso(changed) }] }, data })
  const silent = [...cluster.silent].map(
    (one) => [new RegExp(one), { code: 1, stderr: 'timed out' }] as const,
  )
  return [
    ...silent,
    [/get configmap kubeadm-config /, () => map({ ClusterConfiguration: cluster.config })],
    [
      /get --raw \/api\/v1\/namespaces\/kube-system\/configmaps\/kubeadm-config$/,
      () =>
        JSON.stringify({
          kind: 'ConfigMap',
          metadata: { name: 'kubeadm-config', resourceVersion: `${cluster.config.length}` },
          data: { ClusterConfiguration: cluster.config, ClusterStatus: 'kind: ClusterStatus\n' },
        }),
    ],
    [/get configmap cluster-info /, () => (cluster.info === '' ? '' : map({ kubeconfig: cluster.info }))],
    [/get configmap kube-proxy /, () => map({ 'kubeconfig.conf': cluster.proxy })],
    [
      /get --raw \/api\/v1\/namespaces\/kube-system\/configmaps\/kube-proxy$/,
      () =>
        cluster.proxy === ''
          ? { code: 1, stderr: 'Error from server (NotFound): x' }
          : map({ 'kubeconfig.conf': cluster.proxy }, cluster.changed),
    ],
    [
      /get --raw '?\/api\/v1\/namespaces\/kube-system\/pods/,
      () =>
        JSON.stringify({
          items: Object.entries(cluster.pods).map(([node, started]) => ({
            metadata: { name: `kube-proxy-${node}`, creationTimestamp: iso(started) },
            spec: { nodeName: node },
            status: { containerStatuses: [{ ready: true, restartCount: 0 }] },
          })),
        }),
    ],
    [
      /get --raw \/apis\/apps\/v1\/.*daemonsets\/kube-proxy/,
      () =>
        JSON.stringify({
          metadata: { generation: 1 },
          status: {
            observedGeneration: 1,
            desiredNumberScheduled: 4,
            updatedNumberScheduled: 4,
            numberAvailable: 4,
          },
        }),
    ],
    [
      / replace -f \/dev\/stdin$/,
      acting((_, __, stdin) => {
        const { metadata, data } = replacedSchema.parse(JSON.parse(stdin))
        if (metadata.resourceVersion !== `${cluster.config.length}`) throw new Error('it was changed since')
        cluster.config = data.ClusterConfiguration
      }),
    ],
    [
      /patch configmap cluster-info /,
      acting((script) => {
        cluster.info = patchIn(script)['kubeconfig'] ?? ''
      }),
    ],
    [
      /patch configmap kube-proxy /,
      acting((script) => {
        cluster.proxy = patchIn(script)['kubeconfig.conf'] ?? ''
        cluster.clock += 10
        cluster.changed = cluster.clock
      }),
    ],
    [
      /delete pod kube-proxy-\S+ /,
      acting((script) => {
        const [, node = ''] = /delete pod kube-proxy-(\S+) /.exec(script) ?? []
        cluster.clock += 10
        cluster.pods[node] = cluster.clock
      }),
    ],
    [
      sentPattern('tasks/kubernetes/endpoint/proxy-rules.sh'),
      () => `kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} ${cluster.rules(name)}\n`,
    ],
    [
      /rollout restart daemonset kube-proxy$/,
      acting(() => {
        cluster.clock += 10
        cluster.pods = Object.fromEntries(Object.keys(cluster.pods).map((node) => [node, cluster.clock]))
      }),
    ],
    [
      /^systemctl restart kubelet$/,
      acting((_, files) => {
        cluster.kubelets.push(
          `${name} ${/server: (\S+)/.exec(String(files.get(kubeletConf)?.content))?.[1] ?? ''}`,
        )
      }),
    ],
    [
      /get lease (\S+) /,
      ({ script }) => {
        const [, node = ''] = /get lease (\S+) /.exec(script) ?? []
        const works = !cluster.deaf.has(node) || !(cluster.kubelets.at(-1) ?? '').endsWith(to)
        const last = (cluster.renewed.get(node) ?? 0) + (works ? 1 : 0)
        cluster.renewed.set(node, last)
        return iso(last)
      },
    ],
    [/get node \S+ -o .*Ready/, 'True'],
    [/get leases /, () => cluster.nodes.map((node) => `${node}\tlease-of-${node}\t${iso(100)}\n`).join('')],
    [
      /get nodes -o /,
      () =>
        cluster.nodes.map((node) => `${node}\tTrue\t\tv1.37.2\tcontainerd://2\t10.0.0.1\t\t{}\n`).join(''),
    ],
    [
      sentPattern('tasks/kubernetes/ask-as-kubelet.sh'),
      ({ script }) => {
        const { uid, renewed } = cluster.lease(wordsIn(script).split(' ')[1] ?? '')
        return JSON.stringify({ metadata: { uid }, spec: { renewTime: renewed } })
      },
    ],
    [/--tls-server-name \S+ get --raw \/readyz$/, 'ok'],
    [sentPattern('tasks/system/accounts/find-account.sh'), 'root:x:0:0:root:/root:/bin/sh\nroot\n'],
    [/getent passwd|find-account/, 'root:x:0:0:root:/root:/bin/sh\nroot\n'],
  ]
}

/** Hosts of a cluster, on which tasks are run one after the other. */
export const hostsOf = (cluster: ClusterOfMove, endpoint = former) => {
  const names = ['m1', 'm2', 'm3', 'w1']
  const connections = new Map(
    names.map((name) => [
      name,
      scripted({ files: filesOf(name, endpoint), replies: repliesOf(name, cluster) }),
    ]),
  )
  const run = (host: string, task: Task, checkMode = false): Promise<TaskResult> => {
    const own = connections.get(host)
    if (own === undefined) throw new Error(`there is no host ${host}`)
    const reached = new Map([[host, own], ...connections])
    return standaloneRun(reached)(task, checkMode)
  }
  const text = (host: string, path: string): string | undefined => {
    const file = connections.get(host)?.files.get(path)
    return file === undefined ? undefined : String(file.content)
  }
  return { connections, run, text }
}
