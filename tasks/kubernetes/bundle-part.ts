import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  localPath,
  remotePath,
  z,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { localFile } from '../files/content/local-file.ts'
import { refuseOtherArchitecture } from './bundle/architecture.ts'
import { bundleParts, makeOne, readBundle, sumsFile, verifyFiles } from './bundle/bundle.ts'
import type { BundleFile, BundlePart } from './bundle/bundle.ts'

const params = () =>
  z.object({
    bundle: localPath().describe('the folder of the version on this machine, with SHA256SUMS'),
    part: z.enum(bundleParts).describe('the folder of the bundle: runtime, cni or tools'),
    folder: remotePath().describe('the folder of the programs on the host; created if it does not exist'),
    optional: flag().default(false).describe('do nothing if the bundle does not have this part'),
  })
type Params = z.output<ReturnType<typeof params>>

const contents: Readonly<Record<BundlePart, string>> = {
  runtime: 'container runtime',
  cni: 'CNI plugins',
  tools: 'tools',
}

/** The files of the part, if it may be missing also none. */
const filesOf = async ({ bundle, part, optional }: Params): Promise<readonly BundleFile[]> => {
  const files = (await readBundle(bundle)).parts[part]
  if (files.length > 0 || optional) return files
  throw new CoxswainError('task-failed', `the bundle ${bundle} does not have ${part}/`, {
    hint:
      part === 'runtime'
        ? `install containerd on the hosts, and set install.runtime=none; or ${makeOne}`
        : makeOne,
  })
}

/** The files that differ on the host, verified. */
const different = async (ctx: CheckContext, given: Params): Promise<BundleFile[]> => {
  const files = await filesOf(given)
  await verifyFiles(ctx, files)
  const sums = await Promise.all(
    files.map(({ name }) => ctx.remote.sha256(`${given.folder}/${name}`, { follow: true })),
  )
  const wrong = files.filter(({ sha256 }, index) => sums[index] !== sha256)
  await refuseOtherArchitecture(ctx, wrong)
  return wrong
}

/** Puts the programs of a part of a bundle on a host. */
export const bundlePart = defineTask({
  name: 'bundle-part',
  description:
    'Puts the container runtime, the CNI plugins or the tools of a bundle on a host. Their sums and their architecture are verified first. Nothing is restarted.',
  reads: 'the SHA-256 of the programs, and uname -m',
  example: { bundle: 'bundles/v1.37.2', part: 'cni', folder: '/opt/cni/bin' },
  params,
  title: ({ part, folder }) => `${contents[part]} in ${folder}`,
  needs: filesOf,
  sends: ({ bundle }) => [`${bundle}/${sumsFile}`],

  async check(ctx, given) {
    const files = await different(ctx, given)
    return driftUnlessEmpty(
      files.map(({ name, sha256 }) => ({
        what: `${given.folder}/${name}`,
        to: `sha256 ${sha256.slice(0, 12)}…`,
      })),
    )
  },

  async apply(ctx, given) {
    const files = await different(ctx, given)
    if (files.length > 0) await ctx.remote.makeDirectory(given.folder)
    for (const { name, path } of files)
      await ctx.remote.writeStream(`${given.folder}/${name}`, await localFile(ctx, path), {
        mode: '0755',
        owner: 'root',
        group: 'root',
      })
  },
})
