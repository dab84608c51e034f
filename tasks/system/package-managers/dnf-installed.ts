/** Looks up names in the form of dnf in rpm: `git`, `glibc.i686`, `/usr/bin/git`, and names that packages provide. */
import type { CheckContext } from '../../../engine/index.ts'
import type { Installed } from './types.ts'

const format = '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\\n'

/** A package from a line, with its name alone and with its architecture. */
const parse = (line: string): { name: string; version: string; full: string } | undefined => {
  const [name, version, architecture = ''] = line.split(' ')
  if (name === undefined || version === undefined || line.endsWith('is not installed')) return undefined
  return { name, version, full: `${name}.${architecture}` }
}

/** Installed packages that provide names that are not packages, in the order of the names. */
const providersOf = async (
  { remote }: CheckContext,
  names: readonly string[],
): Promise<[string, Installed][]> => {
  const found = await Promise.all(
    names.map(async (asked): Promise<[string, Installed][]> => {
      const { ok, stdout } = await remote.query`rpm -q --whatprovides --qf ${format} ${asked}`.result()
      const one = ok ? parse(stdout.split('\n')[0] ?? '') : undefined
      return one === undefined ? [] : [[asked, { version: one.version, as: one.name, provides: true }]]
    }),
  )
  const providers = found.flat()
  if (providers.length === 0) return []
  // if dnf has a package with exactly this name, that package is wanted; a path is never a package name
  const real =
    await remote.query`dnf -q --cacheonly repoquery --qf ${'%{name}\\n'} ${providers.map(([name]) => name)}`.result()
  const available = new Set(real.stdout.split('\n').map((line) => line.trim()))
  return providers.filter(([name]) => !available.has(name))
}

/** Which of these names are installed. */
export const installedOf = async (
  ctx: CheckContext,
  names: readonly string[],
): Promise<Map<string, Installed>> => {
  const { stdout } = await ctx.remote.query`rpm -q --qf ${format} ${names}`.result()
  const packages = stdout.split('\n').flatMap((line) => parse(line) ?? [])
  const found = new Map<string, Installed>()
  for (const asked of names) {
    const one = packages.find(({ name, full }) => name === asked || full === asked)
    if (one !== undefined) found.set(asked, { version: one.version, as: asked, provides: false })
  }
  const missing = names.filter((name) => !found.has(name))
  if (missing.length === 0) return found
  return new Map([...found, ...(await providersOf(ctx, missing))])
}
