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

/** Debian and its family. */
export const apt: PackageManager = {
  installed: async (ctx, names) =>
    versionsFrom((await statuses(ctx, names)).filter((line) => line.endsWith(' installed'))),
  remains: async (ctx, names) =>
    (await statuses(ctx, names)).flatMap((line) =>
      line.endsWith(' config-files') ? [line.split(' ')[0] ?? ''] : [],
    ),
  install: async ({ remote }, packages) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    await remote.run(options)`apt-get install ${words} --allow-downgrades ${wanted}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`apt-get ${purge ? 'purge' : 'remove'} ${words} ${names}`
  },
  holding: {
    held: ({ remote }) => remote.query`apt-mark showhold`.lines(),
    hold: async ({ remote }, names, on) => {
      await remote.run`apt-mark ${on ? 'hold' : 'unhold'} ${names}`
    },
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apt-get update ${words.slice(0, 1)} -o DPkg::Lock::Timeout=600`
  },
}
