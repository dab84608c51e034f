/** PodDisruptionBudgets: which of them keep a pod on its node. */
import { z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import type { EvictedPod } from './pods.ts'

const expression = z.object({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).default([]),
})

const budgetsSchema = z.object({
  items: z.array(
    z.object({
      apiVersion: z.string().default('policy/v1'),
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({
        selector: z
          .object({
            matchLabels: z.record(z.string(), z.string()).default({}),
            matchExpressions: z.array(expression).default([]),
          })
          .optional(),
      }),
      status: z
        .object({
          disruptionsAllowed: z.number().default(0),
          currentHealthy: z.number().default(0),
          desiredHealthy: z.number().default(0),
          expectedPods: z.number().default(0),
        })
        .optional(),
    }),
  ),
})

type Budget = z.output<typeof budgetsSchema>['items'][number]

/** The PodDisruptionBudgets of a cluster. */
export const readBudgets = async (via: CheckContext): Promise<readonly Budget[]> =>
  budgetsSchema.parse(await kubectl(via, ['get', 'pdb', '--all-namespaces', '-o', 'json']).json()).items

const fits = (
  labels: Readonly<Record<string, string>>,
  { key, operator, values }: z.output<typeof expression>,
): boolean => {
  const value = labels[key]
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  const among = value !== undefined && values.includes(value)
  return operator === 'In' ? among : !among
}

/** Up to 1.20, an empty selector selects no pods; later all pods of the namespace (PodDisruptionBudgetSpec, policy/v1beta1 and v1). */
const selectsNone = ({ apiVersion, spec: { selector } }: Budget): boolean =>
  selector === undefined ||
  (apiVersion === 'policy/v1beta1' &&
    Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0)

const covers = (budget: Budget, pod: EvictedPod): boolean => {
  const { metadata, spec } = budget
  const { matchLabels, matchExpressions } = spec.selector ?? { matchLabels: {}, matchExpressions: [] }
  return (
    !selectsNone(budget) &&
    metadata.namespace === pod.namespace &&
    Object.entries(matchLabels).every(([key, value]) => pod.labels[key] === value) &&
    matchExpressions.every((one) => fits(pod.labels, one))
  )
}

/** A pod that a budget keeps on its node now. */
export interface BlockedPod {
  readonly pod: string
  /** Its namespace and name. */
  readonly budget: string
  /** Such as `2 of 2 pods must be healthy, and 2 are`. */
  readonly why: string
  /** Whether waiting changes nothing: all pods of the budget are there and healthy, and it needs all of them. */
  readonly forever: boolean
}

/** The pods that cannot be evicted now, each with the budget that is in the way. */
export const blockedPods = (pods: readonly EvictedPod[], budgets: readonly Budget[]): BlockedPod[] =>
  pods
    .filter(({ over, pending, terminating }) => !over && !pending && !terminating)
    .flatMap((pod) =>
      budgets.flatMap((budget) => {
        const { metadata, status } = budget
        // without a status, the controller has not looked at it yet
        if (status === undefined || status.disruptionsAllowed > 0 || !covers(budget, pod)) return []
        const { desiredHealthy: needed, expectedPods: all, currentHealthy: healthy } = status
        return [
          {
            pod: pod.name,
            budget: `${metadata.namespace}/${metadata.name}`,
            why: `${needed} of ${all} pods must be healthy, and ${healthy} are`,
            forever: needed >= all && healthy >= all,
          },
        ]
      }),
    )

/** A blocked pod in one clause. */
export const blockedText = ({ pod, budget, why }: BlockedPod): string =>
  `the PodDisruptionBudget ${budget} does not allow evicting ${pod}: ${why}`
