import { CoxswainError, defineTask, driftUnlessEmpty, localPath, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { localFile } from '../files/content/local-file.ts'
import { refuseOtherArchitecture } from './bundle/architecture.ts'
import { makeOne, readBundle, verifyFiles } from './bundle/bundle.ts'
import type { BundleFile } from './bundle/bundle.ts'
import { minorOf } from './kubeadm/versions.ts'

/** The programs of Kubernetes on a node. */
export const nodePrograms = ['kubeadm', 'kubelet', 'kubectl'] as const

/** The words with which each of them says its version. */
const versionWords: Readonly<Record<string, readonly string[]>> = {
  kubeadm: ['version', '-o', 'short'],
  kubelet: ['--version'],
  kubectl: ['version', '--client'],
}

const params = () =>
  z.object({
    version: z
      .string()
      .refine((text) => /^v1\.\d+\.\d+$/.test(text), 'must be a version such as v1.37.2')
      .describe('the exact version of the programs, such as v1.37.2'),
    bundle: localPath().describe(
      'the folder of the version on this machine, with bin/, images/ and SHA256SUMS',
    ),
    programs: z
      .array(z.enum(nodePrograms))
      .min(1)
      .default([...nodePrograms])
      .describe('which programs'),
    folder: remotePath().default('/usr/bin').describe('the folder of the programs on the host'),
  })
type Params = z.output<ReturnType<typeof params>>

/** The programs in the bundle, verified. */
const wanted = async (ctx: CheckContext, { bundle, programs }: Params): Promise<BundleFile[]> => {
  const { programs: there } = await readBundle(bundle)
  const files = programs.map((name) => {
    const file = there.find((one) => one.name === name)
    if (file !== undefined) return file
    throw new CoxswainError('task-failed', `the bundle ${bundle} does not have bin/${name}`, {
      hint: makeOne,
    })
  })
  await verifyFiles(ctx, files)
  return files
}

/** The programs that differ on the host. */
const different = async (ctx: CheckContext, given: Params): Promise<BundleFile[]> => {
  const files = await wanted(ctx, given)
  const sums = await Promise.all(
    files.map(({ name }) => ctx.remote.sha256(`${given.folder}/${name}`, { follow: true })),
  )
  const wrong = files.filter(({ sha256 }, index) => sums[index] !== sha256)
  await refuseOtherArchitecture(ctx, wrong)
  return wrong
}

/** The version that a program on the host says; undefined for one that does not say it. */
const saidVersion = async (
  { remote }: CheckContext,
  folder: string,
  name: string,
  file = name,
): Promise<string | undefined> => {
  const { stdout } = await remote.query`${`${folder}/${file}`} ${versionWords[name] ?? []}`.result()
  return /v1\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0]
}

/**
 * Puts programs of Kubernetes from a bundle on a host.
 *
 * Each is replaced at once, after all of them were on the host and said their version. A kubelet that runs goes on with its former program until
 * kubelet-upgrade restarts it.
 */
export const kubernetesPrograms = defineTask({
  name: 'kubernetes-programs',
  description:
    'Puts kubeadm, kubelet and kubectl of an exact version on a host, from a bundle on this machine. Their sums and their architecture are verified before anything is replaced; the kubelet is not restarted.',
  reads: 'the SHA-256 of the programs, and uname -m',
  example: { version: 'v1.37.2', bundle: 'bundles/v1.37.2' },
  params,
  title: ({ version, programs }) => `${programs.join(', ')} ${version}`,
  needs: async ({ version, bundle }) => {
    minorOf(version)
    await readBundle(bundle)
  },
  sends: ({ bundle, programs }) => programs.map((name) => `${bundle}/bin/${name}`),

  async check(ctx, given) {
    const files = await different(ctx, given)
    const changes = await Promise.all(
      nodePrograms
        .filter((name) => files.some((file) => file.name === name))
        .map(async (name) => {
          const said = await saidVersion(ctx, given.folder, name)
          const from = said === given.version ? `${said} with another sum` : said
          return { what: `${given.folder}/${name}`, from, to: given.version }
        }),
    )
    return driftUnlessEmpty(changes)
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { folder } = given
    const files = await different(ctx, given)
    const nextOf = (name: string): string => `.${name}.coxswain`
    for (const { name, path } of files)
      await remote.writeStream(`${folder}/${nextOf(name)}`, await localFile(ctx, path), {
        mode: '0755',
        owner: 'root',
        group: 'root',
      })
    for (const { name, path } of files) {
      const said = await saidVersion(ctx, folder, name, nextOf(name))
      if (said === given.version) continue
      for (const file of files) await remote.remove(`${folder}/${nextOf(file.name)}`)
      throw new CoxswainError(
        'task-failed',
        `${path} is ${said ?? 'of an unknown version'}, not ${given.version}: nothing was replaced`,
        { hint: 'set the folder of the bundle of that version' },
      )
    }
    // also replaces a link, which may lead to a folder that others share
    for (const { name } of files)
      await remote.run`mv -f ${`${folder}/${nextOf(name)}`} ${`${folder}/${name}`}`
  },
})
