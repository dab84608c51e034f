import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  isCoxswainError,
  localPath,
  ok,
  z,
} from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { architectureOf } from './bundle/architecture.ts'
import { bundleParts, readBundle, verifyFiles } from './bundle/bundle.ts'
import { makeBundle, recipeText } from './bundle/make-bundle.ts'
import type { BundleRecipe, BundleTools } from './bundle/make-bundle.ts'
import { ReleaseFault, officialRelease } from './bundle/release-files.ts'
import { recipeFile, requireReplaceable } from './bundle/replaceable.ts'
import { minorOf } from './kubeadm/versions.ts'

const more = () =>
  z.strictObject({
    part: z
      .enum([...bundleParts, 'images', 'manifests'])
      .describe('the folder of the bundle: runtime, cni, tools, images or manifests'),
    from: z.string().min(1).describe('a URL or a path; the programs in an archive of tar are unpacked'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must have 64 hexadecimal digits')
      .describe('its SHA-256'),
    name: z
      .string()
      .regex(/^[\w.-]+$/, 'must be a file name')
      .optional()
      .describe('the name in the bundle of a single file; by default its own'),
  })

const params = () =>
  z.object({
    version: z
      .string()
      .refine((text) => /^v1\.\d+\.\d+$/.test(text), 'must be a version such as v1.37.2')
      .describe('the exact version, such as v1.37.2'),
    folder: localPath().describe(
      'the folder of the bundle on this machine; a bundle there that differs is replaced, and anything else is refused',
    ),
    architecture: z
      .enum(['amd64', 'arm64', 'ppc64le', 's390x'])
      .default('amd64')
      .describe('the architecture of the hosts'),
    from: z
      .string()
      .default(officialRelease)
      .describe('a URL or a folder with the layout of dl.k8s.io/release, with a .sha256 beside each file'),
    images: flag()
      .default(true)
      .describe(
        'whether the images of kubeadm are in it: VERSION/images/NAME.tar of from, else from their registries by skopeo or podman',
      ),
    more: z
      .array(more())
      .default([])
      .describe('more archives and files: container runtime, CNI plugins, tools, images, manifests'),
  })
type Params = z.output<ReturnType<typeof params>>

const recipeOf = ({ version, architecture, from, images, more: others }: Params): BundleRecipe => ({
  version,
  architecture,
  from,
  images,
  more: others,
})

const listImages = async ({ remote }: ApplyContext, version: string, kubeadm: string): Promise<string[]> => {
  const {
    ok: listed,
    stdout,
    stderr,
    code,
  } = await remote.query`${kubeadm} config images list --kubernetes-version ${version}`.result()
  if (listed) return stdout.trim().split('\n')
  throw new CoxswainError('task-failed', `kubeadm does not run here: exit status ${code}`, {
    output: stderr.trim(),
    hint: 'run this task on this machine (connection: local), with Linux; or set images=false',
  })
}

/** The command that writes the archive of an image from its registry. */
const pullImage = async (
  { remote }: ApplyContext,
  architecture: string,
  reference: string,
  to: string,
): Promise<void> => {
  if (await remote.query`command -v skopeo`.succeeds()) {
    await remote.run({
      timeout: 900,
    })`skopeo copy --quiet --override-os linux --override-arch ${architecture} ${`docker://${reference}`} ${`docker-archive:${to}:${reference}`}`
    return
  }
  if (await remote.query`command -v podman`.succeeds()) {
    await remote.run({ timeout: 900 })`podman pull --quiet --os linux --arch ${architecture} ${reference}`
    await remote.run({
      timeout: 300,
    })`podman save --quiet --format docker-archive --output ${to} ${reference}`
    return
  }
  throw new CoxswainError('task-failed', `${reference} cannot be had: neither skopeo nor podman is here`, {
    hint: 'install skopeo or podman; or put its archive into VERSION/images/ of from, or into more; or set images=false',
  })
}

/** Runs what works on the folder, with the place of its fault. */
const withFaults = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ReleaseFault)) throw error
    throw new CoxswainError('task-failed', error.message, { cause: error, hint: error.hint })
  }
}

/** What a bundle in the folder was made of, for people; undefined where there is none. */
const formerOf = async (folder: string): Promise<string | undefined> => {
  const text = await readFile(join(folder, recipeFile), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { version, architecture } = z
    .looseObject({ version: z.string(), architecture: z.string() })
    .parse(JSON.parse(text))
  return `Kubernetes ${version} for ${architecture}`
}

/** Whether the folder is a bundle of this recipe, with all its files. */
const isThere = async (ctx: Pick<ApplyContext, 'once'>, given: Params): Promise<boolean> => {
  const found = await readFile(join(given.folder, recipeFile), 'utf8').catch(() => undefined)
  if (found !== recipeText(recipeOf(given))) return false
  try {
    await verifyFiles(ctx, (await readBundle(given.folder)).all)
    return true
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'task-failed') return false
    throw error
  }
}

/** Makes a bundle of a release on this machine. */
export const releaseBundle = defineTask({
  name: 'release-bundle',
  description:
    'Makes a bundle of a release of Kubernetes in a folder on this machine: programs, images, and what else a node needs, with the sum of every file. All sums are verified; a former bundle stays until the new one is complete. It runs on this machine (connection: local).',
  reads: 'bundle.json in the folder, and the sums of its files',
  example: { version: 'v1.37.2', folder: 'bundles/v1.37.2' },
  params,
  title: ({ version, architecture }) => `bundle of ${version} for ${architecture}`,
  needs: async ({ version }) => minorOf(version),

  async check(ctx, given) {
    if (await isThere(ctx, given)) return ok()
    await withFaults(() => requireReplaceable(resolve(given.folder)))
    const from = await formerOf(given.folder)
    return drift({
      what: given.folder,
      ...(from !== undefined && { from }),
      to: `Kubernetes ${given.version} for ${given.architecture}`,
    })
  },

  async apply(ctx, given) {
    const { version, architecture, folder } = given
    const tools: BundleTools = {
      machine: architectureOf(await ctx.remote.query`uname -m`.text()),
      listImages: (kubeadm) => listImages(ctx, version, kubeadm),
      pullImage: (reference, to) => pullImage(ctx, architecture, reference, to),
      say: (line) => ctx.log(line),
    }
    await withFaults(() => makeBundle(folder, recipeOf(given), tools))
  },
})
