import { pick, playbook, z } from 'coxswain'
import { apiServerReady, clusterSmoke } from 'coxswain/tasks'

/** Any master whose API server is ready: all of them see the same cluster. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady()] })

export default playbook({
  name: 'smoke',
  description: 'Checks that a cluster works, with pods on every node, and removes them again.',
  vars: z.object({
    smoke_image: z
      .string()
      .default('docker.io/library/busybox:1.37')
      .describe('an image with busybox, its httpd and wget included'),
  }),
  plays: ({ play }) => [
    play('the cluster works', {
      hosts: observer,
      become: true,
      tasks: ({ vars }) => [clusterSmoke({ image: vars.smoke_image })],
    }),
  ],
})
