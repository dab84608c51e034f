/** Addons that `kubeadm init` leaves out: those that the configuration disables, and those whose phases are skipped. Pure. */
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { merged } from './merge.ts'

/** The addons of kubeadm, by the names of their phases, and the field of ClusterConfiguration for each. */
const fields = { coredns: 'dns', 'kube-proxy': 'proxy' } as const

/** The names of the addons of kubeadm. */
export const addons = ['coredns', 'kube-proxy'] as const
/** An addon of kubeadm. */
export type Addon = (typeof addons)[number]

const ofKind = (documents: readonly unknown[], kind: string): Document | undefined =>
  documents.filter(isMap).find((one) => one['kind'] === kind)

const phasesIn = (documents: readonly unknown[]): readonly unknown[] => {
  const phases = ofKind(documents, 'InitConfiguration')?.['skipPhases']
  return Array.isArray(phases) ? phases : []
}

/**
 * The addons whose phases are skipped.
 *
 * @param skipPhases those of the command line: where there are none, kubeadm takes those of the configuration.
 */
export const skippedAddons = (documents: readonly unknown[], skipPhases: readonly string[]): Addon[] => {
  const phases: readonly unknown[] = skipPhases.length > 0 ? skipPhases : phasesIn(documents)
  return addons.filter((addon) => phases.includes('addon') || phases.includes(`addon/${addon}`))
}

/** The addons that `kubeadm init` does not create. */
export const addonsLeftOut = (documents: readonly unknown[], skipPhases: readonly string[]): Addon[] => {
  const cluster = ofKind(documents, 'ClusterConfiguration') ?? {}
  const skipped = skippedAddons(documents, skipPhases)
  return addons.filter((addon) => {
    const settings = cluster[fields[addon]]
    return skipped.includes(addon) || (isMap(settings) && settings['disabled'] === true)
  })
}

/** The documents as `kubeadm init` keeps them in the cluster: an addon whose phase is skipped is disabled. */
export const withSkippedDisabled = (
  documents: readonly Document[],
  skipPhases: readonly string[],
): Document[] => {
  const disabled = skippedAddons(documents, skipPhases).map((addon) => [fields[addon], { disabled: true }])
  return documents.map((one) =>
    one['kind'] === 'ClusterConfiguration' ? merged(one, Object.fromEntries(disabled)) : one,
  )
}

/** The addon that a field of ClusterConfiguration disables, such as `dns.disabled`; undefined for other fields. */
export const addonDisabledBy = (path: string): Addon | undefined =>
  addons.find((addon) => path === `${fields[addon]}.disabled`)
