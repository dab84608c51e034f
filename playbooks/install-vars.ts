/** The variable that says what is installed on hosts that are not nodes yet, and from where. */
import { flag, words, z } from 'coxswain'

const name = 'which {minor} is the minor release, such as v1.37, and {format} is deb or rpm'

/** A package repository. */
const repository = z.strictObject({
  url: z.string().describe(`its URL, in ${name}`),
  key_url: z.string().describe(`the URL of its key, in ${name}`),
  key_fingerprint: words().describe('the fingerprint of the key, or of each key at this URL'),
  suites: words().default([]).describe('apt: the suites; ./ by default for a URL that ends with deb/'),
  components: words().default([]).describe('apt: the components'),
})
/** Values of a package repository. */
export type InstallRepository = z.output<typeof repository>

/** The package repository of Kubernetes, with v1.24 and later. */
export const kubernetesRepository: InstallRepository = {
  url: 'https://pkgs.k8s.io/core:/stable:/{minor}/{format}/',
  // it is the same key for all minor releases, and for both formats
  key_url: 'https://pkgs.k8s.io/core:/stable:/{minor}/deb/Release.key',
  key_fingerprint: ['DE15B14486CD377B9E876E1A234654DA9A296436'],
  suites: [],
  components: [],
}

const runtime = z
  .enum(['containerd', 'none'])
  .default('containerd')
  .describe('the container runtime; none leaves the one that is there, with its configuration')
const sandboxImage = z
  .string()
  .optional()
  .describe("the image that holds a pod's namespaces; by default the one of kubernetes_version")

/** The variable. */
export const installVar = z
  .discriminatedUnion('from', [
    z.strictObject({ from: z.literal('none') }),
    z.strictObject({
      from: z.literal('packages'),
      repository: repository
        .default(kubernetesRepository)
        .describe('with kubeadm, kubelet and kubectl; by default the one of Kubernetes'),
      more: words()
        .default(['cri-tools', 'kubernetes-cni'])
        .describe('more packages of this repository, which are held as well'),
      runtime,
      runtime_package: z.string().default('containerd').describe('the package of containerd, which is held'),
      runtime_repository: repository
        .optional()
        .describe('a repository with that package; by default those that the host has'),
      sandbox_image: sandboxImage,
    }),
    z.strictObject({
      from: z.literal('bundle'),
      bundles: z
        .string()
        .describe('a folder on this machine with a bundle for each version, such as v1.37.2/'),
      units: flag().default(true).describe('write the units of the kubelet and containerd for systemd'),
      runtime,
      sandbox_image: sandboxImage,
    }),
  ])
  .default({ from: 'none' })
  .describe(
    'what is installed on hosts that are not nodes yet, and by upgrade: nothing, packages, or programs and images of a bundle on this machine',
  )
/** Values of the variable. */
export type Install = z.output<typeof installVar>

/** Why packages of a version are not to be had; undefined if they are. */
export const packagesFault = (install: Install, version: string): string | undefined => {
  const [, minor = ''] = /^v1\.(\d+)\./.exec(version) ?? []
  return install.from === 'packages' &&
    install.repository.url === kubernetesRepository.url &&
    Number(minor) < 24
    ? 'the package repository of Kubernetes has v1.24 and later: set install.repository to one that has this version, or install.from to bundle'
    : undefined
}
