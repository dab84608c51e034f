/** The names of images in archives that `docker save` has made, and those that containerd has. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const manifestSchema = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }))

/** The full name of an image, as containerd lists it: by default with the registry and library of Docker. */
const fullName = (image: string): string => {
  const [first = '', ...rest] = image.split('/')
  if (rest.length === 0) return `docker.io/library/${image}`
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`
}

/**
 * The names of the images in an archive, as containerd lists them.
 *
 * @param manifest the text of its manifest.json.
 * @throws `task-failed` for an archive that was not created by `docker save`.
 */
export const imagesOf = (path: string, manifest: string): string[] => {
  try {
    return manifestSchema
      .parse(JSON.parse(manifest))
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .map(fullName)
  } catch (cause) {
    throw new CoxswainError('task-failed', `${path} does not contain a list of images (manifest.json)`, {
      cause,
      hint: 'create archives with docker save, or skopeo copy to docker-archive:',
    })
  }
}

/** The archives of which an image is not in containerd. */
export const absentOf = async <Archive extends { readonly images: readonly string[] }>(
  ctx: CheckContext,
  archives: readonly Archive[],
): Promise<Archive[]> => {
  const loaded = new Set(await ctx.remote.query`ctr -n k8s.io images ls -q`.lines())
  return archives.filter(({ images }) => images.some((image) => !loaded.has(image)))
}
