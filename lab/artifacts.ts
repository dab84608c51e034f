import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { cacheFolder, labFolder, podman } from './machine.ts'
import { LabError, step } from './say.ts'

/** A short sum of the files of a recipe: another recipe makes another artifact. */
const recipeKey = async (folder: string): Promise<string> => {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const files = names.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.slice(folder.length)).update(await readFile(file))
  return hash.digest('hex').slice(0, 12)
}

/**
 * The folder of binaries and image archives: made when it is not in the cache. An interrupted build leaves nothing that
 * looks finished.
 *
 * @param given a folder of the same shape (`bin/`, `images/`) to use instead, such as an official release.
 */
export const bundle = async (given?: string): Promise<string> => {
  if (given !== undefined) {
    const missing = ['bin/kubeadm', 'bin/kubelet', 'bin/kubectl', 'images'].filter(
      (name) => !existsSync(join(given, name)),
    )
    if (missing.length === 0) return given
    throw new LabError(
      `${given} is no bundle: it lacks ${missing.join(', ')}`,
      'give a folder with bin/ and images/',
    )
  }
  const recipe = join(labFolder, 'bundle')
  const folder = join(cacheFolder(), `bundle-${await recipeKey(recipe)}`)
  if (existsSync(folder)) return folder
  await step('building Kubernetes from Debian sources (minutes, once)', async () => {
    const draft = `${folder}.draft`
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    const work = join(cacheFolder(), 'work', 'bundle')
    await $({ stdio: ['ignore', 'inherit', 'inherit'] })`${join(recipe, 'build.sh')} ${draft} ${work}`
    await rename(draft, folder)
  })
  return folder
}

/** An image in podman's store, made from its recipe when it is not there. */
const imageOf = async (recipeName: string, image: string, what: string): Promise<string> => {
  const recipe = join(labFolder, recipeName)
  const name = `localhost/${image}:${await recipeKey(recipe)}`
  const there = await podman(['image', 'exists', name]).nothrow()
  if (there.exitCode === 0) return name
  await step(what, async () => {
    // two that make it at the same time shall not share a folder
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

/** The image of an Alpine-like host: busybox and nothing else. */
export const busyboxImage = (): Promise<string> =>
  imageOf('busybox', 'coxswain-busybox', 'making the image of a busybox host (a minute, once)')

/** The image of a host of Red Hat's kind: rpm and dnf. */
export const redhatImage = (): Promise<string> =>
  imageOf('redhat', 'coxswain-redhat', 'making the image of a host with dnf (a minute, once)')

/** The image of a host with OpenRC. */
export const openrcImage = (): Promise<string> =>
  imageOf('openrc', 'coxswain-openrc', 'making the image of a host with OpenRC (a minute, once)')

/** The folder of a virtual machine's kernel, disk and keys: made when it is not in the cache. */
export const vmImage = async (): Promise<string> => {
  const recipe = join(labFolder, 'vm')
  const folder = join(cacheFolder(), `vm-${await recipeKey(recipe)}`)
  if (existsSync(folder)) return folder
  await step('making a virtual machine (a minute or two, once)', async () => {
    const draft = `${folder}.draft`
    await rm(draft, { recursive: true, force: true })
    await $({ stdio: ['ignore', 'inherit', 'inherit'] })`${join(recipe, 'build.sh')} ${draft}`
    await rename(draft, folder)
  })
  return folder
}
