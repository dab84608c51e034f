/** Which DaemonSets belong to a manifest, and which of a cluster are not a pod network. */
import { z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { readYaml } from '../kubeadm/yaml.ts'
import { daemonSets } from '../pod-networks.ts'

/** Operators that make the DaemonSets of a network from resources of their API group. */
const operators: readonly (readonly [group: string, makes: RegExp])[] = [
  ['operator.tigera.io', /^calico-system\//],
  ['cilium.io', /\/cilium(-envoy)?$/],
]

const resource = z.object({ apiVersion: z.string() })
const definition = z.object({
  kind: z.literal('CustomResourceDefinition'),
  spec: z.object({ group: z.string() }),
})

/** The API groups that a manifest has resources of, or defines. */
const groupsIn = (text: string): Set<string | undefined> =>
  new Set(
    readYaml(text, 'the manifest').flatMap((document) => [
      resource.safeParse(document).data?.apiVersion.split('/')[0],
      definition.safeParse(document).data?.spec.group,
    ]),
  )

/** Whether a DaemonSet, as `namespace/name`, is of a manifest, or made by an operator from what the manifest has. */
export const ownerOf = (text: string): ((set: string) => boolean) => {
  const own = new Set(daemonSets(text).map(({ name, namespace }) => `${namespace}/${name}`))
  const groups = groupsIn(text)
  return (set) => own.has(set) || operators.some(([group, makes]) => groups.has(group) && makes.test(set))
}

/** Whether a path is where the configuration of networks is. */
export const isNetworkFolder = (path: string): boolean => /^\/etc\/cni(\/net\.d)?\/?$/.test(path)

const containers = z.array(
  z.object({
    volumeMounts: z.array(z.object({ name: z.string(), readOnly: z.boolean().optional() })).default([]),
  }),
)
const volume = z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).optional() })
const pod = z.object({
  volumes: z.array(volume).default([]),
  containers,
  initContainers: containers.default([]),
})
const daemonSet = z.object({ spec: z.object({ template: z.object({ spec: pod }) }) })

const podOf = (json: string): z.output<typeof pod> | undefined => {
  try {
    return daemonSet.safeParse(JSON.parse(json)).data?.spec.template.spec
  } catch {
    return undefined
  }
}

/** Whether a DaemonSet, as `namespace/name`, only reads the configuration of networks; not if that cannot be read. */
export const onlyReads = async (ctx: CheckContext, set: string): Promise<boolean> => {
  const [namespace = '', name = ''] = set.split('/')
  const { ok, stdout } = await kubectl(ctx, [
    '-n',
    namespace,
    'get',
    'daemonset',
    name,
    '-o',
    'json',
  ]).result()
  const spec = ok ? podOf(stdout) : undefined
  if (spec === undefined) return false
  const folders = new Set(
    spec.volumes.filter(({ hostPath }) => isNetworkFolder(hostPath?.path ?? '')).map((one) => one.name),
  )
  const mounts = [...spec.containers, ...spec.initContainers].flatMap(({ volumeMounts }) => volumeMounts)
  return mounts.filter((one) => folders.has(one.name)).every(({ readOnly }) => readOnly === true)
}
