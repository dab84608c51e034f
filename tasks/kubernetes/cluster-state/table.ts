/** The state of a cluster as tables for people. Pure. */
import { aligned } from '../../shared/aligned.ts'
import { memberOf } from '../etcd/members.ts'
import { quorumNow } from '../etcd/arithmetic.ts'
import { mebibytes } from '../etcd/status.ts'
import { valueOf } from './known.ts'
import { nodeOf } from './nodes.ts'
import type { NodePlace } from './nodes.ts'
import { responding } from './responding.ts'
import type { ClusterState, MasterView, NodeState } from './types.ts'

/** What is shown for something that could not be asked. */
const unasked = 'not known'

const memberText = (state: ClusterState, { address, etcd: own }: MasterView): string => {
  const etcd = valueOf(state.etcd)
  const member = etcd && memberOf(etcd.members, address)
  if (etcd === undefined || etcd.members.length === 0)
    return own.known ? (own.value === undefined ? 'does not respond' : 'responds') : unasked
  if (member === undefined) return 'no member'
  if (!member.started) return 'not started'
  if (member.learner) return 'learner'
  const leads = valueOf(own)?.leads === true
  const health = etcd.health[member.id]?.state
  if (health === 'healthy') return `healthy${leads ? ', leader' : ''}`
  if (responding(etcd, state.masters).healthy.has(member.id)) return 'responds'
  return health === 'unasked' ? unasked : 'does not respond'
}

const certificateText = ({ host }: MasterView): string => {
  const days = valueOf(host)
    ?.certificates.filter(({ authority }) => !authority)
    .map(({ daysLeft }) => daysLeft)
  if (days === undefined) return unasked
  return days.length === 0 ? 'none' : `${Math.min(...days)} days`
}

const nodeText = (nodes: readonly NodeState[] | undefined, host: NodePlace): string => {
  if (nodes === undefined) return unasked
  const node = nodeOf(nodes, host)
  if (node === undefined) return 'not a node'
  return `${node.ready ? 'Ready' : 'not Ready'}${node.unschedulable ? ', cordoned' : ''}`
}

const versionOf = ({ host }: MasterView): string =>
  host.known ? (host.value.pods.find(({ name }) => name === 'kube-apiserver')?.version ?? 'none') : unasked

const masterRows = (state: ClusterState): string[][] =>
  state.masters.map((master) => {
    const { name, address, host, api, etcd } = master
    const status = valueOf(etcd)
    const fsync = host.known ? host.value.fsync : host
    return [
      name,
      address,
      versionOf(master),
      api.known ? api.value.state : unasked,
      memberText(state, master),
      status === undefined ? '-' : mebibytes(status.size),
      fsync.known ? `${(fsync.value * 1000).toFixed(1)} ms` : unasked,
      nodeText(valueOf(state.nodes), master),
      certificateText(master),
    ]
  })

const workerRows = ({ nodes, masters }: ClusterState): string[][] =>
  (valueOf(nodes) ?? [])
    .filter((node) => !masters.some((master) => nodeOf([node], master) !== undefined))
    .map((node) => [
      node.name,
      node.kubelet,
      nodeText([node], { name: node.name, address: '' }),
      node.runtime,
    ])

const balancerRows = ({ loadBalancers }: ClusterState): string[][] =>
  loadBalancers.map(({ name, state }) => {
    if (!state.known) return [name, unasked, '', '']
    const { service, servers, api } = state.value
    return [name, service ?? unasked, api.known ? api.value.state : unasked, servers.join(', ')]
  })

/** Parts of a cluster of one kind; the first column is the name. */
export interface PartTable {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The parts of a cluster. */
export const partTables = (state: ClusterState): Record<'masters' | 'others' | 'balancers', PartTable> => ({
  masters: {
    header: ['MASTER', 'ADDRESS', 'VERSION', 'API', 'ETCD', 'DATABASE', 'LOG P99', 'NODE', 'CERTIFICATES'],
    rows: masterRows(state),
  },
  others: { header: ['OTHER NODE', 'KUBELET', 'NODE', 'RUNTIME'], rows: workerRows(state) },
  balancers: { header: ['LOAD BALANCER', 'HAPROXY', 'API', 'SERVERS'], rows: balancerRows(state) },
})

const lines = ({ header, rows }: PartTable): string[] => aligned([header, ...rows])

const linesIfAny = (table: PartTable): string[] => (table.rows.length === 0 ? [] : ['', ...lines(table)])

/** One line about etcd's quorum. */
export const quorumText = ({ etcd, masters }: ClusterState): string => {
  if (!etcd.known) return `etcd: ${unasked}: ${etcd.why}`
  const { members } = etcd.value
  if (members.length === 0) return 'etcd: does not respond'
  return `etcd: ${quorumNow(members, responding(etcd.value, masters)).sum}`
}

/** How the endpoint is. */
export const endpointText = ({ endpoint }: ClusterState): string =>
  endpoint.known ? endpoint.value.state : unasked

/** The state of a cluster, as lines. */
export const clusterTable = (state: ClusterState): string => {
  const { masters, others, balancers } = partTables(state)
  return [
    ...lines(masters),
    ...linesIfAny(others),
    ...linesIfAny(balancers),
    '',
    quorumText(state),
    `endpoint: ${endpointText(state)}`,
  ].join('\n')
}
