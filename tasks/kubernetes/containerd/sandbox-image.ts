import { factsOf } from '../kubeadm/versions.ts'

/**
 * The image that holds a pod's namespaces: the one that kubeadm of a version asks for.
 *
 * @param repository a mirror instead of the usual registry.
 */
export const sandboxImageOf = (version: string, repository?: string): string => {
  const { registry, pause } = factsOf(version)
  return `${repository ?? registry}/pause:${pause}`
}
