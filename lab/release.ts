/** Bundles of an official release: downloaded or copied, with verified checksums. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { $ } from 'zx'
import { cacheFolder, podman } from './machine.ts'
import { LabError, say, step } from './say.ts'

/** Where Kubernetes publishes its programs. */
export const officialSite = 'https://dl.k8s.io/release'

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
const isUrl = (from: string): boolean => /^https?:\/\//.test(from)

/** A file of the release, as a stream; undefined if it does not exist. */
const open = async (from: string, path: string): Promise<Readable | undefined> => {
  if (!isUrl(from)) {
    const file = resolve(from, path)
    return existsSync(file) ? createReadStream(file) : undefined
  }
  const url = `${from.replace(/\/$/, '')}/${path}`
  const response = await fetch(url, { signal: AbortSignal.timeout(600_000) }).catch((cause: unknown) => {
    throw new LabError(`cannot download ${url}: ${String(cause)}`, 'check the network, or set --release-from')
  })
  if (response.status === 404) return undefined
  if (!response.ok || response.body === null)
    throw new LabError(`cannot download ${url}: HTTP status ${response.status}`, 'check --release-from')
  return Readable.from(response.body)
}

const textOf = async (stream: Readable): Promise<string> =>
  Buffer.concat(await stream.map((chunk: Uint8Array) => Buffer.from(chunk)).toArray()).toString()

/**
 * Fetches a file if it exists, and verifies its checksum from the file beside it, `.sha256`.
 *
 * @throws LabError if the checksum is missing or differs.
 */
const fetched = async (from: string, path: string, to: string): Promise<boolean> => {
  const body = await open(from, path)
  if (body === undefined) return false
  const sumFile = await open(from, `${path}.sha256`)
  if (sumFile === undefined) {
    body.destroy()
    throw new LabError(`${from} does not have ${path}.sha256`, 'each file needs its checksum beside it')
  }
  const wanted = (await textOf(sumFile)).trim().split(/\s/)[0]
  const hash = createHash('sha256')
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(to, { mode: 0o755 }),
  )
  const found = hash.digest('hex')
  if (found !== wanted)
    throw new LabError(
      `the checksum of ${path} is ${found}, not ${wanted}`,
      `the file in ${from} is damaged or was replaced`,
    )
  say(`lab:   ${path}`)
  return true
}

const needed = async (from: string, path: string, to: string): Promise<void> => {
  if (!(await fetched(from, path, to)))
    throw new LabError(`${from} does not have ${path}`, 'it needs the layout of dl.k8s.io/release')
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
    `${officialSite}/${version}/bin/linux/${architecture}/kubeadm.sha256`,
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
    const file = await open(folder, path)
    return file === undefined ? '' : textOf(file)
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
        const name = `${reference.replace(/^.*\//, '').replace(/[:@].*$/, '')}.tar`
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
