import { shell } from '../../../engine/index.ts'
import { dnfRepositories } from './dnf-repositories.ts'
import { installedOf } from './dnf-installed.ts'
import { versionlock } from './dnf-versionlock.ts'
import { downloadTime, versionsFrom } from './types.ts'
import type { PackageManager } from './types.ts'

const options = { timeout: downloadTime }

// where dnf-makecache.timer leaves a mark as well; the times of the lists themselves tell of one repository each
const stamp = '/var/cache/dnf/last_makecache'

/** Fedora, Red Hat and their family. */
export const dnf: PackageManager = {
  installed: installedOf,
  upgrades: async ({ remote }, names) =>
    versionsFrom(
      await remote.query`dnf -q --cacheonly repoquery --upgrades --latest-limit=1 --qf ${'%{name} %{version}-%{release}\\n%{name}.%{arch} %{version}-%{release}\\n'} ${names}`.lines(),
    ),
  install: async ({ remote }, packages, { latest, recommends }) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}-${version}`))
    // without --best what is installed in any version may stay as it is (dnf.conf(5))
    const best = latest ? ['--best'] : []
    const weak =
      recommends === undefined ? [] : [`--setopt=install_weak_deps=${recommends ? 'True' : 'False'}`]
    await remote.run(options)`dnf install -y ${[...best, ...weak, ...wanted]}`
  },
  remove: async ({ remote }, names) => {
    await remote.run(options)`dnf remove -y ${names}`
  },
  holding: versionlock,
  refresh: async ({ remote }) => {
    // without --refresh it looks no sooner than metadata_expire says: two days (dnf.conf(5))
    await remote.run(options)`dnf makecache --refresh`
    await remote.run({
      label: 'note that the package lists were refreshed',
    })`mkdir -p /var/cache/dnf && touch ${stamp}`
  },
  // dnf 5 has another folder for the lists; `dnf clean` empties both
  refreshed: shell`set -- /var/cache/dnf/*/repodata /var/cache/libdnf5/*/repodata; { [ -d "$1" ] || [ -d "$2" ]; } && stat -c %Y ${stamp}`,
  repositories: dnfRepositories,
}
