import { defineTask, drift, ok, remotePath, unknown, z, shellFile, shellProgram } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { absentOf, imagesOf } from './images/names.ts'

const listArchives = shellFile(import.meta.url, 'list-archives.sh')

/** An archive with the names of its images. */
interface Archive {
  readonly path: string
  readonly images: readonly string[]
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
      return { path, images: imagesOf(path, manifest) }
    })
}

const importing = 'ctr -n k8s.io images import'

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
    const absent = await absentOf(ctx, archives)
    return absent.length === 0
      ? ok()
      : drift(...absent.flatMap(({ images }) => images.map((what) => ({ what, to: 'loaded' }))))
  },

  async apply(ctx, { folder }) {
    const absent = await absentOf(ctx, (await archivesIn(ctx, folder)) ?? [])
    for (const { path, images } of absent) {
      ctx.log(`loading ${images.join(', ')}`)
      await ctx.remote.run({ timeout: 900 })`${importing.split(' ')} ${path}`
    }
  },
})
