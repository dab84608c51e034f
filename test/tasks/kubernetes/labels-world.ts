/** A simulated Node w1 with labels, taints and annotations, for the scripted connection. */
import type { World } from '../../../engine/testing.ts'

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
  readonly timeAdded?: string
}

interface FakeNode {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /** Whether the first change meets one of another client. */
  readonly conflict?: boolean
}

const merged = (
  base: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> = {},
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...base, ...change }).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  )

/** `node` is the Node as it is; `patches` are the changes that were asked for. */
export const labelsWorld = ({
  labels = {},
  annotations = {},
  taints = [],
  conflict = false,
}: FakeNode = {}) => {
  let node = { labels, annotations, taints, version: 1 }
  let inTheWay = conflict
  const patches: unknown[] = []
  const world: World = {
    files: { '/etc/kubernetes/admin.conf': 'config' },
    patterns: [
      [
        /get node w1 --ignore-not-found -o json$/,
        () =>
          JSON.stringify({
            metadata: {
              name: 'w1',
              resourceVersion: String(node.version),
              labels: node.labels,
              annotations: node.annotations,
            },
            spec: { taints: node.taints },
          }),
      ],
      [/get node \S+ --ignore-not-found -o json$/, ''],
      [
        /patch node w1 --type merge -p /,
        ({ script }) => {
          const { metadata, spec } = JSON.parse(script.slice(script.indexOf("'{") + 1, -1))
          if (inTheWay) {
            inTheWay = false
            node = { ...node, version: node.version + 1 }
          }
          if (metadata.resourceVersion !== String(node.version))
            return {
              code: 1,
              stderr: 'Operation cannot be fulfilled on nodes "w1": the object has been modified',
            }
          patches.push({ labels: metadata.labels, taints: spec?.taints })
          node = {
            labels: merged(node.labels, metadata.labels),
            annotations: merged(node.annotations, metadata.annotations),
            taints: spec?.taints ?? node.taints,
            version: node.version + 1,
          }
          return ''
        },
      ],
    ],
  }
  return { world, patches, node: () => ({ ...node, version: undefined }) }
}
