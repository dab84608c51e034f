/** Bundles of Kubernetes for a lab: programs for the hosts and archives of images. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'
import { goEnvironment, moduleFolder, recipes, requireGo, tools, versionOf } from './go.ts'
import { cacheFolder, prepareMachine } from './machine.ts'
import { folderOf, made } from './recipes.ts'
import type { Recipe } from './recipes.ts'
import { releaseBundle } from './release.ts'
import { LabError } from './say.ts'
import { debianRelease, debianVersion } from './source.ts'

/** The releases that are built from Go modules, with the module of the etcd that kubeadm wants, or the nearest to it. */
const moduleReleases: ReadonlyMap<string, { readonly etcd: string }> = new Map([
  ['1.34', { etcd: 'etcd-3.6.5' }],
  ['1.35', { etcd: 'etcd-3.6.8' }],
  ['1.36', { etcd: 'etcd-3.6.8' }],
  ['1.37', { etcd: 'addons' }],
])

/** The minor releases that a lab can run. */
export const labReleases: readonly string[] = [debianRelease, ...moduleReleases.keys()]

/** Which Kubernetes a lab runs. */
export interface WantedKubernetes {
  /** A minor release of {@link labReleases}; by default Debian's. */
  readonly kubernetes?: string | undefined
  /** A version that the programs say of themselves, such as `v1.37.3`, to try an upgrade within a minor. */
  readonly stamp?: string | undefined
  /** A folder with `bin/` and `images/` to use instead, such as an official release. */
  readonly bundle?: string | undefined
  /** A folder or URL of official releases, with the layout of dl.k8s.io/release. */
  readonly releaseFrom?: string | undefined
}

/** A bundle. */
export interface Bundle {
  /** It has `bin/` and `images/`. */
  readonly folder: string
  /** As kubeadm says it: `v1.37.2`. */
  readonly version: string
  /** The manifest of a pod network whose images are in the bundle. */
  readonly cni: string | undefined
}

const base: Recipe = {
  name: 'parts/base',
  what: 'making the base of the images',
  paths: [join(recipes, 'base.sh')],
}

/** Two cores take 11 minutes for Kubernetes and 3 for the rest, if no other work is done. */
const minutes = (): number => Math.ceil(24 / availableParallelism())

const programs = (release: string, version: string): Recipe => ({
  name: `parts/kubernetes-${version}`,
  what: `building Kubernetes ${version} from Go modules (about ${minutes()} minutes on ${availableParallelism()} cores, once)`,
  paths: [join(recipes, 'kubernetes.sh'), moduleFolder(release)],
  words: [release, version],
  more: [version],
  env: goEnvironment(),
})

/** What a bundle from modules consists of. */
const partsOf = async (release: string, stamp: string | undefined) => {
  const version = stamp ?? (await versionOf(release))
  const etcd = moduleReleases.get(release)?.etcd ?? ''
  // in this order, one after another: each uses all cores, and finds compiled what it shares with those before it
  const compiled = [programs(release, version), tools('addons'), tools(etcd), tools('cni-flannel')]
  const [kubernetes = '', addons = '', etcdPart = '', cni = '', basePart = ''] = await Promise.all(
    [...compiled, base].map(folderOf),
  )
  const words = [version, kubernetes, etcdPart, addons, cni, basePart]
  const complete: Recipe = {
    name: `bundles/${version}`,
    what: `making the images of Kubernetes ${version}`,
    paths: ['images.sh', 'image.sh', 'pause.c'].map((name) => join(recipes, name)),
    words,
    // the names of the parts have their keys
    more: words.map((word) => word.slice(cacheFolder().length)),
  }
  return { compiled, complete }
}

/** Debian packages with which a bundle is made, in addition to Go. */
export const bundlePackages = ['mmdebstrap', 'gcc', 'libc6-dev']

const fromModules = async (release: string, stamp: string | undefined): Promise<string> => {
  const { compiled, complete } = await partsOf(release, stamp)
  const folder = await folderOf(complete)
  if (existsSync(folder)) return folder
  await requireGo(`Kubernetes ${release}`)
  await prepareMachine(bundlePackages)
  const compile = async (): Promise<void> => {
    for (const part of compiled) await made(part)
  }
  await Promise.all([compile(), made(base)])
  return made(complete)
}

const debian: Recipe = {
  name: `bundles/${debianVersion}`,
  what: `building Kubernetes ${debianVersion} from Debian sources (5 minutes on 2 cores, once)`,
  paths: [join(recipes, 'debian', 'build.sh'), ...['image.sh', 'pause.c'].map((name) => join(recipes, name))],
  words: [join(cacheFolder(), 'work', 'bundle')],
}

/** Whether the bundle of a release is in the cache. */
export const isCached = async (release: string, stamp?: string): Promise<boolean> =>
  existsSync(await folderOf(release === debianRelease ? debian : (await partsOf(release, stamp)).complete))

/** @throws LabError if it lacks something. */
const checked = (given: string): string => {
  const missing = ['bin/kubeadm', 'bin/kubelet', 'bin/kubectl', 'images'].filter(
    (name) => !existsSync(join(given, name)),
  )
  if (missing.length === 0) return given
  throw new LabError(
    `${given} is not a bundle: it lacks ${missing.join(', ')}`,
    'set a folder with bin/ and images/',
  )
}

const builtFolder = (release: string, stamp: string | undefined): Promise<string> => {
  if (release === debianRelease) {
    if (stamp === undefined) return made(debian)
    throw new LabError(`Kubernetes ${release} has one version here`, 'set --stamp with a newer release')
  }
  if (stamp === undefined || (/^v1\.\d+\.\d+$/.test(stamp) && stamp.startsWith(`v${release}.`)))
    return fromModules(release, stamp)
  throw new LabError(`${stamp} is not a version of Kubernetes ${release}`, `set --stamp v${release}.N`)
}

/** The release, if the lab has it. */
const known = (release: string): string => {
  if (labReleases.includes(release)) return release
  throw new LabError(
    `the lab does not have Kubernetes ${release}`,
    `set --kubernetes to one of ${labReleases.join(', ')}`,
  )
}

/** The bundle of a release: built or downloaded if it is not in the cache. */
export const bundle = async ({
  kubernetes = debianRelease,
  stamp,
  bundle: given,
  releaseFrom,
}: WantedKubernetes = {}): Promise<Bundle> => {
  const release = known(kubernetes.replace(/^v/, ''))
  const folder =
    given !== undefined
      ? checked(given)
      : releaseFrom !== undefined
        ? await releaseBundle(await versionOf(release), releaseFrom)
        : await builtFolder(release, stamp)
  const { stdout } = await $({ quiet: true })`${join(folder, 'bin', 'kubeadm')} version -o short`
  const cni = join(folder, 'kube-flannel.yml')
  return { folder, version: stdout.trim(), cni: existsSync(cni) ? cni : undefined }
}
