/** Makes the folder of a bundle. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { sumsFile } from './bundle.ts'
import type { BundlePart } from './bundle.ts'
import { recipeFile, requireReplaceable } from './replaceable.ts'
import { ReleaseFault, archiveName, fetchFile, needFile } from './release-files.ts'

/** An archive or a file that goes into a bundle beside the release. */
export interface MoreFiles {
  readonly part: BundlePart | 'images' | 'manifests'
  /** A URL, or a path. */
  readonly from: string
  readonly sha256: string
  /** The name in the bundle of a file that is not unpacked. */
  readonly name?: string | undefined
}

/** What a bundle is made of. */
export interface BundleRecipe {
  readonly version: string
  /** As releases of Kubernetes call it: `amd64`, `arm64`. */
  readonly architecture: string
  /** A folder or a URL, with the layout of dl.k8s.io/release. */
  readonly from: string
  readonly images: boolean
  readonly more: readonly MoreFiles[]
}

/** What runs on the machine that makes it. */
export interface BundleTools {
  /** The architecture of this machine. */
  readonly machine: string
  /** Prints the images that kubeadm asks for. */
  readonly listImages: (kubeadm: string) => Promise<readonly string[]>
  /** Writes the archive of an image from its registry. */
  readonly pullImage: (reference: string, to: string) => Promise<void>
  readonly say: (line: string) => void
}

/** The text of `bundle.json`. */
export const recipeText = (recipe: BundleRecipe): string => `${JSON.stringify(recipe, undefined, 2)}\n`

const isArchive = (path: string): boolean => /\.(?:tar|tar\.gz|tgz)$/.test(path.replace(/\?.*/s, ''))

/** The place of a file, and its name there. */
const split = (from: string): readonly [place: string, name: string] => {
  const at = from.lastIndexOf('/')
  return at < 0 ? ['.', from] : [from.slice(0, at) || '/', from.slice(at + 1)]
}

/** Puts the files of an archive of programs into a folder, without the folders in it. */
const unpack = async (archive: string, folder: string): Promise<void> => {
  const { extract } = await import('tar/extract')
  const work = await mkdtemp(`${archive}.unpacked-`)
  try {
    await extract({
      file: archive,
      cwd: work,
      strict: true,
      filter: (_path, entry) => !('type' in entry) || /File$|^Directory$/.test(entry.type),
    })
    for (const entry of await readdir(work, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !/^(?:LICENSE|README\.md)$/.test(entry.name))
        await copyFile(join(entry.parentPath, entry.name), join(folder, entry.name))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const putMore = async (draft: string, { part, from, sha256, name }: MoreFiles): Promise<void> => {
  const folder = join(draft, part)
  await mkdir(folder, { recursive: true })
  const [place, file] = split(from)
  const unpacked = isArchive(from) && part !== 'images' && part !== 'manifests'
  const to = unpacked ? join(draft, `.${file}`) : join(folder, name ?? file)
  if ((await fetchFile(place, file, to, sha256)) === undefined)
    throw new ReleaseFault(`${from} does not exist`, 'check its URL or path')
  if (!unpacked) return
  await unpack(to, folder)
  await rm(to)
}

const sumOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

const sumsOf = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const lines: string[] = []
  for (const path of paths.toSorted()) lines.push(`${await sumOf(join(folder, path))}  ${path}\n`)
  return lines.join('')
}

const fill = async (draft: string, recipe: BundleRecipe, tools: BundleTools): Promise<void> => {
  const { version, architecture, from, images, more } = recipe
  const programs = (name: string): string => `${version}/bin/linux/${name}`
  await mkdir(join(draft, 'bin'))
  await mkdir(join(draft, 'images'))
  for (const name of ['kubeadm', 'kubelet', 'kubectl']) {
    await needFile(from, programs(`${architecture}/${name}`), join(draft, 'bin', name))
    tools.say(`${name} ${version}`)
  }
  for (const one of more) {
    await putMore(draft, one)
    tools.say(`${one.part}: ${basename(one.from)}`)
  }
  if (!images) return
  const own = join(draft, '.kubeadm')
  if (tools.machine === architecture) await copyFile(join(draft, 'bin', 'kubeadm'), own)
  else await needFile(from, programs(`${tools.machine}/kubeadm`), own)
  for (const reference of await tools.listImages(own)) {
    const name = archiveName(reference)
    const to = join(draft, 'images', name)
    if ((await fetchFile(from, `${version}/images/${name}`, to)) === undefined)
      await tools.pullImage(reference, to)
    tools.say(reference)
  }
  await rm(own)
}

/**
 * Makes a bundle in a folder of its own beside the place, and then puts it there at once, in place of a former one.
 *
 * @throws ReleaseFault if a file is missing or has another checksum, or if the place has something that is not a bundle; nothing is
 * changed then.
 */
export const makeBundle = async (place: string, recipe: BundleRecipe, tools: BundleTools): Promise<void> => {
  // without a `/` at the end, after which the draft would be inside
  const folder = resolve(place)
  await requireReplaceable(folder)
  await mkdir(dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}.draft-`)
  try {
    await fill(draft, recipe, tools)
    await writeFile(join(draft, recipeFile), recipeText(recipe))
    await writeFile(join(draft, sumsFile), await sumsOf(draft))
    // others than its maker read it too
    await chmod(draft, 0o755)
    const former = `${draft}.former`
    // it took long to get the files: look again
    await requireReplaceable(folder)
    if (existsSync(folder)) await rename(folder, former)
    await rename(draft, folder)
    await rm(former, { recursive: true, force: true })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
