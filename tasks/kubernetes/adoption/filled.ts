/** Parts of documents that say something. Pure. */
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

/** Whether a value says nothing: it is not there, or a list or map without entries. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.keys(value).length === 0)

/** The entries of a map that say something. */
export const filled = (all: Document): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)))
