/** Lists in the configuration of kubeadm whose entries have names. Pure. */
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

/** Fields whose lists have a name in each entry; arguments can have several entries of one name. */
const named: ReadonlySet<string> = new Set(['extraArgs', 'extraEnvs', 'extraVolumes', 'kubeletExtraArgs'])

/** The entries of a list whose entries have names; undefined for anything else. */
export const entriesOf = (key: string, value: unknown): Document[] | undefined =>
  named.has(key) && Array.isArray(value) && value.every((one) => isMap(one) && 'name' in one)
    ? value.filter(isMap)
    : undefined

/** The entries of each name. */
export const byName = (entries: readonly Document[]): ReadonlyMap<string, readonly Document[]> =>
  entries.reduce(
    (all, one) => all.set(String(one['name']), [...(all.get(String(one['name'])) ?? []), one]),
    new Map<string, readonly Document[]>(),
  )

/** The entries of one list with those of another: a name that both have is that of the other. */
export const withEntries = (base: readonly Document[], change: readonly Document[]): Document[] => {
  const replaced = byName(change)
  return [...base.filter((one) => !replaced.has(String(one['name']))), ...change]
}
