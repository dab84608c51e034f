/** A cluster of three masters of which one gets another name and address, for tests of the tasks that do it. */
import { execFileSync } from 'node:child_process'
import { scripted } from '../../../engine/connection/scripted.ts'
import type { LogEntry, Reply, ScriptedFile } from '../../../engine/connection/scripted.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import type { TaskResult } from '../../../engine/run/task/execution.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { sentPattern } from '../../support/sent.ts'
import { etcdCluster } from './etcd-world.ts'
import type { FakeMember } from './etcd-world.ts'
import { resetPrograms } from './reset-world.ts'

export const record = '/etc/coxswain/rejoin.json'
const data = '/var/lib/etcd/member/wal'

const ca = execFileSync(
  'openssl',
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=kubernetes'.split(
    ' ',
  ),
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
)

/** What a master is. */
export interface FakeMaster {
  readonly name: string
  readonly address: string
}

const podOf = (name: string, ...words: readonly string[]): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: ${name}\n    command:\n    - ${name}\n${words.map((word) => `    - --${word}\n`).join('')}`

/** The files of a complete master. */
export const filesOf = ({ name, address }: FakeMaster): Record<string, string | ScriptedFile> => ({
  '/etc/kubernetes/admin.conf': 'x',
  '/etc/kubernetes/kubelet.conf': 'x',
  '/var/lib/kubelet/config.yaml': 'x',
  '/etc/kubernetes/manifests/etcd.yaml': podOf(
    'etcd',
    `name=${name}`,
    `initial-advertise-peer-urls=https://${address}:2380`,
  ),
  '/etc/kubernetes/manifests/kube-apiserver.yaml': podOf('kube-apiserver', `advertise-address=${address}`),
  '/etc/kubernetes/manifests/kube-controller-manager.yaml': 'x',
  '/etc/kubernetes/manifests/kube-scheduler.yaml': 'x',
  [data]: { content: '', type: 'directory' },
})

/** A Node object, as far as the tasks know it. */
export interface FakeNode {
  labels: Record<string, string>
  annotations: Record<string, string>
  taints: { key: string; value?: string; effect: string }[]
  cordoned: boolean
}

interface Options {
  /** What the host is before. */
  readonly from?: FakeMaster
  /** Parts of the client URLs of members that do not respond. */
  readonly silent?: readonly string[]
  /** Whether the API server of the other master is ready. */
  readonly ready?: boolean
  readonly files?: Readonly<Record<string, string | ScriptedFile>>
  readonly node?: Partial<FakeNode>
}

/** What ends a run: the command of this number that changes something fails, before or after its effect. */
interface Cut {
  readonly at: number
  readonly after: boolean
}

