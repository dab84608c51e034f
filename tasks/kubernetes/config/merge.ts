/** Lays documents over those of the same kind. Pure. */
import { CoxswainError } from '../../../engine/index.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

/** A document with another laid over it: fields that are maps are merged, all others replaced. */
export const merged = (base: Document, change: Document): Document => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(change).map(([key, value]) => {
      const before = base[key]
      return [key, isMap(before) && isMap(value) ? merged(before, value) : value]
    }),
  ),
})

/**
 * Documents with others laid over them: fields of the document of the same kind are merged, lists and values replaced. A
 * document of another kind is added; it needs its own `apiVersion`.
 *
 * @throws `params-invalid` for such a document without `apiVersion`: kubeadm does not read it.
 */
export const withDocuments = (documents: readonly Document[], changes: readonly Document[]): Document[] => {
  const result: Document[] = [...documents]
  for (const change of changes) {
    const at = result.findIndex(({ kind }) => kind === change['kind'])
    const base = result[at]
    if (base !== undefined) result[at] = merged(base, change)
    else if (change['apiVersion'] !== undefined) result.push(change)
    else {
      const kinds = result.map(({ kind }) => String(kind)).join(', ')
      throw new CoxswainError(
        'params-invalid',
        `the kubeadm configuration has no ${String(change['kind'])} to merge with: it has ${kinds}`,
        { hint: 'add apiVersion to the document, to make it one of its own' },
      )
    }
  }
  return result
}
