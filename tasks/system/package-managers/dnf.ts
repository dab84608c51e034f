import { isCoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import { groupsAmong, isGroup } from './dnf-groups.ts'
import { dnfRepositories } from './rpm-repositories.ts'
import { versionlock } from './dnf-versionlock.ts'
import { rpmFile, rpmInstalled } from './rpm-installed.ts'
import { downloadTime, versionsFrom } from './types.ts'
import type { Installed, PackageManager } from './types.ts'

const refreshedFile = shellFile(import.meta.url, 'dnf-refreshed.sh')
const options = { timeout: downloadTime }

// the file that dnf-makecache.timer also touches; the times of the lists are those of single repositories
const stamp = '/var/cache/dnf/last_makecache'

const enabling = (names: readonly string[], others: readonly string[] = []): string[] => [
  ...others.map((name) => `--disablerepo=${name}`),
  ...names.map((name) => `--enablerepo=${name}`),
]

const installedPackages = rpmInstalled(async ({ remote }, names) => {
  const real = await remote.query`dnf -q --cacheonly repoquery --qf ${'%{name}\\n'} ${names}`.result()
  return real.stdout.split('\n').map((line) => line.trim())
})

/** The packages and groups among names that are installed. */
const installedOf: PackageManager['installed'] = async (ctx, names) => {
  const plain = names.filter((name) => !isGroup(name))
  const [packages, groups] = await Promise.all([
    plain.length === 0 ? new Map<string, Installed>() : installedPackages(ctx, plain),
    groupsAmong(ctx, names),
  ])
  return new Map([...packages, ...groups])
}

/** The error of a command that failed; others are thrown. */
const failureOf = async (command: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await command
    return undefined
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'command-failed') return error
    throw error
  }
}

/** Fedora, Red Hat and their family. */
export const dnf: PackageManager = {
  installed: installedOf,
  enables: true,
  groups: true,
  upgrades: async ({ remote }, names, { enable, disable }) =>
    versionsFrom(
      await remote.query`dnf -q ${['--cacheonly', ...enabling(enable, disable)]} repoquery --upgrades --latest-limit=1 --qf ${'%{name} %{version}-%{release}\\n%{name}.%{arch} %{version}-%{release}\\n'} ${names}`.lines(),
    ),
  allUpgrades: async ({ remote }) =>
    versionsFrom(
      await remote.query({
        timeout: 120,
      })`dnf -q --cacheonly repoquery --upgrades --latest-limit=1 --qf ${'%{name} %{version}-%{release}\\n'}`.lines(),
    ),
  install: async ({ remote }, packages, { latest, recommends, enable, disable }) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}-${version}`))
    // without --best, dnf can keep any installed version (dnf.conf(5))
    const best = latest ? ['--best'] : []
    const weak =
      recommends === undefined ? [] : [`--setopt=install_weak_deps=${recommends ? 'True' : 'False'}`]
    await remote.run(options)`dnf install -y ${[...enabling(enable, disable), ...best, ...weak, ...wanted]}`
  },
  remove: async ({ remote }, names) => {
    await remote.run(options)`dnf remove -y ${names}`
  },
  files: {
    read: rpmFile,
    install: async (ctx, path, { inFile, installed, unsigned }) => {
      const { remote } = ctx
      const words = [...(unsigned ? ['--nogpgcheck'] : []), path]
      if (installed === undefined) {
        await remote.run(options)`dnf install -y ${words}`
        return
      }
      // `install` keeps a newer version, some releases with an error; `downgrade` refuses an older one
      const failure = await failureOf(remote.run(options)`dnf install -y ${words}`)
      const now = (await installedPackages(ctx, [inFile.name])).get(inFile.name)?.version
      if (failure === undefined && now === inFile.version) return
      // what changed something in spite of its error is not followed by more
      if (failure !== undefined && now !== installed) throw failure
      const second = await failureOf(remote.run(options)`dnf downgrade -y ${words}`)
      if (second !== undefined) throw failure ?? second
    },
  },
  holding: versionlock,
  refresh: async ({ remote }) => {
    // without --refresh, dnf uses its lists until metadata_expire: two days (dnf.conf(5))
    await remote.run(options)`dnf makecache --refresh`
    await remote.run({
      label: 'note that the package lists were refreshed',
    })`mkdir -p /var/cache/dnf && touch ${stamp}`
  },
  refreshed: shellProgram(refreshedFile, stamp),
  repositories: dnfRepositories,
}
