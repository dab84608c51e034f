import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { cacheFolder, labFolder, podman, podmanEnvironment } from './machine.ts'
import { recipeKey } from './recipes.ts'
import { step } from './say.ts'

/** An image in podman's store, built from its recipe if it does not exist. */
const imageOf = async (recipeName: string, image: string, what: string): Promise<string> => {
  const recipe = join(labFolder, recipeName)
  const name = `localhost/${image}:${await recipeKey([recipe])}`
  const there = await podman(['image', 'exists', name]).nothrow()
  if (there.exitCode === 0) return name
  await step(what, async () => {
    // two concurrent builds must not share a folder
    const work = join(cacheFolder(), 'work', `${recipeName}-${process.pid}`)
    const tar = join(work, 'rootfs.tar')
    await mkdir(work, { recursive: true })
    await $({ stdio: ['ignore', 'inherit', 'inherit'] })`${join(recipe, 'build.sh')} ${work} >${tar}`
    await podman(['import', tar, name])
    await rm(work, { recursive: true })
  })
  return name
}

/** The image of a host: Debian with systemd and sshd. */
export const hostImage = (): Promise<string> =>
  imageOf('image', 'coxswain-host', 'making the image of a host (a minute or two, once)')

/**
 * The image of a host as the packages of current Kubernetes leave it: the same, without crictl and etcdctl, which Kubernetes
 * 1.20 needs.
 */
export const currentHostImage = async (): Promise<string> => {
  const original = await hostImage()
  const recipe = join(labFolder, 'current')
  const name = `localhost/coxswain-current:${await recipeKey([recipe], [original])}`
  if ((await podman(['image', 'exists', name]).nothrow()).exitCode === 0) return name
  await step('making the image of a host for current Kubernetes (seconds, once)', async () => {
    const env = podmanEnvironment()
    await $({ env, stdio: ['ignore', 'inherit', 'inherit'] })`${join(recipe, 'build.sh')} ${original} ${name}`
  })
  return name
}

/** The image of an Alpine-like host with busybox only. */
export const busyboxImage = (): Promise<string> =>
  imageOf('busybox', 'coxswain-busybox', 'making the image of a busybox host (a minute, once)')

/** The image of a host like Red Hat, with rpm and dnf. */
export const redhatImage = (): Promise<string> =>
  imageOf('redhat', 'coxswain-redhat', 'making the image of a host with dnf (a minute, once)')

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
