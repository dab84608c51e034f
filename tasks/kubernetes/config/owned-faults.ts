/** What a configuration says of settings that it must not contradict. Pure. */
import type { Arguments } from '../kubeadm/component-settings.ts'
import { dashed, programNames } from '../kubeadm/versions/flags-gone.ts'
import type { Program } from '../kubeadm/versions/flags-gone.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { ownedByKubelets } from './owned-by-kubelets.ts'
import type { KubeletOwners } from './owned-by-kubelets.ts'
import { ownedSettings } from './owned-settings.ts'
import type { Owners } from './owned-settings.ts'
import type { Owned, Part } from './owned.ts'

const argumentFaults = <Given>(
  table: readonly Owned<Given>[],
  all: Readonly<Partial<Record<Program, Arguments | undefined>>>,
  owners: Given,
): string[] =>
  table.flatMap(({ program, arguments: names = [], accepts, instead }) => {
    const given = program === undefined ? undefined : all[program]
    if (program === undefined || given === undefined) return []
    return Object.entries(given).flatMap(([name, value]) => {
      const known = program === 'etcd' ? name : dashed(name)
      if (!names.includes(known)) return []
      return [value]
        .flat()
        .filter((one) => !accepts(one, owners, known))
        .map((one) => `--${name}=${one} of ${programNames[program]}: ${instead}`)
    })
  })

/** Arguments of the programs of a control-plane node that are refused, for an error. */
export const ownedArgumentFaults = (
  all: Readonly<Partial<Record<Program, Arguments | undefined>>>,
  owners: Owners,
): string[] => argumentFaults(ownedSettings, all, owners)

/** Arguments of a kubelet that are refused, for an error: of a worker as of a control-plane node. */
export const kubeletArgumentFaults = (kubelet: Arguments, owners: KubeletOwners): string[] =>
  argumentFaults(ownedByKubelets, { kubelet }, owners)

/** Where the document of the cluster has the arguments of programs. */
const places: Readonly<Partial<Record<Program, string>>> = {
  apiServer: 'apiServer.extraArgs',
  controllerManager: 'controllerManager.extraArgs',
  scheduler: 'scheduler.extraArgs',
  etcd: 'etcd.local.extraArgs',
}

/**
 * What to do instead of setting a field of the document of the cluster; undefined for one that can have any value.
 *
 * @param setting such as `etcd.local.extraArgs.data-dir`.
 */
export const insteadOf = (setting: string): string | undefined =>
  ownedSettings.find(
    ({ program, arguments: names = [], part, fields = [] }) =>
      (part === 'cluster' && fields.includes(setting)) ||
      (program !== undefined && names.some((name) => setting === `${places[program] ?? ''}.${name}`)),
  )?.instead

/** The names of the kinds of documents. */
const kinds: Readonly<Record<Part, string>> = {
  cluster: 'ClusterConfiguration',
  node: 'InitConfiguration',
  kubelet: 'KubeletConfiguration',
  kubeProxy: 'KubeProxyConfiguration',
}

const valueAt = (document: Document, path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => (isMap(found) ? found[key] : undefined), document)

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Fields of documents that are refused, for an error. */
export const ownedFieldFaults = (parts: Readonly<Record<Part, Document>>, owners: Owners): string[] =>
  ownedSettings.flatMap(({ part, fields = [], accepts, instead }) => {
    if (part === undefined) return []
    return fields.flatMap((path) => {
      const value = valueAt(parts[part], path)
      // kubeadm and the programs take an empty text for none
      if (value === undefined || value === null || value === '' || accepts(asText(value), owners, path))
        return []
      return [`${path} of ${kinds[part]} is ${asText(value)}: ${instead}`]
    })
  })
