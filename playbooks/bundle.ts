import { playbook, z } from 'coxswain'
import { archive, releaseBundle } from 'coxswain/tasks'

/** Part of a bundle beside the release. */
const more = z.strictObject({
  part: z.enum(['runtime', 'cni', 'tools', 'images', 'manifests']),
  from: z.string().describe('a URL or a path; the programs in an archive of tar are unpacked'),
  sha256: z.string(),
  name: z.string().optional().describe('the name in the bundle of a single file'),
})

export default playbook({
  name: 'bundle',
  description:
    'Makes a bundle of a release of Kubernetes on this machine, for hosts without a network. It needs an inventory with localhost: { connection: local }.',
  vars: z.object({
    kubernetes_version: z.string().regex(/^v1\.\d+\.\d+$/),
    bundle_folder: z
      .string()
      .startsWith('/')
      .describe('the folder on this machine in which each version has one, such as /srv/bundles'),
    bundle_architecture: z.enum(['amd64', 'arm64', 'ppc64le', 's390x']).default('amd64'),
    bundle_from: z
      .string()
      .optional()
      .describe('a URL or a folder with the layout of dl.k8s.io/release; that by default'),
    bundle_images: z.boolean().default(true).describe('whether the images of kubeadm are in it'),
    bundle_more: z
      .array(more)
      .default([])
      .describe('more archives and files: containerd, runc, CNI plugins, crictl, images, manifests'),
    bundle_archive: z
      .string()
      .startsWith('/')
      .optional()
      .describe('also an archive of the bundle, such as /srv/v1.37.2.tar'),
  }),
  plays: ({ play }) => [
    play('a bundle of the release', {
      hosts: 'localhost',
      tasks: ({ vars }) => {
        const folder = `${vars.bundle_folder}/${vars.kubernetes_version}`
        return [
          releaseBundle({
            version: vars.kubernetes_version,
            folder,
            architecture: vars.bundle_architecture,
            ...(vars.bundle_from !== undefined && { from: vars.bundle_from }),
            images: vars.bundle_images,
            more: vars.bundle_more,
          }),
          ...(vars.bundle_archive === undefined ? [] : [archive({ src: folder, dest: vars.bundle_archive })]),
        ]
      },
    }),
  ],
})
