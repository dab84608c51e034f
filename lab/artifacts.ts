import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { containerdPrograms } from './go.ts'
import { cacheFolder, labFolder, podman, podmanEnvironment } from './machine.ts'
import { recipeKey } from './recipes.ts'
import { step } from './say.ts'

/** An image in podman's store, built from its recipe if it does not exist. The words are arguments of its program. */
const imageOf = async (
  recipeName: string,
  image: string,
  what: string,
  words: readonly string[] = [],
): Promise<string> => {
  const recipe = join(labFolder, recipeName)
  const name = `localhost/${image}:${await recipeKey([recipe], words)}`
  const there = await podman(['image', 'exists', name]).nothrow()
  if (there.exitCode === 0) return name
  await step(what, async () => {
    // two concurrent builds must not share a folder
    const work = join(cacheFolder(), 'work', `${recipeName}-${process.pid}`)
    const tar = join(work, 'rootfs.tar')
    await mkdir(work, { recursive: true })
    await $({
      stdio: ['ignore', 'inherit', 'inherit'],
    })`${[join(recipe, 'build.sh'), work, ...words]} >${tar}`
    await podman(['import', tar, name])
    await rm(work, { recursive: true })
  })
  return name
}

/** The image of a host: Debian with systemd and sshd. */
export const hostImage = (suite: 'bookworm' | 'trixie' = 'bookworm'): Promise<string> =>
  imageOf(
    'image',
    'coxswain-host',
    `making the image of a host with Debian ${suite} (a minute or two, once)`,
    [suite],
  )

/** Where each version of containerd comes from, and the configuration that it reads. */
const containerds = {
  '1.6': { suite: 'bookworm', compiled: false, configuration: 'version-2.toml' },
  '1.7': { suite: 'trixie', compiled: false, configuration: 'version-2.toml' },
  '2': { suite: 'bookworm', compiled: true, configuration: 'version-3.toml' },
} as const

/** A version of containerd that hosts for current Kubernetes can have. */
export type Containerd = keyof typeof containerds

/** Whether the lab has this version of containerd. */
export const isContainerd = (version: string): version is Containerd => version in containerds

/** The versions of containerd, oldest first. */
export const containerdVersions: readonly Containerd[] = Object.keys(containerds)
  .filter(isContainerd)
  .toSorted()

/** The release of Debian that has a version of containerd, or is the base of one. */
export const suiteOf = (containerd: Containerd = '1.6'): 'bookworm' | 'trixie' =>
  containerds[containerd].suite

/**
 * The image of a host as the packages of current Kubernetes leave it: the same, without crictl and etcdctl, which Kubernetes
 * 1.20 needs.
 *
 * @param containerd the version of containerd; by default that of Debian 12.
 */
export const currentHostImage = async (containerd: Containerd = '1.6'): Promise<string> => {
  const { suite, compiled, configuration } = containerds[containerd]
  const [original, programs] = await Promise.all([
    hostImage(suite),
    compiled ? containerdPrograms().then((folder) => [folder]) : Promise.resolve([]),
  ])
  const recipe = join(labFolder, 'current')
  const name = `localhost/coxswain-current:${await recipeKey([recipe], [original, configuration, ...programs])}`
  if ((await podman(['image', 'exists', name]).nothrow()).exitCode === 0) return name
  await step(`making the image of a host with containerd ${containerd} (seconds, once)`, async () => {
    const words = [join(recipe, 'build.sh'), original, name, configuration, ...programs]
    await $({ env: podmanEnvironment(), stdio: ['ignore', 'inherit', 'inherit'] })`${words}`
  })
  return name
}

/** The image of an Alpine-like host with busybox only. */
export const busyboxImage = (): Promise<string> =>
  imageOf('busybox', 'coxswain-busybox', 'making the image of a busybox host (a minute, once)')

/** The image of a host like Red Hat, with rpm and dnf. */
export const redhatImage = (): Promise<string> =>
  imageOf('redhat', 'coxswain-redhat', 'making the image of a host with dnf (a minute, once)')

/** The image of a host like SUSE, with rpm and zypper. */
export const suseImage = (): Promise<string> =>
  imageOf('suse', 'coxswain-suse', 'making the image of a host with zypper (a minute, once)')

/** The image of a host like Arch, with pacman. */
export const archImage = (): Promise<string> =>
  imageOf('arch', 'coxswain-arch', 'making the image of a host with pacman (a minute, once)')

/** The image of a host with PostgreSQL and MariaDB. */
export const databasesImage = (): Promise<string> =>
  imageOf(
    'databases',
    'coxswain-databases',
    'making the image of a host with databases (a minute or two, once)',
  )

/** The image of a host with logrotate, at, Python, npm and gem, and a repository of each language. */
export const toolsImage = (): Promise<string> =>
  imageOf('tools', 'coxswain-tools', 'making the image of a host with tools (some minutes, once)')

/** A family of hosts on which services can be installed without a network. */
export type ServicesFamily = 'debian' | 'redhat' | 'alpine'

/** The image of a host with packages of chrony, nginx, sshd and sudo, as a family has them. */
export const servicesImage = (family: ServicesFamily): Promise<string> =>
  imageOf(
    'services',
    'coxswain-services',
    `making the image of a host like ${family} with packages of services (a minute or two, once)`,
    [family],
  )

/** The image of a host with OpenRC. */
export const openrcImage = (): Promise<string> =>
  imageOf('openrc', 'coxswain-openrc', 'making the image of a host with OpenRC (a minute, once)')

/** The folder with a virtual machine's kernel, disk and keys: built if it is not in the cache. */
export const vmImage = async (): Promise<string> => {
  const recipe = join(labFolder, 'vm')
  const folder = join(cacheFolder(), `vm-${await recipeKey([recipe])}`)
  if (existsSync(folder)) return folder
  await step('making a virtual machine (a minute or two, once)', async () => {
    const draft = `${folder}.draft`
    await rm(draft, { recursive: true, force: true })
    await $({ stdio: ['ignore', 'inherit', 'inherit'] })`${join(recipe, 'build.sh')} ${draft}`
    await rename(draft, folder)
  })
  return folder
}
