import { shell } from '../../../engine/index.ts'
import { apkRepositories } from './apk-repositories.ts'
import { downloadTime } from './types.ts'
import type { Installed, PackageManager } from './types.ts'

const options = { timeout: downloadTime }

/**
 * Versions from the database: blocks with a letter and a colon before each field (apk-installed(5)). P is the name, V the
 * version.
 */
export const versionsInDatabase = (text: string): Map<string, string> =>
  new Map(
    text.split('\n\n').flatMap((block): [string, string][] => {
      const [, name] = /^P:(.+)$/m.exec(block) ?? []
      const [, version] = /^V:(.+)$/m.exec(block) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    }),
  )

/** What installed packages provide (p in the database: `cmd:git=2.45.2-r0 so:libc.so=1`), and which package provides it. */
const providersIn = (text: string): Map<string, Installed> =>
  new Map(
    text.split('\n\n').flatMap((block): [string, Installed][] => {
      const [, as] = /^P:(.+)$/m.exec(block) ?? []
      const [, version] = /^V:(.+)$/m.exec(block) ?? []
      const [, provides = ''] = /^p:(.+)$/m.exec(block) ?? []
      if (as === undefined || version === undefined) return []
      return provides.split(' ').map((word) => {
        const [name = '', given = version] = word.split('=')
        return [name, { version: given, as, provides: true }]
      })
    }),
  )

/**
 * Parses lines such as `curl-8.9.1-r1 < 8.9.1-r2` (apk-version(8)). A version begins at the last dash before a digit,
 * except that of the release.
 */
export const upgradesIn = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, name, version] = /^(\S+)-[^\s-]+-r\d+\s+<\s+(\S+)/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    }),
  )

/** Alpine. Its packages do not have recommendations. */
export const apk: PackageManager = {
  installed: async ({ remote }, names) => {
    const text = (await remote.read('/lib/apk/db/installed')) ?? ''
    const [versions, providers] = [versionsInDatabase(text), providersIn(text)]
    return new Map(
      names.flatMap((name): [string, Installed][] => {
        const version = versions.get(name)
        const found = version === undefined ? providers.get(name) : { version, as: name, provides: false }
        return found === undefined ? [] : [[name, found]]
      }),
    )
  },
  upgrades: async ({ remote }, names) =>
    upgradesIn(await remote.query`apk version --no-network -l ${'<'} ${names}`.text()),
  install: async ({ remote }, packages, { latest }) => {
    const upgrade = latest ? ['--upgrade'] : []
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    await remote.run(options)`apk add --no-progress --wait 600 ${[...upgrade, ...wanted]}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`apk del --no-progress --wait 600 ${[...(purge ? ['--purge'] : []), ...names]}`
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apk update --no-progress --wait 600`
  },
  refreshed: shell`stat -c %Y /var/cache/apk/APKINDEX.* /etc/apk/cache/APKINDEX.*`,
  repositories: apkRepositories,
}
