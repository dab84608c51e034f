import { defineTask, driftUnlessEmpty, localPath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { localFile } from '../files/content/local-file.ts'
import { archiveImages } from './bundle/archive-images.ts'
import { readBundle, verifyFiles } from './bundle/bundle.ts'
import type { BundleFile } from './bundle/bundle.ts'
import { absentOf } from './images/names.ts'

interface Archive extends BundleFile {
  readonly images: readonly string[]
}

/** The archives of which an image is missing on the host, verified. */
const absentIn = async (ctx: CheckContext, bundle: string): Promise<Archive[]> => {
  const { archives } = await readBundle(bundle)
  await verifyFiles(ctx, archives)
  const named = await Promise.all(
    archives.map(async (file) => ({ ...file, images: await archiveImages(ctx, file) })),
  )
  return absentOf(ctx, named)
}

/** Loads the images of a bundle into containerd. */
export const bundleImages = defineTask({
  name: 'bundle-images',
  description:
    'Loads container images into containerd from the archives of a bundle on this machine. Their sums are verified first; archives whose images are loaded are not sent.',
  reads: 'the images in containerd, and the archives of the bundle',
  example: { bundle: 'bundles/v1.37.2' },
  params: () =>
    z.object({
      bundle: localPath().describe(
        'the folder of the version on this machine, with bin/, images/ and SHA256SUMS',
      ),
    }),
  title: ({ bundle }) => `images of ${bundle}`,
  needs: ({ bundle }) => readBundle(bundle),
  sends: ({ bundle }) => [bundle],

  async check(ctx, { bundle }) {
    const absent = await absentIn(ctx, bundle)
    return driftUnlessEmpty(absent.flatMap(({ images }) => images.map((what) => ({ what, to: 'loaded' }))))
  },

  async apply(ctx, { bundle }) {
    for (const { path, name, images } of await absentIn(ctx, bundle)) {
      ctx.log(`loading ${images.join(', ')}`)
      const { size, from } = await localFile(ctx, path)
      await ctx.remote.run({
        timeout: 900,
        label: `load ${name}`,
        stdin: from(0),
        transfer: { path: name, size },
      })`ctr -n k8s.io images import -`
    }
  },
})
