/** What would go wrong with the configuration that a cluster keeps, and with APIs that its clients use. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { UpgradeState } from './read.ts'
import { clusterSettingFindings, etcdTagOf } from './settings.ts'
import type { Minors } from './settings.ts'

/** The control-plane nodes that could be asked. */
export type Hosts = readonly (readonly [name: string, state: UpgradeState])[]

/** What kubeadm of the next version, and the programs of those after it, do not know. */
export const configFindings = (hosts: Hosts, ahead: readonly string[], minors: Minors): Finding[] => {
  const found = hosts.find(([, { cluster }]) => cluster.known)?.[1].cluster
  if (found?.known !== true)
    return [
      finding(
        'kubeadm-config',
        'not known',
        'the configuration that the cluster keeps',
        'run playbooks/status.ts',
      ),
    ]
  const kept = found.value
  if (kept === undefined)
    return [
      finding(
        'kubeadm-config',
        'fault',
        'the cluster does not have it, and kubeadm requires it',
        'kubeadm init phase upload-config kubeadm --config FILE',
      ),
    ]
  const [next = ''] = ahead
  const { reads } = factsOf(next)
  const api = String(kept['apiVersion']).replace(/^.*\//, '')
  const tag = etcdTagOf(kept)
  return [
    ...(reads.some((one) => one === api)
      ? []
      : [
          finding(
            'kubeadm-config',
            'fault',
            `kubeadm of ${next} does not read its version ${api}, only ${reads.join(', ')}`,
            'convert it: kubeadm config migrate, with the kubeadm that the cluster runs',
          ),
        ]),
    ...(tag === undefined
      ? []
      : [
          finding(
            'kubeadm-config',
            'warning',
            `etcd.imageTag: ${tag} stays, and kubeadm of ${ahead.at(-1) ?? ''} would use ${factsOf(ahead.at(-1) ?? '').etcd[1]}`,
            'remove etcd.imageTag from kubeadm-config and from the inventory to follow kubeadm',
          ),
        ]),
    ...clusterSettingFindings(kept, minors),
  ]
}

/** APIs in use that a version of the upgrade path does not have. */
export const apiFindings = (hosts: Hosts, minors: Minors, accepted: boolean): Finding[] => {
  const used = new Map<string, number>()
  for (const [, { deprecated }] of hosts)
    if (deprecated.known) for (const { name, removedIn } of deprecated.value) used.set(name, removedIn)
  return [
    ...hosts.flatMap(([name, { deprecated }]) =>
      deprecated.known
        ? []
        : [
            finding(
              name,
              'warning',
              `which APIs are in use is not known: ${deprecated.why}`,
              'run again when it is ready',
            ),
          ],
    ),
    ...[...used].flatMap(([name, removedIn]) =>
      removedIn > minors.after && removedIn <= minors.upTo
        ? [
            finding(
              'clients',
              accepted ? 'warning' : 'fault',
              `${name} is in use, and v1.${removedIn} does not have it`,
              'let its clients use a newer version (kubectl get --raw /metrics | grep requested_deprecated); to go on all the same: -e upgrade_accept_removed_apis=true',
            ),
          ]
        : [],
    ),
  ]
}
