/** Programs and images of a version for the hosts: from a bundle on this machine, or from packages. */
import { z } from 'coxswain'
import type { Task, WhenContext } from 'coxswain'
import {
  bundleImages,
  kubernetesPrograms,
  loadImages,
  packageHold,
  packageRepository,
  packages,
} from 'coxswain/tasks'

type Program = 'kubeadm' | 'kubelet' | 'kubectl'

/** The variables that say where programs come from. */
export const programVars = {
  kubernetes_bundles: z
    .string()
    .optional()
    .describe('a folder on this machine with a bundle for each version, such as v1.37.2/'),
  kubernetes_repository: z
    .strictObject({
      url: z.string().describe('its URL, in which {minor} stands for the minor release, such as v1.37'),
      key_url: z.string().describe('the URL of its key, in which {minor} stands for the same'),
      key_fingerprint: z.string().describe('the fingerprint of the key'),
    })
    .optional()
    .describe(
      'a package repository with kubeadm, kubelet and kubectl, where kubernetes_bundles is not given',
    ),
  upgrade_image_archives: z
    .string()
    .optional()
    .describe(
      'a folder of image archives on the masters, in which {version} stands for the version, instead of those of the bundle',
    ),
}

/** Values of these variables. */
export type ProgramVars = z.output<z.ZodObject<typeof programVars>>

type When = (ctx: WhenContext) => Promise<boolean>

const minorName = (version: string): string => version.split('.').slice(0, 2).join('.')

const fromPackages = (
  repository: NonNullable<ProgramVars['kubernetes_repository']>,
  version: string,
  programs: readonly Program[],
  when: When,
): Task[] => {
  const fill = (text: string): string => text.replaceAll('{minor}', minorName(version))
  const url = fill(repository.url)
  const name = [...programs]
  return [
    packageRepository(
      {
        name: 'kubernetes',
        url,
        // a flat folder of packages, as pkgs.k8s.io has it
        ...(/\/deb\/?$/.test(url) && { suites: ['./'] }),
        keyUrl: fill(repository.key_url),
        keyFingerprint: [repository.key_fingerprint],
      },
      { when },
    ),
    packageHold({ name, state: 'free' }, { when }),
    packages({ name: name.map((one) => `${one}=${version.slice(1)}-*`) }, { when }),
    packageHold({ name }),
  ]
}

/** Puts programs of a version on a host. */
export const programsOf = (
  vars: ProgramVars,
  version: string,
  programs: readonly Program[],
  when: When,
): Task[] => {
  const { kubernetes_bundles: bundles, kubernetes_repository: repository } = vars
  if (bundles !== undefined)
    return [
      kubernetesPrograms({ version, bundle: `${bundles}/${version}`, programs: [...programs] }, { when }),
    ]
  return repository === undefined ? [] : fromPackages(repository, version, programs, when)
}

/** Loads the images of a version on a host, where no registry is. */
export const imagesOf = (vars: ProgramVars, version: string, when: When): Task[] => {
  const { kubernetes_bundles: bundles, upgrade_image_archives: archives } = vars
  if (archives !== undefined)
    return [loadImages({ folder: archives.replaceAll('{version}', version) }, { when })]
  return bundles === undefined ? [] : [bundleImages({ bundle: `${bundles}/${version}` }, { when })]
}
