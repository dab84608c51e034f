import { downloadTime } from './types.ts'
import type { PackageManager } from './types.ts'

const options = { timeout: downloadTime }

/** Blocks of the database, a letter and a colon before each field (apk-installed(5)): P is the name, V the version. */
export const versionsInDatabase = (text: string): Map<string, string> =>
  new Map(
    text.split('\n\n').flatMap((block): [string, string][] => {
      const [, name] = /^P:(.+)$/m.exec(block) ?? []
      const [, version] = /^V:(.+)$/m.exec(block) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    }),
  )

/** Alpine. */
export const apk: PackageManager = {
  installed: async ({ remote }) => versionsInDatabase((await remote.read('/lib/apk/db/installed')) ?? ''),
  install: async ({ remote }, packages) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    await remote.run(options)`apk add --no-progress --wait 600 ${wanted}`
  },
  remove: async ({ remote }, names, purge) => {
    await remote.run(options)`apk del --no-progress --wait 600 ${[...(purge ? ['--purge'] : []), ...names]}`
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apk update --no-progress --wait 600`
  },
}
