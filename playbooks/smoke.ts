import { pick, playbook, z } from 'coxswain'
import { apiServerReady, clusterSmoke } from 'coxswain/tasks'
import { clusterVars, oneCluster } from './one-cluster.ts'

/** Any master whose API server is ready: all of them see the same cluster. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady()] })

export default playbook({
  name: 'smoke',
  description: 'Checks that a cluster works, with pods on every node, and removes them again.',
  vars: z.object({
    ...clusterVars,
    smoke_image: z
      .string()
      .default('docker.io/library/busybox:1.37')
      .describe('an image with busybox, its httpd and wget included'),
    smoke_storage_class: z
      .string()
      .optional()
      .describe(
        'the StorageClass of the volume; by default that of the cluster; without one, volumes are not tried',
      ),
  }),
  requires: oneCluster,
  plays: ({ play }) => [
    play('the cluster works', {
      hosts: observer,
      become: true,
      tasks: ({ vars }) => [
        clusterSmoke({ image: vars.smoke_image, storageClass: vars.smoke_storage_class }),
      ],
    }),
  ],
})
