import {
  CoxswainError,
  defineTask,
  drift,
  ok,
  remotePath,
  unknown,
  z,
  shellFile,
  shellProgram,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

const listArchives = shellFile(import.meta.url, 'list-archives.sh')

/** An archive with the names of its images. */
interface Archive {
  readonly path: string
  readonly images: readonly string[]
}

const manifestSchema = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }))

/**
 * The names of the images in an archive.
 *
 * @throws `task-failed` for an archive that was not created by `docker save`.
 */
const imagesOf = (path: string, manifest: string): string[] => {
  try {
    return manifestSchema.parse(JSON.parse(manifest)).flatMap(({ RepoTags }) => RepoTags ?? [])
  } catch (cause) {
    throw new CoxswainError('task-failed', `${path} does not contain a list of images (manifest.json)`, {
      cause,
      hint: 'create archives with docker save, or skopeo copy to docker-archive:',
    })
  }
}

/** The full name of an image, as containerd lists it: by default with the registry and library of Docker. */
const fullName = (image: string): string => {
  const [first = '', ...rest] = image.split('/')
  if (rest.length === 0) return `docker.io/library/${image}`
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`
}

/** The archives in a folder with their images, from the manifest that `docker save` puts into each. */
const archivesIn = async ({ remote }: CheckContext, folder: string): Promise<Archive[] | undefined> => {
  // one line for each archive: its path, a tab, its manifest
  const { ok: found, stdout } = await remote.query({
    timeout: 120,
  })`${shellProgram(listArchives, folder)}`.result()
  if (!found) return undefined
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', manifest = '[]'] = line.split('\t')
      const path = `${folder}/${name}`
      return { path, images: imagesOf(path, manifest).map(fullName) }
    })
}

const importing = 'ctr -n k8s.io images import'

const absentArchives = async (ctx: CheckContext, archives: readonly Archive[]): Promise<Archive[]> => {
  const loaded = new Set(await ctx.remote.query`ctr -n k8s.io images ls -q`.lines())
  return archives.filter(({ images }) => images.some((image) => !loaded.has(image)))
}

/** Loads container images from archives on the host, for hosts that cannot reach a registry. */
export const loadImages = defineTask({
  name: 'load-images',
  description: 'Loads container images into containerd from archives (docker save) in a folder on the host.',
  reads: 'the manifests of the archives, and the images in containerd',
  example: { folder: '/opt/images' },
  params: () => z.object({ folder: remotePath().describe('a folder of .tar archives on the host') }),
  title: ({ folder }) => `images of ${folder}`,

  async check(ctx, { folder }) {
    const archives = await archivesIn(ctx, folder)
    if (archives === undefined) return unknown(`the folder ${folder} does not exist on ${ctx.host.name}`)
    const absent = await absentArchives(ctx, archives)
    return absent.length === 0
      ? ok()
      : drift(...absent.flatMap(({ images }) => images.map((what) => ({ what, to: 'loaded' }))))
  },

  async apply(ctx, { folder }) {
    const absent = await absentArchives(ctx, (await archivesIn(ctx, folder)) ?? [])
    for (const { path, images } of absent) {
      ctx.log(`loading ${images.join(', ')}`)
      await ctx.remote.run({ timeout: 900 })`${importing.split(' ')} ${path}`
    }
  },
})
