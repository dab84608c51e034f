import { CoxswainError, defineTask, drift, flag, ok, unknown, z } from '../../engine/index.ts'
import type { CheckContext, Ok, Verdict } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { managerOf } from './package-managers/managers.ts'
import type { FilePackage, PackageFiles } from './package-managers/types.ts'

const params = () =>
  z.object({
    path: remoteFile().describe('the file of the package on the host: NAME.deb, NAME.rpm, or one of pacman'),
    unsigned: flag()
      .default(false)
      .describe('accept a package without a valid signature, where the host would refuse it (dnf, zypper)'),
  })

/** What the task looks at: the package in the file, and the installed version of it. */
interface Findings {
  readonly files: PackageFiles
  readonly inFile: FilePackage
  readonly installed: string | undefined
}

/** @throws `task-failed` for a package manager that cannot install files. */
const filesOf = async (ctx: CheckContext): Promise<PackageFiles> => {
  const { files } = await managerOf(ctx)
  if (files !== undefined) return files
  throw new CoxswainError('task-failed', 'packages in files are not supported with apk', {
    hint: 'put the package into a repository, and use package-repository and package',
  })
}

/** Undefined if the file does not exist. */
const look = async (ctx: CheckContext, path: string): Promise<Findings | undefined> => {
  if (!(await ctx.remote.exists(path))) return undefined
  const [files, manager] = [await filesOf(ctx), await managerOf(ctx)]
  const inFile = await files.read(ctx, path)
  const found = await manager.installed(ctx, [inFile.name])
  return { files, inFile, installed: found.get(inFile.name)?.version }
}

/** Installs a package from a file on the host. */
export const packageFile = defineTask({
  name: 'package-file',
  description:
    'Installs a package from a file on the host, with its dependencies from the repositories of the host. Another version of it is replaced, also a newer one. The task download brings the file, and verifies it.',
  reads: 'the name and version in the file (dpkg-deb, rpm -qp, pacman -Qp), and the installed version',
  example: { path: '/var/cache/tool_1.2_amd64.deb' },
  params,
  brings: () => true,
  title: ({ path }) => `package in ${path}`,

  async check(ctx, { path }): Promise<Verdict<FilePackage>> {
    const found = await look(ctx, path)
    if (found === undefined) return unknown(`${path} does not exist yet`)
    const { inFile, installed } = found
    if (installed === inFile.version) return ok(inFile)
    return drift({ what: `package ${inFile.name}`, from: installed, to: inFile.version })
  },

  // its value is that of the check after it
  async apply(ctx, { path, unsigned }): Promise<Ok<FilePackage> | undefined> {
    const found = await look(ctx, path)
    if (found === undefined)
      throw new CoxswainError('task-failed', `${path} does not exist on the host`, {
        hint: 'download or copy it first',
      })
    await found.files.install(ctx, path, { ...found, unsigned })
    return undefined
  },
})
