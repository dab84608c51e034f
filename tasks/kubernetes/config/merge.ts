/** Lays documents over those of the same kind. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { entriesOf, withEntries } from './named-lists.ts'

/** A value with another laid over it. */
const laidOver = (key: string, before: unknown, value: unknown): unknown => {
  if (isMap(before) && isMap(value)) return merged(before, value)
  const [base, change] = [entriesOf(key, before), entriesOf(key, value)]
  return base === undefined || change === undefined ? value : withEntries(base, change)
}

/** A document with another laid over it: maps are merged, and lists of arguments, variables and volumes by their names; all else is replaced. */
export const merged = (base: Document, change: Document): Document => ({
  ...base,
  ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, laidOver(key, base[key], value)])),
})

/** The API version of the configurations of programs: the same in every release that has documents of their own for them. */
export const programKinds = {
  KubeletConfiguration: 'kubelet.config.k8s.io/v1beta1',
  KubeProxyConfiguration: 'kubeproxy.config.k8s.io/v1alpha1',
} as const

const refused = (message: string, hint: string): CoxswainError =>
  new CoxswainError('params-invalid', message, { hint })

/** The API version that a document must have; undefined for a kind that `kubeadm init` does not read. */
const apiVersionOf = (kind: string, documents: readonly Document[]): string | undefined => {
  const base = documents.find((one) => one['kind'] === kind)
  if (base !== undefined) return String(base['apiVersion'])
  // v1alpha2 has the settings of the programs in MasterConfiguration
  const isSingle = documents.some((one) => one['kind'] === 'MasterConfiguration')
  return isSingle ? undefined : Object.entries(programKinds).find(([name]) => name === kind)?.[1]
}

/**
 * Documents with others laid over them: fields of the document of the same kind are merged, as {@link merged} says. The
 * configuration of the kubelet or of kube-proxy is added where there is none yet.
 *
 * @throws `params-invalid` for a document that kubeadm would ignore or read as another version, and for one of a node that joins.
 */
export const withDocuments = (documents: readonly Document[], changes: readonly Document[]): Document[] => {
  const result: Document[] = [...documents]
  for (const change of changes) {
    const [kind, given] = [String(change['kind']), change['apiVersion']]
    if (kind === 'JoinConfiguration')
      throw refused(
        'kubeadm_config_merge cannot have a JoinConfiguration',
        'set nodeRegistration, patches and timeouts in InitConfiguration: a control-plane node that joins has those',
      )
    const apiVersion = apiVersionOf(kind, documents)
    if (apiVersion === undefined)
      throw refused(
        `the kubeadm configuration has no ${kind} to merge with: it has ${result.map((one) => String(one['kind'])).join(', ')}`,
        'correct kind in kubeadm_config_merge: kubeadm init ignores documents of other kinds',
      )
    if (given !== undefined && given !== apiVersion)
      throw refused(
        `kubeadm_config_merge has a ${kind} of ${JSON.stringify(given)}, and the configuration is of ${apiVersion}`,
        'remove apiVersion from the document, and write its fields as this version has them',
      )
    const at = result.findIndex((one) => one['kind'] === kind)
    const base = result[at]
    if (base === undefined) result.push({ apiVersion, ...change })
    else result[at] = merged(base, change)
  }
  return result
}
