/** What is wrong with the endpoint of a cluster: its name, and what answers there. Pure. */
import { addressOf, hostInUrl } from '../../network/addresses/addresses.ts'
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { EndpointState, PreflightOf, PreflightState } from './types.ts'
import type { Wanted } from './wanted.ts'

type Endpoint = NonNullable<Wanted['endpoint']>

/** A host that said how it sees the endpoint. */
interface View {
  readonly name: string
  readonly state: PreflightState
  readonly endpoint: EndpointState
}

const textOf = ({ host, port }: Endpoint): string => `${hostInUrl(host)}:${port}`

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/** Whether a host belongs to a control plane: kubeadm gave it the credentials of the administrator. */
const isMaster = ({ traces }: PreflightState): boolean => traces.includes('/etc/kubernetes/admin.conf')

const nameFindings = (views: readonly View[], { host }: Endpoint): Finding[] => {
  if (addressOf(host) !== undefined) return []
  const known = views.flatMap(({ name, endpoint: { addresses } }) =>
    addresses === undefined || addresses.length === 0
      ? []
      : [{ name, text: addresses.toSorted().join(', ') }],
  )
  const rule = `let all hosts have the same address for it, in DNS or in /etc/hosts`
  return [
    ...views.flatMap(({ name, endpoint: { addresses } }) => {
      if (addresses === undefined)
        return [
          finding(
            name,
            'not known',
            `which address it has for ${host}: getent is not installed`,
            'install getent on the host (musl-utils, libc-bin)',
          ),
        ]
      if (addresses.length === 0) return [finding(name, 'fault', `it has no address for ${host}`, rule)]
      return addresses
        .filter(isLoopback)
        .slice(0, 1)
        .map((address) =>
          finding(name, 'warning', `${host} is ${address} there, which is the host itself`, rule),
        )
    }),
    ...(new Set(known.map(({ text }) => text)).size > 1
      ? [
          finding(
            'endpoint',
            'warning',
            `hosts have different addresses for ${host}: ${known.map(({ name, text }) => `${name} ${text}`).join('; ')}`,
            rule,
          ),
        ]
      : []),
  ]
}

/** The addresses of the endpoint that no host of the inventory has; none if a host is known by a name alone. */
const foreignAddresses = (views: readonly View[], endpoint: Endpoint): string[] => {
  const listed = endpoint.addresses.map(addressOf)
  if (listed.includes(undefined)) return []
  const own = new Set(
    [...listed, ...views.flatMap(({ state }) => state.ownAddresses.map(addressOf))].map((one) => one?.key),
  )
  const all =
    addressOf(endpoint.host) === undefined
      ? views.flatMap((view) => view.endpoint.addresses ?? [])
      : [endpoint.host]
  return [...new Set(all)].filter((one) => !isLoopback(one) && !own.has(addressOf(one)?.key))
}

/** What answers although there is no cluster. */
const takenFindings = (views: readonly View[], unasked: readonly string[], endpoint: Endpoint): Finding[] => {
  const at = textOf(endpoint)
  const foreign = foreignAddresses(views, endpoint)
  if (views.some(({ endpoint: { answer } }) => answer === 'answers' || answer === 'http')) {
    if (unasked.length > 0)
      return [
        finding(
          'endpoint',
          'not known',
          `something answers at ${at}, and whether it is the cluster of ${unasked.join(', ')} is not known`,
          `run doctor --hosts ${unasked.join(',')}`,
        ),
      ]
    const taken =
      foreign.length === 0 ? '' : `: ${foreign.join(', ')}, which no host of the inventory has, is taken`
    return [
      finding(
        'endpoint',
        'fault',
        `something answers at ${at} before there is a cluster${taken}`,
        'stop what answers there, or set control_plane_endpoint to an address and a port that are free',
      ),
    ]
  }
  return foreign.length > 0 && views.some(({ endpoint: { answer } }) => answer === 'closed')
    ? [
        finding(
          'endpoint',
          'warning',
          `${foreign.join(', ')} is in use by a machine that the inventory does not have, where nothing listens at port ${endpoint.port}`,
          'if it is a load balancer, let it listen there; if not, set control_plane_endpoint to an address that is free',
        ),
      ]
    : []
}

/** Whether a host reaches the cluster that there is. */
const reachFindings = ({ name, endpoint: { answer, certificate } }: View, endpoint: Endpoint): Finding[] => {
  const at = textOf(endpoint)
  if (answer === 'unresolved') return []
  if (certificate === 'other' || answer === 'http')
    return [
      finding(
        name,
        'fault',
        `what answers at ${at} is not the API server of its cluster: ${answer === 'http' ? 'it answers without TLS' : 'the authority in /etc/kubernetes/pki/ca.crt has not signed its certificate'}`,
        'set control_plane_endpoint to that of the cluster, or correct where the address and the load balancer lead to',
      ),
    ]
  if (certificate === 'names')
    return [
      finding(
        name,
        'fault',
        `the certificate of the API server does not name ${endpoint.host}`,
        'add the name to cert_sans, and run playbooks/reconfigure.ts',
      ),
    ]
  if (answer === 'answers') return []
  const said = answer === 'accepts' ? 'the connection ends without an answer' : answer
  return [
    finding(
      name,
      'fault',
      `it does not reach its cluster at ${at}: ${said}`,
      'run playbooks/status.ts: it shows load balancers and API servers',
    ),
  ]
}

/**
 * What is wrong with the endpoint: its name must be the same everywhere; before there is a cluster nothing answers there, and from then
 * on its API servers.
 */
export const endpointFindings = (states: readonly PreflightOf[], { endpoint }: Wanted): Finding[] => {
  if (endpoint === undefined) return []
  const views = states.flatMap(({ host, value }) =>
    value?.endpoint === undefined ? [] : [{ name: host, state: value, endpoint: value.endpoint }],
  )
  const unasked = states.flatMap(({ host, value }) => (value === undefined ? [host] : []))
  const exists = states.some(({ value }) => value !== undefined && isMaster(value))
  return [
    ...nameFindings(views, endpoint),
    ...(exists
      ? views.flatMap((view) => reachFindings(view, endpoint))
      : takenFindings(views, unasked, endpoint)),
  ]
}
