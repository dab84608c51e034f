/** What Coxswain has applied for the pod network of a cluster. The cluster keeps it, so that every control-plane node finds it. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { adminConf } from '../kubeadm/paths.ts'

const place = { name: 'coxswain-pod-network', namespace: 'kube-system' } as const

/** What messages call it. */
export const recordText = `ConfigMap ${place.namespace}/${place.name}`

const recordSchema = z.object({
  /** `applying` and `removing` until that is complete. */
  state: z.enum(['applying', 'applied', 'removing']),
  /** `flannel`, or the path or URL of the manifest. */
  manifest: z.string(),
  version: z.string().optional(),
  /** The names of files that it writes into `/etc/cni/net.d`. */
  files: z.array(z.string()),
  /** The networks that are known by the names of their DaemonSets, such as `flannel`. */
  networks: z.array(z.string()),
  objects: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      /** Whether it did not exist before Coxswain applied it. */
      created: z.boolean(),
    }),
  ),
  /** Pods, as `namespace/name`, that must be started again although their DaemonSet is the same: what they read was changed. */
  outdated: z.array(z.string()),
})
/** What was applied. */
export type NetworkRecord = z.output<typeof recordSchema>
/** An object that was applied. */
export type RecordedObject = NetworkRecord['objects'][number]

const configMap = z.object({ data: z.object({ record: z.string() }) })

const words = ['-n', place.namespace, 'get', 'configmap', place.name, '--ignore-not-found', '-o', 'json']

/**
 * The record of a cluster; undefined if there is none.
 *
 * @throws `task-failed` if the API server does not respond, or the record cannot be read.
 */
export const readRecord = async (ctx: CheckContext): Promise<NetworkRecord | undefined> => {
  const { ok, stdout, stderr } = await kubectl(ctx, words).result()
  if (!ok)
    throw new CoxswainError('task-failed', `the API server does not say whether there is a ${recordText}`, {
      output: stderr.trim(),
      hint: 'check the control plane: run playbooks/status.ts; nothing was changed',
    })
  if (stdout.trim() === '') return undefined
  const source = { name: 'the record', of: recordText, code: 'task-failed' } as const
  const { data } = jsonReader(stdout, source)(configMap)
  return jsonReader(data.record, source)(recordSchema)
}

/** Writes the record. */
export const writeRecord = async ({ remote }: ApplyContext, record: NetworkRecord): Promise<void> => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: place,
    data: { record: JSON.stringify(record) },
  }
  await remote.run({
    stdin: JSON.stringify(object),
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=30s apply -f /dev/stdin`
}

/** Removes the record: nothing that Coxswain applied is left. */
export const removeRecord = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.run({
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} -n ${place.namespace} delete configmap ${place.name} --ignore-not-found`
}
