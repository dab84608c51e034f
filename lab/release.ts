/** Bundles of an official release: downloaded or copied, with verified checksums. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { $ } from 'zx'
import {
  ReleaseFault,
  archiveName,
  fetchFile,
  isUrl,
  needFile,
  officialRelease,
  openFile,
  streamText,
} from '../tasks/kubernetes/bundle/release-files.ts'
import { cacheFolder, podman } from './machine.ts'
import { LabError, say, step } from './say.ts'

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'

/** The same with an error of the lab. */
const withLabError = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof ReleaseFault)
      throw new LabError(error.message, `${error.hint}, or set --release-from`)
    throw error
  }
}

/** Fetches a file if it exists, with its verified checksum. */
const fetched = async (from: string, path: string, to: string): Promise<boolean> => {
  if ((await withLabError(fetchFile(from, path, to))) === undefined) return false
  say(`lab:   ${path}`)
  return true
}

const needed = async (from: string, path: string, to: string): Promise<void> => {
  await withLabError(needFile(from, path, to))
  say(`lab:   ${path}`)
}

/** An archive of an image that podman has. The pause image also gets the tag that the lab's hosts use. */
const saved = async (reference: string, to: string): Promise<void> => {
  const names = [reference]
  if (isPause(reference)) {
    names.push(reference.replace(/:[^:]*$/, ':lab'))
    await podman(['tag', ...names])
  }
  const words = ['--quiet', '--multi-image-archive', '--format', 'docker-archive', '--output', to, ...names]
  await podman(['save', ...words])
}

const isPause = (reference: string): boolean => /\/pause:/.test(reference)

/** The archive of an image: of the release, or from the image's registry, whose digests podman verifies. */
const archive = async (from: string, path: string, to: string, reference: string): Promise<void> => {
  if (await fetched(from, path, to)) {
    if (!isPause(reference)) return
    await podman(['load', '--quiet', '--input', to])
    await rm(to)
    return saved(reference, to)
  }
  await podman(['pull', '--quiet', reference])
  await saved(reference, to)
  say(`lab:   ${reference}`)
}

/** The images that a manifest of Kubernetes names. */
const imagesOf = (manifest: string): string[] => [
  ...new Set([...manifest.matchAll(/^\s*image:\s*(\S+)\s*$/gm)].map(([, image = '']) => image)),
]

/** Whether the official programs and images can be downloaded from here. */
export const canReachOfficial = async (version: string): Promise<boolean> => {
  const urls = [
    `${officialRelease}/${version}/bin/linux/${architecture}/kubeadm.sha256`,
    'https://registry.k8s.io/v2/',
  ]
  const answers = urls.map(async (url) => {
    try {
      return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok
    } catch {
      return false
    }
  })
  return (await Promise.all(answers)).every(Boolean)
}

/** The checksums in a folder: another release in the same place is another bundle. Those of a published release stay. */
const sumsOf = async (folder: string, version: string): Promise<string> => {
  const paths = ['kubeadm', 'kubelet', 'kubectl'].map(
    (name) => `${version}/bin/linux/${architecture}/${name}.sha256`,
  )
  const texts = paths.map(async (path) => {
    const file = await openFile(folder, path)
    return file === undefined ? '' : streamText(file)
  })
  return (await Promise.all(texts)).join('\n')
}

/**
 * The bundle of an official release.
 *
 * `FROM/VERSION/bin/linux/amd64/` has kubeadm, kubelet and kubectl, as on dl.k8s.io. Archives of images are taken from
 * `FROM/VERSION/images/NAME.tar` and flannel's manifest from `FROM/VERSION/kube-flannel.yml`, if they exist; other images
 * come from their registry. Each file needs its checksum beside it, `.sha256`.
 *
 * @param from a folder or a URL.
 */
export const releaseBundle = async (version: string, from: string): Promise<string> => {
  const source = isUrl(from) ? from : resolve(from)
  const sums = isUrl(from) ? '' : await sumsOf(source, version)
  const key = createHash('sha256').update(`${source}\n${sums}`).digest('hex').slice(0, 12)
  const folder = join(cacheFolder(), 'bundles', `${version}-release-${key}`)
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}.draft-`)
  await mkdir(join(draft, 'bin'))
  await mkdir(join(draft, 'images'))
  try {
    await step(`getting Kubernetes ${version} from ${from}`, async () => {
      for (const name of ['kubeadm', 'kubelet', 'kubectl'])
        await needed(from, `${version}/bin/linux/${architecture}/${name}`, join(draft, 'bin', name))
      const listed = await $({
        quiet: true,
      })`${join(draft, 'bin', 'kubeadm')} config images list --kubernetes-version ${version}`
      const manifest = join(draft, 'kube-flannel.yml')
      const hasFlannel = await fetched(from, `${version}/kube-flannel.yml`, manifest)
      const more = hasFlannel ? imagesOf(await readFile(manifest, 'utf8')) : []
      for (const reference of [...listed.stdout.trim().split('\n'), ...more]) {
        const name = archiveName(reference)
        await archive(from, `${version}/images/${name}`, join(draft, 'images', name), reference)
      }
    })
    await writeFile(join(draft, 'from'), `${from}\n`)
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}
