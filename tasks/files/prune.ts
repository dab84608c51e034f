import { defineTask, driftUnlessEmpty, flag, z } from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'
import { findBelow, findParams } from './finding/find-below.ts'
import type { Finding, Found } from './finding/find-below.ts'

const params = () =>
  z
    .object({
      ...findParams,
      keep: z.coerce
        .number<number | string>()
        .int()
        .min(0)
        .default(0)
        .describe('how many of the newest stay, whatever their age'),
      follow: flag()
        .optional()
        .describe('follow links in the path of the folder, even if other users control them'),
    })
    .refine(
      ({ patterns, olderThan, minSize, contains, keep }) =>
        patterns.length > 0 || [olderThan, minSize, contains].some((one) => one !== undefined) || keep > 0,
      { message: 'say what to remove: patterns, olderThan, minSize, contains or keep' },
    )

/** What must be removed. What is in a folder that is removed is left out. */
const outdated = async (
  remote: RemoteReader,
  { keep, ...wanted }: Finding & { readonly keep: number },
): Promise<readonly Found[]> => {
  // the newest that stay are those of all ages and sizes
  const every = {
    ...wanted,
    olderThan: undefined,
    newerThan: undefined,
    minSize: undefined,
    maxSize: undefined,
  }
  const [found = [], all = []] = await Promise.all([
    findBelow(remote, wanted),
    keep === 0 ? [] : findBelow(remote, every),
  ])
  const newest = [...all]
    .toSorted((one, other) => other.mtime - one.mtime || (one.path < other.path ? 1 : -1))
    .slice(0, keep)
  const kept = new Set(newest.map(({ path }) => path))
  const going = found.filter(({ path }) => !kept.has(path))
  const folders = new Set(going.filter(({ type }) => type === 'directory').map(({ path }) => path))
  const isInside = (path: string): boolean => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      if (folders.has(path.slice(0, at))) return true
    return false
  }
  return going.filter(({ path }) => !isInside(path))
}

/** Maximum number of changes that are listed one by one. */
const maxListed = 50

/** Removes what is old, large or beyond a number from a folder. */
export const prune = defineTask({
  name: 'prune',
  description:
    'Removes files from a folder by name, kind, size and age, or all but the newest. Folders are removed with everything in them.',
  reads: 'find and stat, without following links',
  example: { path: '/var/backups/app', patterns: '*.tar.gz', keep: 7 },
  params,
  title: ({ path, keep }) => `prune ${path}${keep > 0 ? `, keep ${keep}` : ''}`,

  async check({ remote }, given) {
    const going = await outdated(remote, given)
    const changes = going.map(({ path, size }): Change => ({
      what: path,
      from: `${size} bytes`,
      to: undefined,
    }))
    const more = changes.length - maxListed
    return driftUnlessEmpty(
      more <= 0
        ? changes
        : [
            ...changes.slice(0, maxListed),
            { what: `${more} more in ${given.path}`, from: 'present', to: undefined },
          ],
    )
  },

  async apply({ remote }, given) {
    const going = await outdated(remote, given)
    const folder = given.path.replace(/(?<=.)\/+$/, '')
    const start = folder === '/' ? 0 : folder.length
    await remote.removeBelow(
      folder,
      going.map(({ path }) => `.${path.slice(start)}`),
      given.follow === true ? { follow: true } : {},
    )
  },
})
