import { shell } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { appendLines, linesOf, mapLines, spliceLines } from '../../shared/lines.ts'
import { readText, writeText } from '../../shared/file-text.ts'
import { pacmanRepositories } from './pacman-repositories.ts'
import { downloadTime, filePackage, versionPattern, versionsFrom } from './types.ts'
import type { Installed, PackageManager } from './types.ts'

const options = { timeout: downloadTime }
const configuration = '/etc/pacman.conf'

// pacman gives its lists the time of the server, so a file of ours has the time of the refresh
const stamp = '/var/cache/pacman/refreshed'

/** Installed packages of other names that provide these: pacman -Q prints `NAME VERSION` of the provider. */
const providersOf = async (
  { remote }: CheckContext,
  names: readonly string[],
): Promise<[string, Installed][]> => {
  const found = await Promise.all(
    names.map(async (asked): Promise<[string, Installed][]> => {
      const { ok, stdout } = await remote.query`pacman -Q -- ${asked}`.result()
      const [[as, version] = []] = ok ? versionsFrom([stdout.trim()]) : []
      return as === undefined || version === undefined ? [] : [[asked, { version, as, provides: true }]]
    }),
  )
  const providers = found.flat()
  if (providers.length === 0) return []
  // if a package with exactly this name exists, that package is wanted
  const all = new Set(await remote.query`pacman -Slq`.lines())
  return providers.filter(([name]) => !all.has(name))
}

/** Versions from lines such as `curl 8.9.1-1 -> 8.9.1-2`. */
export const upgradesIn = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, name, version] = /^(\S+) \S+ -> (\S+)/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    }),
  )

const ignores = /^\s*IgnorePkg\s*=\s*(.*?)\s*$/

/**
 * The text of pacman.conf with packages in a line `IgnorePkg` of its options, or in none. Names in other lines stay as they
 * are.
 */
export const withIgnored = (text: string, names: readonly string[], on: boolean): string => {
  const lines = linesOf(text)
  if (!on)
    return mapLines(text, (line) => {
      const listed = ignores.exec(line)?.[1]?.split(/\s+/)
      if (listed === undefined || !listed.some((name) => names.includes(name))) return [line]
      const rest = listed.filter((name) => !names.includes(name))
      return rest.length === 0 ? [] : [`IgnorePkg = ${rest.join(' ')}`]
    })
  const line = `IgnorePkg = ${names.join(' ')}`
  const at = lines.findIndex((one) => /^\s*\[options\]/.test(one))
  return at < 0 ? appendLines(text, ['[options]', line]) : spliceLines(text, at + 1, 0, [line])
}

/** Arch Linux and its family. Its packages do not have recommendations. */
export const pacman: PackageManager = {
  installed: async (ctx, names) => {
    // it also prints packages that provide a name
    const { stdout } = await ctx.remote.query`pacman -Q -- ${names}`.result()
    const versions = versionsFrom(stdout.split('\n').filter((line) => line !== ''))
    const found = new Map<string, Installed>()
    for (const name of names) {
      const version = versions.get(name)
      if (version !== undefined) found.set(name, { version, as: name, provides: false })
    }
    const missing = names.filter((name) => !found.has(name))
    if (missing.length === 0 || versions.size === found.size) return found
    return new Map([...found, ...(await providersOf(ctx, missing))])
  },
  // its status is 1 if there are none
  upgrades: async ({ remote }, names) =>
    upgradesIn((await remote.query`pacman -Qu -- ${names}`.result()).stdout),
  files: {
    read: async ({ remote }, path) => filePackage(await remote.query`pacman -Qp ${path}`.text()),
    install: async ({ remote }, path) => {
      await remote.run(options)`pacman -U --noconfirm ${path}`
    },
  },
  install: async ({ remote }, packages) => {
    const wanted = await Promise.all(
      packages.map(async ({ name, version }) => {
        if (version?.includes('*') !== true) return version === undefined ? name : `${name}=${version}`
        // a repository has one version of a package
        const { stdout } = await remote.query`pacman -Si -- ${name}`.result()
        const its = /^Version\s*: (\S+)$/m.exec(stdout)?.[1] ?? ''
        return `${name}=${versionPattern(version).test(its) ? its : version}`
      }),
    )
    await remote.run(options)`pacman -S --noconfirm --noprogressbar --needed -- ${wanted}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`pacman ${purge ? '-Rn' : '-R'} --noconfirm --noprogressbar -- ${names}`
  },
  holding: {
    holdsMissing: true,
    held: async ({ remote }, names) => {
      const held = new Set(await remote.query`pacman-conf IgnorePkg`.lines())
      return names.filter((name) => held.has(name))
    },
    hold: async ({ remote }, names, on) => {
      const text = (await readText(remote, configuration)) ?? ''
      await writeText(remote, configuration, withIgnored(text, names, on))
    },
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`pacman -Sy --noprogressbar`
    await remote.run({
      label: 'note that the package lists were refreshed',
    })`mkdir -p /var/cache/pacman && touch ${stamp}`
  },
  refreshed: shell`ls /var/lib/pacman/sync/*.db >/dev/null && stat -c %Y ${stamp}`,
  repositories: pacmanRepositories,
}
