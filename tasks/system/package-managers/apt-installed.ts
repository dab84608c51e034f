/** Looks up names in the form of apt-get in dpkg: `git`, `libc6:i386`, and virtual packages such as `git-core`. */
import type { CheckContext } from '../../../engine/index.ts'
import type { Installed } from './types.ts'

/** A package that dpkg has data about. */
export interface DebPackage {
  readonly name: string
  readonly version: string
  readonly status: string
  readonly architecture: string
}

interface Statuses {
  readonly packages: readonly DebPackage[]
  /** The architecture of the host. */
  readonly native: string
}

/** Packages of these names, with any architecture. */
export const statusesOf = async ({ remote }: CheckContext, names: readonly string[]): Promise<Statuses> => {
  // a package for all architectures is not found by the name of one
  const bare = names.map((name) => name.split(':')[0] ?? name)
  const { stdout } =
    await remote.query`dpkg-query -W -f ${'${Package} ${Version} ${db:Status-Status} ${Architecture}\\n'} ${bare}; dpkg --print-architecture`.result()
  const lines = stdout.trimEnd().split('\n')
  const native = lines.at(-1)?.includes(' ') === false ? (lines.pop() ?? '') : ''
  const packages = lines.map((line): DebPackage => {
    const [name = '', version = '', status = '', architecture = native] = line.split(' ')
    return { name, version, status, architecture }
  })
  return { packages, native }
}

/** A name as apt prints it, without the host's own architecture. */
export const nativeName = (name: string, native: string): string =>
  name.endsWith(`:${native}`) || name.endsWith(':native') ? name.slice(0, name.lastIndexOf(':')) : name

/** The package with a name; without an architecture in the name, the package for the host's or for all architectures. */
export const packageOf = (asked: string, { packages, native }: Statuses): DebPackage | undefined => {
  const [name = '', architecture = native] = nativeName(asked, native).split(':')
  return packages.find(
    (one) => one.name === name && (one.architecture === architecture || one.architecture === 'all'),
  )
}

/** The provided names, with their versions if given: `git-core, mail (= 1.2)`. */
const provided = (text: string): (readonly [name: string, version: string | undefined])[] =>
  text.split(',').map((word) => {
    const [, name = '', version] = /^\s*([^\s:]+)(?::\S+)?\s*(?:\(=\s*(\S+)\))?/.exec(word) ?? []
    return [name, version]
  })

/** Installed packages for names that are not packages themselves: they provide the name, or have another architecture. */
const substitutesOf = async (
  { remote }: CheckContext,
  names: readonly string[],
): Promise<Map<string, Installed>> => {
  const format = '${db:Status-Status}\\t${Package}\\t${Architecture}\\t${Version}\\t${Provides}\\n'
  const bare = names.filter((name) => !name.includes(':'))
  if (bare.length === 0) return new Map()
  const { stdout } =
    await remote.query`dpkg-query -W -f ${format} | grep -F ${bare.flatMap((name) => ['-e', name])}`.result()
  const found = new Map<string, Installed>()
  for (const line of stdout.split('\n')) {
    const [status, name = '', architecture = '', version = '', provides = ''] = line.split('\t')
    if (status !== 'installed') continue
    for (const asked of bare) {
      const [, given] = provided(provides).find(([one]) => one === asked) ?? []
      const matches = name === asked || provided(provides).some(([one]) => one === asked)
      if (!matches) continue
      const as = name === asked ? `${name}:${architecture}` : name
      found.set(asked, { version: given ?? version, as, provides: name !== asked })
    }
  }
  return found
}

/** Names for which apt has a real package. */
const candidatesIn = (text: string): Set<string> =>
  new Set(
    text.split(/^(?=\S)/m).flatMap((block) => {
      const [, name] = /^(\S+):\n/.exec(block) ?? []
      const [, candidate = '(none)'] = /^ {2}Candidate: (.+)$/m.exec(block) ?? []
      return name === undefined || candidate === '(none)' ? [] : [name]
    }),
  )

/** Which of these names are installed. */
export const installedOf = async (
  ctx: CheckContext,
  names: readonly string[],
): Promise<Map<string, Installed>> => {
  const statuses = await statusesOf(ctx, names)
  const found = new Map<string, Installed>()
  for (const asked of names) {
    const one = packageOf(asked, statuses)
    if (one?.status !== 'installed') continue
    found.set(asked, { version: one.version, as: nativeName(asked, statuses.native), provides: false })
  }
  const missing = names.filter((name) => !found.has(name))
  if (missing.length === 0) return found
  const others = await substitutesOf(ctx, missing)
  if (others.size === 0) return found
  // if apt has a package with exactly this name, that package is wanted
  const real = candidatesIn(await ctx.remote.query`apt-cache policy ${[...others.keys()]}`.text())
  for (const [asked, other] of others) if (!real.has(asked)) found.set(asked, other)
  return found
}
