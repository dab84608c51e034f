/** What is wrong with the API servers, their load balancers, the nodes and the configuration. Pure. */
import { finding } from '../../../shared/finding.ts'
import { logsOf } from '../../etcd/ways-out.ts'
import { serviceFinding } from './services.ts'
import type { Finding } from '../../../shared/finding.ts'
import { hostInUrl } from '../../../network/addresses/addresses.ts'
import { nodeOf } from '../nodes.ts'
import type { Known } from '../known.ts'
import type { ClusterState, Readiness } from '../types.ts'

const readinessFinding = (
  subject: string,
  who: string,
  answer: Known<Readiness>,
  cure: string,
): Finding[] => {
  if (!answer.known)
    return [
      finding(
        subject,
        'not known',
        `${who} cannot be asked: ${answer.why}`,
        'remove that reason, and run again',
      ),
    ]
  const { state, why } = answer.value
  if (state === 'ready') return []
  const said = why === '' ? '' : `: ${why}`
  return [
    finding(
      subject,
      'fault',
      `${who} ${state === 'silent' ? 'does not answer' : 'is not ready'}${said}`,
      cure,
    ),
  ]
}

const balancerFindings = ({ loadBalancers, masters }: ClusterState, port: number): Finding[] =>
  loadBalancers.flatMap(({ name, state }) => {
    if (!state.known)
      return [
        finding(name, 'not known', `the host cannot be asked: ${state.why}`, 'see that it can be reached'),
      ]
    const { service, servers, api } = state.value
    const wanted = new Set(masters.map(({ address }) => `${hostInUrl(address)}:${port}`))
    const missing = [...wanted].filter((one) => !servers.includes(one))
    const others = servers.filter((one) => !wanted.has(one))
    const rerun = 'run ha-masters: its first plays write the configuration'
    return [
      ...serviceFinding(name, 'haproxy', service),
      ...(missing.length === 0
        ? []
        : [finding(name, 'warning', `haproxy does not know ${missing.join(', ')}`, rerun)]),
      ...(others.length === 0
        ? []
        : [finding(name, 'warning', `haproxy also knows ${others.join(', ')}`, rerun)]),
      ...(service === 'active' || service === undefined
        ? readinessFinding(
            name,
            'the API through this load balancer',
            api,
            'check the API servers of the control-plane nodes',
          )
        : []),
    ]
  })

const nodeFindings = ({ nodes, masters }: ClusterState): Finding[] => {
  if (!nodes.known)
    return [
      finding('nodes', 'not known', `they cannot be listed: ${nodes.why}`, 'repair the API server first'),
    ]
  return [
    ...nodes.value.flatMap(({ name, ready, unschedulable }) => [
      ...(ready
        ? []
        : [finding(name, 'fault', 'the node is not Ready', `run: kubectl describe node ${name}`)]),
      ...(unschedulable
        ? [
            finding(
              name,
              'warning',
              'the node does not take new pods (cordoned)',
              `run: kubectl uncordon ${name}`,
            ),
          ]
        : []),
    ]),
    ...masters
      .filter((host) => nodeOf(nodes.value, host) === undefined)
      .map(({ name }) =>
        finding(name, 'fault', 'it is not a node of the cluster', 'let it join: run ha-masters'),
      ),
    ...masters.flatMap((host) => {
      const node = nodeOf(nodes.value, host)
      return node === undefined || node.name === host.name
        ? []
        : [
            finding(
              host.name,
              'warning',
              `its node has the name ${node.name}`,
              `give the host the name ${node.name} in the inventory: tasks find nodes by it`,
            ),
          ]
    }),
    ...nodes.value
      .filter((node) => node.controlPlane && !masters.some((one) => nodeOf([node], one) !== undefined))
      .map(({ name }) =>
        finding(
          name,
          'warning',
          'the cluster has it as a control-plane node, and the inventory does not',
          'add it to the inventory, or remove the node',
        ),
      ),
  ]
}

const configurationFindings = ({ differences }: ClusterState): Finding[] => {
  if (!differences.known)
    return [finding('configuration', 'not known', differences.why, 'repair the API server first')]
  return differences.value.map(({ setting, cluster, configured, way }) =>
    finding(
      'configuration',
      'warning',
      `${setting} is ${configured ?? 'not set'} in the inventory, and ${cluster ?? 'not set'} in the cluster`,
      way,
    ),
  )
}

/**
 * What is wrong with the API servers, their load balancers, the nodes and the configuration.
 *
 * @param port the port of the API servers.
 */
export const findingsOfApi = (state: ClusterState, port: number): Finding[] => [
  ...state.masters.flatMap(({ name, api }) =>
    readinessFinding(name, 'its API server', api, `run on ${name}: ${logsOf('kube-apiserver')}`),
  ),
  ...readinessFinding('endpoint', 'the endpoint', state.endpoint, 'check the load balancers'),
  ...balancerFindings(state, port),
  ...nodeFindings(state),
  ...configurationFindings(state),
]
