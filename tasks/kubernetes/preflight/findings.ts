/** What would go wrong on hosts before kubeadm runs on them. Pure. */
import { finding, severities } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { evenNumberOf } from '../etcd/arithmetic.ts'
import { clockFindings } from '../findings/clocks.ts'
import { argumentFindings, refusedFindings } from './argument-findings.ts'
import { endpointFindings } from './endpoint-findings.ts'
import { hostFindings } from './host-findings.ts'
import { networkFindings } from './network-findings.ts'
import type { PreflightOf, PreflightState } from './types.ts'
import type { Wanted } from './wanted.ts'

type Hosts = readonly (readonly [name: string, state: PreflightState])[]

/** Hosts that have the same value of something that must be unique. */
const twins = (
  hosts: Hosts,
  what: string,
  valuesOf: (state: PreflightState) => readonly (string | undefined)[],
  cure: string,
): Finding[] => {
  const byValue = new Map<string, string[]>()
  for (const [name, state] of hosts)
    for (const value of new Set(valuesOf(state)))
      if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), name])
  return [...byValue].flatMap(([value, names]) =>
    names.length > 1
      ? [finding(names.join(', '), 'fault', `they have the same ${what}: ${value}`, cure)]
      : [],
  )
}

/** What kubeadm does not accept in the configuration. Hosts that say the same are named together. */
const refusalFindings = (hosts: Hosts): Finding[] =>
  [...new Set(hosts.flatMap(([, { refusals }]) => refusals))].map((refusal) =>
    finding(
      hosts
        .filter(([, { refusals }]) => refusals.includes(refusal))
        .map(([name]) => name)
        .join(', '),
      'fault',
      `kubeadm does not accept the configuration: ${refusal}`,
      'correct it in the inventory (also in kubelet, kube_proxy and kubeadm_config_merge)',
    ),
  )

const evenNumber = (masters: number): Finding[] => {
  const what = evenNumberOf(masters)
  return what === undefined ? [] : [finding('masters', 'warning', what, 'have an odd number of masters')]
}

/**
 * What would go wrong on the hosts of a control plane, faults first.
 *
 * @param states by host; undefined for a host that cannot be asked.
 */
export const preflightFindings = (states: readonly PreflightOf[], wanted: Wanted): Finding[] => {
  const hosts: Hosts = states.flatMap(({ host, value }) =>
    value === undefined ? [] : [[host, value] as const],
  )
  return [
    ...states.flatMap(({ host, value }) =>
      value === undefined
        ? [finding(host, 'not known', 'the host cannot be asked', `run doctor --hosts ${host}`)]
        : [],
    ),
    ...hosts.flatMap(([name, state]) => [
      ...hostFindings(name, state, wanted),
      ...networkFindings(name, state, wanted),
    ]),
    ...clockFindings(hosts.map(([name, { ahead }]) => ({ name, ahead }))),
    ...twins(hosts, 'host name', ({ hostname }) => [hostname], 'give each host a name of its own'),
    ...twins(
      hosts,
      'machine ID',
      ({ machineId }) => [machineId],
      'on all but one: rm /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup',
    ),
    ...twins(
      hosts,
      'product UUID',
      ({ productUuid }) => [productUuid],
      'give each machine a UUID of its own',
    ),
    ...twins(hosts, 'hardware address', ({ macs }) => macs, 'give each network card an address of its own'),
    ...refusalFindings(hosts),
    ...endpointFindings(states, wanted),
    ...argumentFindings(wanted),
    ...refusedFindings(wanted),
    ...evenNumber(states.length),
  ].toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
}
