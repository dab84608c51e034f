import { shell } from '../../../engine/index.ts'
import { installedOf, nativeName, packageOf, statusesOf } from './apt-installed.ts'
import { aptRepositories } from './apt-repositories.ts'
import { downloadTime, filePackage } from './types.ts'
import type { PackageManager } from './types.ts'

// apt must not ask questions, must keep changed configuration files, and must wait for another apt (apt.conf(5))
const words = [
  '-q',
  '-y',
  '-o',
  'DPkg::Lock::Timeout=600',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
]
const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: downloadTime }

/** Installed packages with another candidate, from the output of `apt-cache policy`. */
export const upgradesIn = (text: string): Map<string, string> =>
  new Map(
    text.split(/^(?=\S)/m).flatMap((block): [string, string][] => {
      const [, name] = /^(\S+):\n/.exec(block) ?? []
      const [, installed] = /^ {2}Installed: (.+)$/m.exec(block) ?? []
      const [, candidate] = /^ {2}Candidate: (.+)$/m.exec(block) ?? []
      if (name === undefined || candidate === undefined || installed === candidate) return []
      return installed === '(none)' || candidate === '(none)' ? [] : [[name, candidate]]
    }),
  )

/** Packages that a simulated upgrade replaces: `Inst NAME [OLD] (NEW …)`. Without the old version, a package is new. */
export const replacedIn = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^Inst (\S+) \[[^\]]*\] \((\S+)/gm)].map(([, name = '', version = '']) => [
      name,
      version,
    ]),
  )

// the file that Ubuntu and others touch after each successful refresh
const stamp = '/var/lib/apt/periodic/update-success-stamp'

/** Debian and its family. */
export const apt: PackageManager = {
  installed: installedOf,
  remains: async (ctx, names) => {
    const statuses = await statusesOf(ctx, names)
    return names.filter((name) => packageOf(name, statuses)?.status === 'config-files')
  },
  upgrades: async ({ remote }, names) => upgradesIn(await remote.query`apt-cache policy ${names}`.text()),
  // with new dependencies, as for a kernel, but without removing anything (apt-get(8))
  allUpgrades: async ({ remote }) =>
    replacedIn(await remote.query({ timeout: 120 })`apt-get -q -s --with-new-pkgs upgrade`.text()),
  // `dpkg --audit` prints nothing where all packages are configured (dpkg(1))
  unfinished: {
    found: async ({ remote }) => (await remote.query`dpkg --audit`.result()).stdout.trim() !== '',
    complete: async ({ remote }) => {
      await remote.run(options)`dpkg --configure -a --force-confdef --force-confold`
    },
  },
  install: async ({ remote }, packages, { recommends, keepAll, release }) => {
    const along = recommends === undefined ? [] : [`--${recommends ? '' : 'no-'}install-recommends`]
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    const from = release === undefined ? [] : [`--target-release=${release}`]
    const kept = keepAll === true ? ['--no-remove', '--only-upgrade'] : []
    await remote.run(
      options,
    )`apt-get install ${words} --allow-downgrades ${[...kept, ...from, ...along, ...wanted]}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`apt-get ${purge ? 'purge' : 'remove'} ${words} ${names}`
  },
  files: {
    read: async ({ remote }, path) =>
      filePackage(await remote.query`dpkg-deb -W --showformat=${'${Package} ${Version}'} ${path}`.text()),
    install: async ({ remote }, path) => {
      await remote.run(options)`apt-get install ${words} --allow-downgrades ${path}`
    },
  },
  releases: true,
  holding: {
    holdsMissing: true,
    held: async ({ remote }, names) => {
      const [held, [native = ''] = []] = await Promise.all([
        remote.query`apt-mark showhold`.lines(),
        names.some((name) => name.includes(':'))
          ? remote.query`dpkg --print-architecture`.lines()
          : undefined,
      ])
      return names.filter((name) => held.includes(nativeName(name, native)))
    },
    hold: async ({ remote }, names, on) => {
      await remote.run`apt-mark ${on ? 'hold' : 'unhold'} ${names}`
    },
    providers: async (ctx, names) => {
      const installed = await installedOf(ctx, names)
      return new Map(
        [...installed].flatMap(([name, { as, provides }]) => (provides ? [[name, as] as const] : [])),
      )
    },
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apt-get update ${words.slice(0, 1)} -o DPkg::Lock::Timeout=600`
    await remote.run({
      label: 'note that the package lists were refreshed',
    })`mkdir -p /var/lib/apt/periodic && touch ${stamp}`
  },
  // container images often have neither package lists nor the folder for partial downloads
  refreshed: shell`[ -d /var/lib/apt/lists/partial ] && stat -c %Y ${stamp}`,
  repositories: aptRepositories,
}
