/** Looks up names in the form of dnf and zypper in rpm: `git`, `glibc.i686`, `/usr/bin/git`, and names that packages provide. */
import type { CheckContext } from '../../../engine/index.ts'
import { filePackage } from './types.ts'
import type { FilePackage, Installed } from './types.ts'

const format = '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\\n'

const architectures = /\.(x86_64|i[3-6]86|aarch64|armv7hl|ppc64le|s390x|riscv64|noarch)$/

/** The package in a file, in the form of installed ones. */
export const rpmFile = async ({ remote }: CheckContext, path: string): Promise<FilePackage> =>
  filePackage(await remote.query`rpm -qp --nosignature --qf ${format} ${path}`.text())

/** A name without its architecture, which locks do not have. */
export const bareName = (name: string): string => name.replace(architectures, '')

/** A package from a line, with its name alone and with its architecture. */
const parse = (line: string): { name: string; version: string; full: string } | undefined => {
  const [name, version, architecture = ''] = line.split(' ')
  if (name === undefined || version === undefined || line.endsWith('is not installed')) return undefined
  return { name, version, full: `${name}.${architecture}` }
}

/** Returns which of these names are packages that can be installed. */
export type Available = (ctx: CheckContext, names: readonly string[]) => Promise<readonly string[]>

/** Installed packages that provide names that are not packages, in the order of the names. */
const providersOf = async (
  ctx: CheckContext,
  names: readonly string[],
  available: Available,
): Promise<[string, Installed][]> => {
  const { remote } = ctx
  const found = await Promise.all(
    names.map(async (asked): Promise<[string, Installed][]> => {
      const { ok, stdout } = await remote.query`rpm -q --whatprovides --qf ${format} ${asked}`.result()
      const one = ok ? parse(stdout.split('\n')[0] ?? '') : undefined
      return one === undefined ? [] : [[asked, { version: one.version, as: one.name, provides: true }]]
    }),
  )
  const providers = found.flat()
  if (providers.length === 0) return []
  // if there is a package with exactly this name, that package is wanted; a path is never a package name
  const real = new Set(
    await available(
      ctx,
      providers.map(([name]) => name),
    ),
  )
  return providers.filter(([name]) => !real.has(name))
}

/** Finds out which names are installed, for a package manager that knows which packages exist. */
export const rpmInstalled =
  (available: Available) =>
  async (ctx: CheckContext, names: readonly string[]): Promise<Map<string, Installed>> => {
    const { stdout } = await ctx.remote.query`rpm -q --qf ${format} ${names}`.result()
    const packages = stdout.split('\n').flatMap((line) => parse(line) ?? [])
    const found = new Map<string, Installed>()
    for (const asked of names) {
      const one = packages.find(({ name, full }) => name === asked || full === asked)
      if (one !== undefined) found.set(asked, { version: one.version, as: asked, provides: false })
    }
    const missing = names.filter((name) => !found.has(name))
    if (missing.length === 0) return found
    return new Map([...found, ...(await providersOf(ctx, missing, available))])
  }
