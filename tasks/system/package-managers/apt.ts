import { shell } from '../../../engine/index.ts'
import { aptRepositories } from './apt-repositories.ts'
import { downloadTime, versionsFrom } from './types.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { PackageManager } from './types.ts'

// nobody is there to answer, a file that was changed here stays, and another apt at work is waited for (apt.conf(5))
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

/** `name version status` of each package that dpkg knows anything of. */
const statuses = async ({ remote }: CheckContext, names: readonly string[]): Promise<string[]> => {
  const { stdout } =
    await remote.query`dpkg-query -W -f ${'${Package} ${Version} ${db:Status-Status}\\n'} ${names}`.result()
  return stdout.split('\n')
}

/** What `apt-cache policy` says of installed packages that have another candidate. */
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

// where Ubuntu and others leave a mark after each refresh that went well
const stamp = '/var/lib/apt/periodic/update-success-stamp'

/** Debian and its family. */
export const apt: PackageManager = {
  installed: async (ctx, names) =>
    versionsFrom((await statuses(ctx, names)).filter((line) => line.endsWith(' installed'))),
  remains: async (ctx, names) =>
    (await statuses(ctx, names)).flatMap((line) =>
      line.endsWith(' config-files') ? [line.split(' ')[0] ?? ''] : [],
    ),
  upgrades: async ({ remote }, names) => upgradesIn(await remote.query`apt-cache policy ${names}`.text()),
  install: async ({ remote }, packages, { recommends }) => {
    const along = recommends === undefined ? [] : [`--${recommends ? '' : 'no-'}install-recommends`]
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    await remote.run(options)`apt-get install ${words} --allow-downgrades ${[...along, ...wanted]}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`apt-get ${purge ? 'purge' : 'remove'} ${words} ${names}`
  },
  holding: {
    holdsMissing: true,
    held: ({ remote }) => remote.query`apt-mark showhold`.lines(),
    hold: async ({ remote }, names, on) => {
      await remote.run`apt-mark ${on ? 'hold' : 'unhold'} ${names}`
    },
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apt-get update ${words.slice(0, 1)} -o DPkg::Lock::Timeout=600`
    await remote.run`mkdir -p /var/lib/apt/periodic && touch ${stamp}`
  },
  // the lists of a container's image are often thrown away, the folder of what is under way with them
  refreshed: shell`[ -d /var/lib/apt/lists/partial ] && stat -c %Y ${stamp}`,
  repositories: aptRepositories,
}
