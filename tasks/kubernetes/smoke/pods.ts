/** The pods of a smoke test, and why they are not ready. */
import { z } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { inNamespace } from './kubectl.ts'

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
      spec: z.object({ nodeName: z.string().default('') }),
      status: z.object({
        podIP: z.string().default(''),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
          .default([]),
        containerStatuses: z
          .array(
            z.object({
              ready: z.boolean(),
              state: z
                .object({
                  waiting: z
                    .object({ reason: z.string().default(''), message: z.string().default('') })
                    .optional(),
                })
                .default({}),
            }),
          )
          .default([]),
      }),
    }),
  ),
})

/** A pod of a smoke test. */
export type Pod = z.output<typeof podsSchema>['items'][number]

/** The pods of the smoke test. */
export const podsOf = async (ctx: ApplyContext): Promise<readonly Pod[]> =>
  podsSchema.parse(await inNamespace(ctx, ['get', 'pods', '-o', 'json']).json()).items

/** Why a pod is not ready; undefined if it is. */
const whyNotReady = ({ metadata, spec, status }: Pod): string | undefined => {
  if (status.containerStatuses.length > 0 && status.containerStatuses.every(({ ready }) => ready))
    return undefined
  const waiting = status.containerStatuses.find(({ state }) => state.waiting !== undefined)?.state.waiting
  const condition = status.conditions.find((one) => one.status !== 'True' && one.message !== '')
  const why = [waiting?.reason, waiting?.message ?? condition?.message].filter(Boolean).join(': ')
  return `${metadata.name} on ${spec.nodeName || 'no node'}: ${why || 'not ready'}`
}

/** The pods that are not ready yet, with the reason. */
export const notReady = async (ctx: ApplyContext, nodes: number): Promise<string[]> => {
  const pods = await podsOf(ctx)
  const missing = nodes + 2 - pods.length
  return [
    ...(missing > 0 ? [`${missing} pods were not created`] : []),
    ...pods.flatMap((pod) => whyNotReady(pod) ?? []),
  ]
}
