/** A volume of a StorageClass: one pod writes it, another one reads it. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { chooseClass, classesSchema } from './classes.ts'
import { create, inNamespace, run } from './kubectl.ts'
import { claim, claimOf, namespace, reader, volumePod, writer, written } from './objects.ts'

const podSchema = z.object({
  status: z.object({
    phase: z.string().default('Pending'),
    conditions: z.array(z.object({ status: z.string(), message: z.string().default('') })).default([]),
  }),
})

const claimSchema = z.object({ status: z.object({ phase: z.string().default('Pending') }) })

const eventsSchema = z.object({
  items: z.array(z.object({ type: z.string().default(''), message: z.string().default('') })),
})

/** The last warning about the claim, such as that of a provisioner that fails. */
const lastWarning = async (ctx: ApplyContext): Promise<string | undefined> => {
  const words = ['get', 'events', '--field-selector', `involvedObject.name=${claim}`, '-o', 'json']
  const { items } = eventsSchema.parse(await inNamespace(ctx, words).json())
  return items.findLast(({ type }) => type === 'Warning')?.message
}

/**
 * What is missing until a pod has done its work.
 *
 * @throws `task-failed` with what it printed, if it has failed.
 */
const notDone = async (ctx: ApplyContext, name: string): Promise<string[]> => {
  const [pod, bound] = await Promise.all([
    inNamespace(ctx, ['get', 'pod', name, '-o', 'json']).json(),
    inNamespace(ctx, ['get', 'persistentvolumeclaim', claim, '-o', 'json']).json(),
  ])
  const { phase, conditions } = podSchema.parse(pod).status
  const { status } = claimSchema.parse(bound)
  if (phase === 'Failed')
    throw new CoxswainError('task-failed', `the pod ${name} cannot use the volume`, {
      output: (await inNamespace(ctx, ['logs', name]).result()).stdout.trim(),
      hint: 'check that root can write to volumes of the class',
    })
  if (phase === 'Succeeded') return []
  const why =
    status.phase === 'Bound'
      ? conditions.find((one) => one.status !== 'True' && one.message !== '')?.message
      : `the PersistentVolumeClaim is ${status.phase}, ${(await lastWarning(ctx)) ?? 'not Bound'}`
  return [`the pod ${name} is ${phase}${why === undefined ? '' : `: ${why}`}`]
}

/** What a trial of a volume needs. */
interface VolumeTrial {
  readonly image: string
  readonly storageClass: string
  /** Seconds to wait for each of the two pods. */
  readonly timeout: number
}

/**
 * Which class a volume is tried of.
 *
 * @returns undefined if volumes are not tried; the log says why.
 * @throws `task-failed` for a named class that the cluster does not have.
 */
export const classToTry = async (
  ctx: ApplyContext,
  named: string | undefined,
): Promise<string | undefined> => {
  const { items } = classesSchema.parse(await run(ctx, ['get', 'storageclasses', '-o', 'json']).json())
  const choice = chooseClass(items, named)
  if ('name' in choice) return choice.name
  ctx.log(`volumes were not tried: ${choice.notTried}`)
  return undefined
}

/**
 * Writes a volume with one pod and reads it with another one, which removes the file.
 *
 * @throws `wait-timeout` with what the claim or the pod waits for, and `task-failed` for a pod that fails or reads something else.
 */
export const tryVolume = async (
  ctx: ApplyContext,
  { image, storageClass, timeout }: VolumeTrial,
): Promise<void> => {
  const hint = `check the StorageClass ${storageClass} and the pods of its provisioner: kubectl describe storageclass ${storageClass}`
  await create(ctx, claimOf(storageClass))
  for (const [name, script] of [
    ['writer', writer],
    ['reader', reader],
  ] as const) {
    await create(ctx, volumePod(image, name, script))
    await eventually(ctx, () => notDone(ctx, name), { seconds: timeout, every: 1, hint })
    // a volume that one node can have at a time is free for the next pod
    if (name === 'writer') await inNamespace(ctx, ['delete', 'pod', name, '--timeout=30s'], 60)
  }
  const said = await inNamespace(ctx, ['logs', 'reader']).text()
  if (!said.includes(written))
    throw new CoxswainError('task-failed', 'a pod does not read from the volume what another one wrote', {
      output: said.trim(),
      hint,
    })
}

const volumesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      spec: z.object({
        claimRef: z.object({ namespace: z.string().default('') }).optional(),
        persistentVolumeReclaimPolicy: z.string().default('Retain'),
      }),
      status: z.object({ phase: z.string().default('') }).default({ phase: '' }),
    }),
  ),
})
type Volume = z.output<typeof volumesSchema>['items'][number]

/** The volumes that claims of this namespace had. */
const ownVolumes = async (ctx: ApplyContext): Promise<readonly Volume[]> =>
  volumesSchema
    .parse(await run(ctx, ['get', 'persistentvolumes', '-o', 'json']).json())
    .items.filter(({ spec }) => spec.claimRef?.namespace === namespace)

const isDynamic = ({ metadata }: Volume): boolean => 'pv.kubernetes.io/provisioned-by' in metadata.annotations
const isDeleted = ({ spec }: Volume): boolean => spec.persistentVolumeReclaimPolicy === 'Delete'

/**
 * Gives volumes back when their claim is gone: one that was made by hand can be claimed again, and one that is to be deleted is waited for.
 * One that its provisioner keeps (Retain) is named in the log.
 *
 * @throws `wait-timeout` for one that its provisioner does not delete.
 */
export const giveVolumesBack = async (ctx: ApplyContext): Promise<void> => {
  for (const volume of await ownVolumes(ctx)) {
    const { name } = volume.metadata
    if (isDeleted(volume)) continue
    if (isDynamic(volume))
      ctx.log(`the volume ${name} stays, as its class says (Retain): kubectl delete persistentvolume ${name}`)
    else
      await run(ctx, [
        'patch',
        'persistentvolume',
        name,
        '--type=merge',
        '--patch={"spec":{"claimRef":null}}',
      ])
  }
  const left = async (): Promise<string[]> =>
    (await ownVolumes(ctx))
      .filter(isDeleted)
      .map(({ metadata, status }) => `the volume ${metadata.name} is not deleted: it is ${status.phase}`)
  await eventually(ctx, left, {
    seconds: 60,
    every: 1,
    hint: 'check the pods of the provisioner; then delete what is left: kubectl get persistentvolumes',
  })
}
