import { defineTask, duration, z } from '../../engine/index.ts'
import { testImage } from './smoke/test-image.ts'
import { withTestPods } from './smoke/test-pods.ts'
import { tryAll } from './smoke/trials.ts'
import { classToTry, tryVolume } from './smoke/volumes.ts'

/**
 * Runs pods on every node, and checks that the cluster does what it is for: a service, the pod network, DNS, logs and commands in pods, and a volume where there is a StorageClass.
 *
 * It removes all that it has created, also after a failure, and before it starts.
 */
export const clusterSmoke = defineTask({
  name: 'cluster-smoke',
  description:
    'Checks that a cluster works: a deployment with a service answers at every node, pods of all nodes reach each other, DNS, logs and commands in pods work, and a volume of a StorageClass keeps what one pod writes for another one. It removes what it creates.',
  reads: 'pods and a volume of the namespace coxswain-smoke',
  example: { image: 'busybox:1.37' },
  params: () =>
    z.object({
      image: testImage(),
      storageClass: z
        .string()
        .regex(/^[a-z0-9.-]+$/, 'must be the name of a StorageClass')
        .optional()
        .describe(
          'the StorageClass of the volume; by default that of the cluster; without one, volumes are not tried',
        ),
      timeout: duration({ zero: true }).default(180).describe('seconds to wait for its pods'),
    }),
  title: () => 'the cluster works',
  changes: false,

  async apply(ctx, { image, storageClass, timeout }) {
    const volumeClass = await classToTry(ctx, storageClass)
    const setting = 'image (the playbook: -e smoke_image=…)'
    await withTestPods(ctx, { image, timeout, setting }, async (pods) => {
      const trials = await pods.trials()
      await tryAll(ctx, trials)
      ctx.log(`${trials.length} trials on ${pods.nodes} nodes succeeded`)
      if (volumeClass === undefined) return
      await tryVolume(ctx, { image, storageClass: volumeClass, timeout })
      ctx.log(`a volume of the StorageClass ${volumeClass} was written by one pod and read by another one`)
    })
  },
})