/** The cluster, on which tasks are run one after the other. `log` has what was done to it. */
export const rejoinWorld = ({
  from = { name: 'm1', address: '10.0.0.1' },
  silent = [],
  ready = true,
  files = {},
  node = {},
}: Options = {}) => {
  const members: FakeMember[] = [
    { name: from.name, url: `https://${from.address}:2380`, id: '11' },
    { name: 'm2', url: 'https://10.0.0.2:2380', id: '22' },
    { name: 'm3', url: 'https://10.0.0.3:2380', id: '33' },
  ]
  const etcd = etcdCluster(members, { silent, leader: '11', answering: '22' })
  const [[askMembers, ask] = [/^$/, '']] = etcd.patterns
  const own = etcdCluster(members, { silent, leader: '11', answering: '11' }).patterns[0]?.[1] ?? ''
  const nodes = new Map<string, FakeNode>([
    [from.name, { labels: {}, annotations: {}, taints: [], cordoned: false, ...node }],
  ])
  const log: string[] = []
  /** The names that its certificate of etcd gets beside those of kubeadm. */
  const peerNames: string[] = []
  let cut: Cut | undefined
  let count = 0
  const acting =
    (act: (script: string, all: Map<string, ScriptedFile>, stdin: string) => void): Reply =>
    ({ script, purpose, stdin }, all) => {
      if (purpose === 'query') throw new Error(`a check changes something: ${script}`)
      count += 1
      const here = cut?.at === count ? cut : undefined
      if (here === undefined || here.after) act(script, all, stdin)
      return here === undefined ? '' : { code: 1, stderr: 'cut off' }
    }
  const answer = (reply: Reply, request: LogEntry, all: Map<string, ScriptedFile>) =>
    typeof reply === 'function' ? reply(request, all) : reply
  const shown = (name: string, { labels, annotations, taints, cordoned }: FakeNode): string =>
    JSON.stringify({
      metadata: { name, resourceVersion: '1', labels, annotations },
      spec: { taints, ...(cordoned && { unschedulable: true }) },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    })
  const apply = <Value>(target: Record<string, Value>, patch: Record<string, Value | null> = {}): void => {
    for (const [key, value] of Object.entries(patch))
      if (value === null) delete target[key]
      else target[key] = value
  }
  const patched = (name: string, text: string): void => {
    const { metadata, spec = {} } = JSON.parse(text)
    const target = nodes.get(name)
    if (target === undefined) throw new Error(`there is no node ${name}`)
    apply(target.labels, metadata.labels)
    apply(target.annotations, metadata.annotations)
    if (spec.taints !== undefined) target.taints = spec.taints
    if (spec.unschedulable !== undefined) target.cordoned = spec.unschedulable === true
    log.push(`patch ${name}`)
  }
  const other: (readonly [RegExp, Reply])[] = [
    [/^curl .*readyz/, () => (ready ? 'ok' : { code: 7 })],
    [/get --raw \/healthz/, { code: 1 }],
    [
      askMembers,
      (request, all) => {
        const before = etcd.log.length
        const text = answer(ask, request, all)
        log.push(...etcd.log.slice(before).filter((line) => !line.startsWith('transfer')))
        return text
      },
    ],
    [
      /get node (\S+) --ignore-not-found -o json$/,
      ({ script }) => {
        const [, name = ''] = /get node (\S+) /.exec(script) ?? []
        const found = nodes.get(name)
        return found === undefined ? '' : shown(name, found)
      },
    ],
    [/get node \S+ --ignore-not-found -o 'jsonpath/, ''],
    [/get pods --all-namespaces/, '{"items":[]}'],
    [/get pdb --all-namespaces/, '{"items":[]}'],
    [/get daemonsets --all-namespaces/, ''],
    [
      / delete node (\S+) --ignore-not-found/,
      acting((script) => {
        const [, name = ''] = / delete node (\S+)/.exec(script) ?? []
        if (nodes.delete(name)) log.push(`delete node ${name}`)
      }),
    ],
    [
      / patch node (\S+) --type merge/,
      acting((script) => {
        const [, name = '', text = ''] = / patch node (\S+) --type merge -p '([^]*)'$/.exec(script) ?? []
        patched(name, text)
      }),
    ],
    [/token create/, 'abcdef.0123456789abcdef\n'],
    [/token delete/, ''],
  ]
  const complete = (all: Map<string, ScriptedFile>): boolean =>
    Object.keys(filesOf(from)).every((path) => all.has(path))
  const leaving: (readonly [RegExp, Reply])[] = [
    [/^curl .*readyz/, (_, all) => (complete(all) ? 'ok' : { code: 7 })],
    [/get --raw \/healthz/, { code: 1 }],
    [
      askMembers,
      (request, all) =>
        all.has(data)
          ? answer(own, request, all)
          : 'https://127.0.0.1:2379\tsilent\tcurl: (7) Failed to connect\n',
    ],
    [sentPattern('tasks/network/addresses/own-addresses.sh'), '10.0.0.1 eth0\n10.0.0.21 eth0\n'],
    [/^kubeadm version -o short$/, 'v1.20.2'],
    [sentPattern('tasks/kubernetes/reset/list-rules.sh'), ''],
    [sentPattern('tasks/kubernetes/reset/remove-rules.sh'), ''],
    [/^systemctl (stop|start) kubelet$/, acting(() => {})],
    [
      /^kubeadm reset /,
      acting((_, all) => {
        log.push('reset')
        for (const path of all.keys())
          if (/^\/etc\/kubernetes\/(manifests\/|pki\/|\w+\.conf)/.test(path)) all.delete(path)
      }),
    ],
    ...resetPrograms,
    [
      /^kubeadm init phase certs etcd-peer --config \/etc\/coxswain\/kubeadm-peer\.yaml$/,
      acting((_, all) => {
        const text = String(all.get('/etc/coxswain/kubeadm-peer.yaml')?.content)
        peerNames.push(...[...text.matchAll(/^ {6}- (\S+)$/gm)].map(([, one = '']) => one))
      }),
    ],
    [
      /^kubeadm join --config \/dev\/stdin/,
      acting((_, all, stdin) => {
        const [, name = ''] = /^ {2}name: (\S+)$/m.exec(stdin) ?? []
        const [, address = ''] = /advertiseAddress: (\S+)/.exec(stdin) ?? []
        for (const [path, content] of Object.entries(filesOf({ name, address })))
          all.set(path, typeof content === 'string' ? { content } : content)
        members.push({ name, url: `https://${address}:2380`, id: '44' })
        nodes.set(name, {
          labels: { 'kubernetes.io/hostname': name },
          annotations: {},
          taints: [{ key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }],
          cordoned: false,
        })
        log.push(`join ${name} at ${address}`)
      }),
    ],
    [
      /get node \S+ -o/,
      '{"node-role.kubernetes.io/control-plane":"","node-role.kubernetes.io/master":""}\nnode-role.kubernetes.io/master',
    ],
    [/journalctl|dmesg|tail|find/, ''],
  ]
  const shared = Object.fromEntries(
    sharedFiles.map((path) => [path, path.endsWith('/pki/ca.crt') ? ca : `shared ${path}`]),
  )
  const host = scripted({ files: { ...filesOf(from), ...shared, ...files }, replies: leaving })
  const m2 = scripted({
    files: { ...filesOf({ name: 'm2', address: '10.0.0.2' }), ...shared },
    replies: other,
  })
  const execute = standaloneRun(
    new Map([
      ['cp1', host],
      ['m2', m2],
    ]),
  )
  /** Runs a task; with `end`, until a command that changes something fails. */
  const run = async (task: Task, checkMode = false, end?: Cut): Promise<TaskResult> => {
    ;[cut, count] = [end, 0]
    return execute(task, checkMode)
  }
  return { run, log, members, nodes, peerNames, host, m2, commands: () => count }
}
