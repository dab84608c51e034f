/** Programs and images of a version for the hosts: from a bundle on this machine, or from packages. */
import { given, z } from 'coxswain'
import type { CheckContext, Step, WhenContext } from 'coxswain'
import {
  assert,
  bundleImages,
  bundlePart,
  containerdConfig,
  containerdUnit,
  factsOf,
  installedPackages,
  isNode,
  kubeletDropIn,
  kubeletUnit,
  kubernetesPrograms,
  loadImages,
  osRelease,
  packageHold,
  packageRepository,
  packages,
  sandboxImageOf,
  systemdUnit,
} from 'coxswain/tasks'
import { cgroupDriverOf } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import type { Install, InstallRepository } from './install-vars.ts'

type Program = 'kubeadm' | 'kubelet' | 'kubectl'
type FromPackages = Extract<Install, { from: 'packages' }>
type FromBundle = Extract<Install, { from: 'bundle' }>
type When = (ctx: WhenContext) => Promise<boolean>

/** Whether a host is not a node yet. */
export const isNew = async (ctx: CheckContext): Promise<boolean> => !(await isNode(ctx))

/** More variables that say where images come from. */
export const imageVars = {
  upgrade_image_archives: z
    .string()
    .optional()
    .describe(
      'a folder of image archives on the masters, in which {version} stands for the version, instead of those of the bundle',
    ),
}

const minorName = (version: string): string => version.split('.').slice(0, 2).join('.')

const bundleOf = ({ bundles }: FromBundle, version: string): string => `${bundles}/${version}`

/** A repository on a host, whose URL depends on its package format or not. */
const repositoryOf = (name: string, from: InstallRepository, version: string, when: When): Step => {
  const { url, key_url: keyUrl, key_fingerprint: keyFingerprint, suites, components } = from
  const made = (format: string) => {
    const fill = (text: string): string =>
      text.replaceAll('{minor}', minorName(version)).replaceAll('{format}', format)
    const filled = fill(url)
    const flat = suites.length === 0 && /\/deb\/?$/.test(filled)
    return packageRepository(
      {
        name,
        url: filled,
        // a flat folder of packages, as that of Kubernetes is
        ...(flat ? { suites: ['./'] } : { suites, components }),
        keyUrl: fill(keyUrl),
        keyFingerprint,
      },
      { when },
    )
  }
  if (!`${url}${keyUrl}`.includes('{format}')) return made('')
  return given({ os: osRelease({}) }, ({ os }) => [made(os.osFamily === 'debian' ? 'deb' : 'rpm')])
}

const fromPackages = (
  { repository, more }: FromPackages,
  version: string,
  programs: readonly Program[],
  when: When,
): Step[] => {
  // those that depend on kubeadm of a version come with it
  const others = programs.includes('kubeadm') ? more : []
  const name = [...programs, ...others]
  return [
    repositoryOf('kubernetes', repository, version, when),
    packageHold({ name, state: 'free' }, { when }),
    packages({ name: [...programs.map((one) => `${one}=${version.slice(1)}-*`), ...others] }, { when }),
    packageHold({ name }, { when }),
  ]
}

/** Puts programs of a version on a host. */
export const programsOf = (
  install: Install,
  version: string,
  programs: readonly Program[],
  when: When,
): Step[] => {
  if (install.from === 'none') return []
  if (install.from === 'packages') return fromPackages(install, version, programs, when)
  return [
    kubernetesPrograms({ version, bundle: bundleOf(install, version), programs: [...programs] }, { when }),
  ]
}

/** Packages of containerd of distributions and of Docker: each replaces the others, with what depends on them. */
const containerdPackages = ['containerd', 'containerd.io', 'moby-containerd'] as const

/** Refuses what would replace a containerd that a package brought, or be replaced by the next update of that package. */
const refuseOtherPackage = (install: FromPackages | FromBundle, when: When): Step => {
  const isBundle = install.from === 'bundle'
  const own = isBundle ? undefined : install.runtime_package
  return assert(
    {
      // hosts without a package manager have no packages
      that: async ({ fact }) =>
        (await fact(installedPackages({ name: [...containerdPackages], required: !isBundle }))).every(
          ({ name }) => name === own,
        ),
      message:
        own === undefined
          ? 'containerd is installed as a package, whose next update would replace the one of the bundle: remove the package, or set install.runtime to none'
          : `another package of containerd than ${own} is installed, which would be removed: set install.runtime_package to it, or install.runtime to none`,
    },
    {
      when,
      title: own === undefined ? 'no package of containerd' : `no other containerd than the package ${own}`,
    },
  )
}

/** The container runtime, its configuration, and what is needed beside the programs of a node. */
const runtimeOf = (vars: ControlPlaneVars, when: When): Step[] => {
  const { install, kubernetes_version: version } = vars
  if (install.from === 'none') return []
  const bundle = install.from === 'bundle' ? bundleOf(install, version) : ''
  const ofNode: Step[] =
    install.from === 'packages'
      ? []
      : [
          bundlePart({ bundle, part: 'cni', folder: '/opt/cni/bin', optional: true }, { when }),
          bundlePart({ bundle, part: 'tools', folder: '/usr/bin', optional: true }, { when }),
          ...(install.units
            ? [
                systemdUnit({ name: 'kubelet.service', content: kubeletUnit }, { when }),
                systemdUnit(
                  { name: 'kubelet.service', dropIn: '10-kubeadm', content: kubeletDropIn },
                  { when },
                ),
              ]
            : []),
        ]
  if (install.runtime === 'none') return ofNode
  const program: Step[] =
    install.from === 'packages'
      ? [
          ...(install.runtime_repository === undefined
            ? []
            : [repositoryOf('container-runtime', install.runtime_repository, version, when)]),
          packages({ name: [install.runtime_package] }, { when }),
          packageHold({ name: [install.runtime_package] }, { when }),
        ]
      : [
          bundlePart({ bundle, part: 'runtime', folder: '/usr/bin' }, { when }),
          ...(install.units
            ? [systemdUnit({ name: 'containerd.service', content: containerdUnit }, { when })]
            : []),
        ]
  return [
    ...ofNode,
    ...program,
    containerdConfig(
      {
        sandboxImage: install.sandbox_image ?? sandboxImageOf(version, vars.image_repository),
        cgroupDriver: cgroupDriverOf(vars) ?? factsOf(version).cgroupDriver,
        service: vars.container_service,
      },
      { when },
    ),
  ]
}

/** Everything that a host needs to become a node, where the inventory says where it comes from. */
export const installed = (vars: ControlPlaneVars, programs: readonly Program[], when: When): Step[] => [
  // before anything is installed
  ...(vars.install.from !== 'none' && vars.install.runtime !== 'none'
    ? [refuseOtherPackage(vars.install, when)]
    : []),
  ...programsOf(vars.install, vars.kubernetes_version, programs, when),
  ...runtimeOf(vars, when),
]

/**
 * Loads the images of a version on a host, where no registry is.
 *
 * @param archives a folder of archives on the host instead of those of the bundle; `{version}` in it is the version.
 */
export const imagesOf = (
  { install, container_service: service }: Pick<ControlPlaneVars, 'install' | 'container_service'>,
  version: string,
  when: When,
  archives?: string,
): Step[] => {
  if (archives !== undefined)
    return [loadImages({ folder: archives.replaceAll('{version}', version) }, { when })]
  // they are loaded by ctr, which other runtimes do not have
  return install.from === 'bundle' && service.includes('containerd')
    ? [bundleImages({ bundle: bundleOf(install, version) }, { when })]
    : []
}
