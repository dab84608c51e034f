/** The Node object of a node: whether it takes new pods and who decided that it does not, its labels and its taints. */
import { CoxswainError, hostSelector, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, Selector } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { adminConf } from '../kubeadm/paths.ts'

/** The annotation of a node that Coxswain has cordoned: only such a node is uncordoned again. */
export const cordonedMark = 'coxswain/cordoned'

/** The name under which the cordon of a node is predicted under `--check`. */
export const cordonOf = (node: string): string => `the cordon of ${node}`

/** The name under which a Node object is predicted under `--check`. */
export const nodeObject = (node: string): string => `the node ${node}`

/** A taint of a node, with all that the cluster keeps of it. */
export interface NodeTaint {
  readonly key: string
  readonly value?: string | undefined
  readonly effect: string
}

/** The name under which a taint of a node is predicted under `--check`. */
export const taintOf = (node: string, { key, effect }: NodeTaint): string =>
  `the taint ${key}:${effect} of ${node}`

/** A Node object of the cluster. */
export interface NodeObject {
  readonly name: string
  /** Whether it does not take new pods. */
  readonly cordoned: boolean
  /** Whether it has the annotation of a node that Coxswain has cordoned. */
  readonly marked: boolean
  /** Whether its kubelet reports; the cluster needs about 40 s to notice that it does not. */
  readonly reports: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly taints: readonly NodeTaint[]
  /** Changes with each change of the object: a patch with an old one is refused. */
  readonly resourceVersion: string
}

const nodeSchema = z.object({
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z
        .array(z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() }))
        .default([]),
    })
    .default({ unschedulable: false, taints: [] }),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
})

/** The parameters of tasks that change a node. */
export const nodeParams = () => ({
  node: z.string().describe('the name of the node'),
  via: hostSelector()
    .optional()
    .describe('a control-plane node whose kubectl and admin.conf are used; by default the host itself'),
})

/** A context of one host, from which that of another is reached. */
interface Reaching<Context> {
  readonly on: (selector: Selector) => Promise<Context>
}

/** The host whose kubectl is used. */
export const viaOf = async <Context>(
  ctx: Context & Reaching<Context>,
  via: Selector | undefined,
): Promise<Context> => (via === undefined ? ctx : ctx.on(via))

/** A Node object; undefined if there is none of this name. */
export const findNode = async (via: CheckContext, name: string): Promise<NodeObject | undefined> => {
  if (!(await via.remote.exists(adminConf)))
    throw new CoxswainError('task-failed', `${adminConf} does not exist on ${via.host.name}`, {
      hint: 'set via to a control-plane node',
    })
  const text = await kubectl(via, ['get', 'node', name, '--ignore-not-found', '-o', 'json']).text()
  if (text.trim() === '') return undefined
  const { metadata, spec, status } = nodeSchema.parse(JSON.parse(text))
  return {
    name: metadata.name,
    cordoned: spec.unschedulable,
    marked: cordonedMark in metadata.annotations,
    labels: metadata.labels,
    annotations: metadata.annotations,
    taints: spec.taints,
    reports: !status.conditions.some((one) => one.type === 'Ready' && one.status === 'Unknown'),
    resourceVersion: metadata.resourceVersion,
  }
}

const noNode = (via: CheckContext, name: string): CoxswainError =>
  new CoxswainError('task-failed', `the cluster does not have a node ${name}`, {
    hint: `compare the name with those of the cluster: on ${via.host.name}, run kubectl get nodes`,
  })

/** @throws `task-failed` if the cluster does not have the node. */
export const requireNode = async (via: CheckContext, name: string): Promise<NodeObject> => {
  const node = await findNode(via, name)
  if (node === undefined) throw noNode(via, name)
  return node
}

/**
 * A Node object, or under `--check` what a task before would make of it.
 *
 * @param predicted what it has when it has joined.
 * @throws `task-failed` if the cluster does not have the node, and no task lets it join.
 */
export const nodeOrPredicted = async <Made>(
  ctx: CheckContext,
  { node: name, via: asked }: { readonly node: string; readonly via?: Selector | undefined },
  predicted: Made,
): Promise<NodeObject | Made> => {
  const via = await viaOf<CheckContext>(ctx, asked)
  const found = await findNode(via, name)
  if (found !== undefined) return found
  if (ctx.predicted(nodeObject(name))) return predicted
  throw noNode(via, name)
}

/** How often a change is tried while other clients, such as the kubelet, change the same object. */
const attempts = 5

/** What is changed in a node; null removes. */
export interface NodePatch {
  readonly labels?: Readonly<Record<string, string | null>>
  readonly annotations: Readonly<Record<string, string | null>>
  readonly spec?: {
    readonly unschedulable?: true | null
    readonly taints?: readonly NodeTaint[]
  }
}

/**
 * Changes a node if it is still as it was read: an administrator could have cordoned it since.
 *
 * @param decide the change of the node as it is; undefined if there is nothing to change.
 * @returns whether it was changed.
 */
export const changeNode = async (
  via: ApplyContext,
  name: string,
  decide: (node: NodeObject) => NodePatch | undefined,
): Promise<boolean> => {
  for (let attempt = 1; ; attempt += 1) {
    const node = await requireNode(via, name)
    const decided = decide(node)
    if (decided === undefined) return false
    const { labels, annotations, spec } = decided
    const { resourceVersion } = node
    const patch = JSON.stringify({ metadata: { resourceVersion, labels, annotations }, spec })
    const command = via.remote.run({
      timeout: 40,
    })`kubectl --kubeconfig ${adminConf} --request-timeout=15s patch node ${name} --type merge -p ${patch}`
    const { ok, stderr } = await command.result()
    if (ok) return true
    if (attempt < attempts && /object has been modified/.test(stderr)) continue
    await command
  }
}

/** Cordons a node, with the annotation. One that is cordoned already keeps the cordon of whoever made it. */
export const cordonNode = (via: ApplyContext, name: string): Promise<boolean> =>
  changeNode(via, name, ({ cordoned }) =>
    cordoned ? undefined : { annotations: { [cordonedMark]: 'true' }, spec: { unschedulable: true } },
  )

/** Uncordons a node that Coxswain has cordoned, and says whether it was one. The cordon of an administrator stays. */
export const uncordonNode = (via: ApplyContext, name: string): Promise<boolean> =>
  changeNode(via, name, ({ marked }) =>
    marked ? { annotations: { [cordonedMark]: null }, spec: { unschedulable: null } } : undefined,
  )
