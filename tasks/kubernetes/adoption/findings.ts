/** What a cluster that others made has, and variables do not say. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { looksSecret } from '../../../engine/index.ts'
import { sharedFiles } from '../kubeadm/certificates.ts'
import type { Cluster } from '../kubeadm/settings.ts'
import { encryptionFlag } from '../encryption/record.ts'
import type { LivingCluster } from './read-cluster.ts'
import type { LivingMaster } from './read-master.ts'

/** The hosts of the inventory, by their names. */
export interface InventoryNames {
  readonly masters: readonly string[]
  /** Those of the masters that are nodes of another cluster. */
  readonly foreign: readonly string[]
  /** Undefined for an inventory without a group of workers. */
  readonly workers: readonly string[] | undefined
}

/** Control-plane nodes of another cluster. */
export const foreignFindings = (names: readonly string[]): Finding[] =>
  names.map((name) =>
    finding(
      name,
      'fault',
      'it is a control-plane node, and not a node of this cluster',
      'take it out of masters if it is of another cluster; if it was deleted from this one, reset it with playbooks/reset.ts',
    ),
  )

/** Nodes and members of etcd that the inventory does not have, and hosts of the inventory that are not in the cluster. */
export const membershipFindings = (
  { nodes, members }: LivingCluster,
  masters: readonly LivingMaster[],
  inventory: InventoryNames,
): Finding[] => {
  const lacks = (names: readonly string[], name: string): boolean => !names.includes(name)
  const known = masters.map(({ name }) => name)
  return [
    ...inventory.masters
      .filter((name) => lacks([...known, ...inventory.foreign], name))
      .map((name) =>
        finding(
          name,
          'warning',
          'it is not a control-plane node of the cluster, and ha-masters would make it one',
          'take it out of masters if that is not wanted',
        ),
      ),
    ...nodes.flatMap(({ name, controlPlane }) => {
      if (controlPlane && lacks(inventory.masters, name))
        return [
          finding(
            name,
            'fault',
            'it is a control-plane node of the cluster that the group masters does not have',
            'add it to masters, and run again; or run playbooks/remove-master.ts later',
          ),
        ]
      return !controlPlane && inventory.workers !== undefined && lacks(inventory.workers, name)
        ? [
            finding(
              name,
              'warning',
              'it is a worker that the group workers does not have',
              'add it to workers',
            ),
          ]
        : []
    }),
    ...(members ?? [])
      .filter(
        (name) => name !== '' && lacks(inventory.masters, name) && !nodes.some((node) => node.name === name),
      )
      .map((name) =>
        finding(
          name,
          'fault',
          'it is a member of etcd, and neither a node of the cluster nor in the group masters',
          'remove it with playbooks/remove-master.ts (removed_masters) once the variables are written',
        ),
      ),
    ...(members === undefined
      ? [finding('etcd', 'not known', 'etcd does not say which members it has', 'run again when it responds')]
      : []),
  ]
}

/** Files that all masters share, and that ha-masters copies from the one that leads. */
const sharedFindings = (masters: readonly LivingMaster[]): Finding[] =>
  sharedFiles.flatMap((path) => {
    const sums = masters.map(({ shared }) => shared.get(path))
    const there = masters.filter(({ shared }) => shared.get(path) !== undefined).map(({ name }) => name)
    if (there.length === 0)
      return [
        finding(
          'cluster',
          'fault',
          `${path} is on no master: the authority is kept elsewhere`,
          'ha-masters does not run on such a cluster: it copies this file to each master; put it on one of them for that',
        ),
      ]
    if (there.length < masters.length)
      return [
        finding(
          'cluster',
          'fault',
          `${path} is only on ${there.join(' and ')}`,
          'ha-masters copies it to all masters: keep this cluster with what made it if that must not be',
        ),
      ]
    return new Set(sums).size === 1
      ? []
      : [
          finding(
            'cluster',
            'fault',
            `${path} is not the same on all masters`,
            'ha-masters would replace it by that of the master that leads: make it the same by hand first',
          ),
        ]
  })

/** What is on the masters alone. */
export const hostFindings = (masters: readonly LivingMaster[]): Finding[] => [
  ...sharedFindings(masters),
  ...masters.flatMap(({ name, otherFlags }) =>
    otherFlags.map((path) =>
      finding(
        name,
        'warning',
        `${path} has arguments for the kubelet, which a new master does not get`,
        'it is left as it is; set those that all masters need in kubelet_extra_args, or write the file with a playbook of your own',
      ),
    ),
  ),
]

const programs = ['apiServer', 'controllerManager', 'scheduler'] as const
const variables = { apiServer: 'api_server', controllerManager: 'controller_manager', scheduler: 'scheduler' }

/** Files of the masters that no playbook writes, and values that can be secret. */
export const settingFindings = (cluster: Cluster): Finding[] => {
  const encryption = cluster.apiServer?.extraArgs[encryptionFlag]
  const paths = programs.flatMap((program) =>
    (cluster[program]?.extraVolumes ?? []).map(({ hostPath }) => ({ program, hostPath })),
  )
  const others = paths.filter(({ hostPath }) => !String(encryption ?? '').startsWith(hostPath))
  const secrets = [...programs, 'etcd' as const].flatMap((program) => {
    const { extraArgs = {}, extraEnvs = {} } = cluster[program] ?? {}
    const name = program === 'etcd' ? program : variables[program]
    return [
      ...Object.keys(extraArgs)
        .filter((one) => looksSecret(`${one}=`))
        .map((one) => `${name}.extraArgs.${one}`),
      ...Object.keys(extraEnvs).map((one) => `${name}.extraEnvs.${one}`),
    ]
  })
  const more = [
    ...Object.keys(cluster.kubeletExtraArgs)
      .filter((one) => looksSecret(`${one}=`))
      .map((one) => `kubelet_extra_args.${one}`),
    ...(JSON.stringify(cluster.merge).includes('"extraEnvs"') ? ['kubeadm_config_merge'] : []),
  ]
  return [
    ...(encryption === undefined
      ? []
      : [
          finding(
            'cluster',
            'warning',
            `its Secrets are encrypted at rest with the keys in ${String(encryption)} on the masters, which the inventory does not have`,
            'keep a copy of the file in a safe place; ha-masters copies it to masters that join, and playbooks/rotate-keys.ts replaces the key',
          ),
        ]),
    ...others.map(({ program, hostPath }) =>
      finding(
        'cluster',
        'warning',
        `${variables[program]} reads ${hostPath} of each master, which no playbook writes`,
        'put it on a new master before it joins',
      ),
    ),
    ...[...secrets, ...more].map((name) =>
      finding(
        'cluster',
        'warning',
        `${name} can be secret, and is written down as it is`,
        'encrypt the file with run secret encrypt before you share it',
      ),
    ),
  ]
}
