/** The objects of a manifest. Pure. */
import { z } from '../../../engine/index.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

/** Which object it is. */
export interface ObjectName {
  readonly apiVersion: string
  readonly kind: string
  /** Empty for an object that is in no namespace, or whose manifest leaves it to kubectl. */
  readonly namespace: string
  readonly name: string
}

const objectSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().default('') }),
})

const source = 'the manifest'

/** The documents of a manifest, with those in lists. */
const documentsIn = (text: string): Document[] =>
  readYaml(text, source).flatMap((document) => {
    if (!isMap(document)) return []
    const { kind, items } = document
    return kind === 'List' && Array.isArray(items) ? items.filter(isMap) : [document]
  })

/** The objects of a manifest in its order. */
export const objectsIn = (text: string): ObjectName[] =>
  documentsIn(text).flatMap((document) => {
    const { success, data } = objectSchema.safeParse(document)
    if (!success) return []
    const { apiVersion, kind, metadata } = data
    return [{ apiVersion, kind, ...metadata }]
  })

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

/** What kubectl puts an object into whose manifest does not name a namespace. */
const usualNamespace = 'default'

/** One text for one object, in whatever version of its API it is written. */
export const keyOf = ({ apiVersion, kind, namespace, name }: ObjectName): string =>
  [groupOf(apiVersion), kind, namespace === usualNamespace ? '' : namespace, name].join('/')

/** An object in words, such as `DaemonSet kube-flannel/kube-flannel-ds`. */
export const objectText = ({ kind, namespace, name }: ObjectName): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`

/** An object as kubectl finds it. */
export const asManifest = (objects: readonly ObjectName[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: objects.map(({ apiVersion, kind, namespace, name }) => ({
      apiVersion,
      kind,
      metadata: { name, ...(namespace !== '' && { namespace }) },
    })),
  })

/**
 * The size above which an object cannot have its former manifest as an annotation (262,144 bytes for all annotations), as definitions of
 * resources of Calico and Cilium.
 */
const largest = 200_000

/** Whether the API server must merge a manifest, because kubectl has no room to remember it. */
export const isLarge = (text: string): boolean =>
  documentsIn(text).some((document) => JSON.stringify(document).length > largest)

/** Names of files of networks in a manifest, which its pods write into `/etc/cni/net.d`. */
export const filesIn = (text: string): string[] =>
  [
    ...new Set(text.match(/\b\d{0,3}[A-Za-z_-][\w-]{0,60}\.(?:conflist|conf)\b|\bcalico-kubeconfig\b/g)),
  ].toSorted()
