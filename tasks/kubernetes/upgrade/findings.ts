/** What would go wrong during an upgrade. Pure. */
import { finding, severities } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { ClusterState, MasterView } from '../cluster-state/types.ts'
import { findingsOfEtcd } from '../cluster-state/findings/etcd.ts'
import { minorOf } from '../kubeadm/versions.ts'
import { apiFindings, configFindings } from './config-findings.ts'
import type { Hosts } from './config-findings.ts'
import { etcdFindings, hostFindings } from './host-findings.ts'
import type { WantedUpgrade } from './host-findings.ts'
import { pathFindings, versionsAhead } from './path.ts'
import type { UpgradeState } from './read.ts'
import { compareVersions, isPast } from './running.ts'
import { skewFindings, workerFindings } from './worker-findings.ts'

/** A control-plane node of several; undefined if it could not be asked. */
export interface UpgradeOf {
  /** Its name in the inventory. */
  readonly host: string
  /** What it said. */
  readonly value: UpgradeState | undefined
}

/** API servers and nodes of the control plane. A host with an interrupted upgrade is continued, so it may be away. */
const masterFindings = (
  { name, api }: MasterView,
  unfinished: boolean,
  nodes: ClusterState['nodes'],
): Finding[] => {
  const severity = unfinished ? 'warning' : 'fault'
  const cure = `run playbooks/status.ts, and repair ${name} first`
  const node = nodes.known ? nodes.value.find((one) => one.name === name) : undefined
  return [
    ...(api.known
      ? api.value.state === 'ready'
        ? []
        : [finding(name, severity, `its API server is ${api.value.state}: ${api.value.why}`, cure)]
      : [finding(name, 'not known', `whether its API server is ready: ${api.why}`, cure)]),
    ...(node === undefined || node.ready ? [] : [finding(name, severity, 'the node is not Ready', cure)]),
  ]
}

/** Hosts that cannot have the target, because kubeadm does not go back: parts of them can be newer already. */
const abandonedFindings = (hosts: Hosts, target: string): Finding[] =>
  hosts.flatMap(([name, { running }]) =>
    isPast(running, target)
      ? [
          finding(
            name,
            'fault',
            `its upgrade to ${running.unfinished ?? ''} was interrupted, and ${target} is older`,
            `set that version (kubernetes_version, or -e upgrade_to=${running.unfinished ?? ''}), and run again`,
          ),
        ]
      : [],
  )

/**
 * What would go wrong when a cluster is upgraded along a path, faults first. Nothing, if the cluster is there already.
 *
 * @param state the cluster.
 * @param states the control-plane nodes.
 */
export const upgradeFindings = (
  state: ClusterState,
  states: readonly UpgradeOf[],
  wanted: WantedUpgrade,
): Finding[] => {
  const hosts: Hosts = states.flatMap(({ host, value }) =>
    value === undefined ? [] : [[host, value] as const],
  )
  const unasked = states.flatMap(({ host, value }) =>
    value === undefined
      ? [finding(host, 'not known', 'the host cannot be asked', `run doctor --hosts ${host}`)]
      : [],
  )
  const target = wanted.path.at(-1) ?? ''
  const lacking = hosts.flatMap(([name, { running }]) =>
    running.version === '' && running.unfinished === undefined
      ? [
          finding(
            name,
            'fault',
            'it does not have all manifests of a control plane',
            'run playbooks/status.ts',
          ),
        ]
      : [],
  )
  const missing = [...lacking, ...abandonedFindings(hosts, target)]
  const versions = hosts.map(([, { running }]) => running.version).filter((version) => version !== '')
  const sorted = versions.toSorted(compareVersions)
  const [oldest = ''] = sorted
  if (oldest === '') return [...unasked, ...missing]
  const unfinished = new Set(
    hosts.flatMap(([name, { running }]) => (running.unfinished === undefined ? [] : [name])),
  )
  const ahead = versionsAhead(oldest, wanted.path)
  const path = pathFindings(oldest, sorted.at(-1) ?? '', wanted.path)
  const nodes = { masters: new Set(state.masters.map(({ name }) => name)), workers: wanted.workers }
  const workers = workerFindings(state, nodes, target)
  if (ahead.length === 0 && unfinished.size === 0) return [...unasked, ...missing, ...path, ...workers]
  const left = ahead.length === 0 ? [target] : ahead
  const minors = { after: minorOf(oldest), upTo: minorOf(target) }
  const skew = skewFindings(state, nodes, left)
  const found = [
    ...unasked,
    ...missing,
    ...path,
    ...state.masters.flatMap((view) => masterFindings(view, unfinished.has(view.name), state.nodes)),
    ...(unfinished.size === 0 ? findingsOfEtcd(state).filter(({ severity }) => severity !== 'warning') : []),
    ...skew,
    ...workers.filter(({ subject }) => !skew.some((one) => one.subject === subject)),
    ...hosts.flatMap(([name, one]) =>
      one.running.version === ''
        ? []
        : hostFindings(
            name,
            one,
            state.masters.find((view) => view.name === name),
            left,
            wanted,
          ),
    ),
    ...etcdFindings(state.masters, left),
    ...configFindings(hosts, left, minors),
    ...apiFindings(hosts, minors, wanted.acceptRemovedApis),
  ]
  return found.toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
}
