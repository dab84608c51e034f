/** The pods that have an address of the pod network. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
        deletionTimestamp: z.string().optional(),
        ownerReferences: z.array(z.object({ controller: z.boolean().default(false) })).default([]),
      }),
      spec: z.object({ hostNetwork: z.boolean().default(false) }).default({ hostNetwork: false }),
      status: z
        .object({ phase: z.string().default(''), podIP: z.string().default('') })
        .default({ phase: '', podIP: '' }),
    }),
  ),
})

/** A pod that has an address of the pod network. */
export interface PodWithNetwork {
  readonly namespace: string
  readonly name: string
  /** Whether a controller makes another one when it is deleted. */
  readonly controlled: boolean
  /** Whether it is one of CoreDNS, which every cluster has. */
  readonly isDns: boolean
}

/**
 * The pods of a cluster that have an address of the pod network, without those that have ended or are being deleted.
 *
 * @throws `task-failed` if the API server cannot be asked.
 */
export const podsWithNetwork = async (ctx: CheckContext): Promise<PodWithNetwork[]> => {
  const { ok, stdout, stderr } = await kubectl(ctx, [
    'get',
    'pods',
    '--all-namespaces',
    '-o',
    'json',
  ]).result()
  if (!ok)
    throw new CoxswainError('task-failed', 'the API server does not say which pods use the pod network', {
      output: stderr.trim(),
      hint: 'check the control plane: run playbooks/status.ts; then run this again',
    })
  return podsSchema.parse(JSON.parse(stdout)).items.flatMap(({ metadata, spec, status }) => {
    const isOver = status.phase === 'Succeeded' || status.phase === 'Failed'
    if (spec.hostNetwork || isOver || metadata.deletionTimestamp !== undefined || status.podIP === '')
      return []
    const { namespace, name, labels, ownerReferences } = metadata
    return [
      {
        namespace,
        name,
        controlled: ownerReferences.some(({ controller }) => controller),
        isDns: namespace === 'kube-system' && labels['k8s-app'] === 'kube-dns',
      },
    ]
  })
}

/** A pod in words. */
export const podText = ({ namespace, name }: PodWithNetwork): string => `${namespace}/${name}`
