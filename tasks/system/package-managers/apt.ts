import { downloadTime, versionsFrom } from './types.ts'
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

/** Debian and its family. */
export const apt: PackageManager = {
  installed: async ({ remote }, names) => {
    const { stdout } =
      await remote.query`dpkg-query -W -f ${'${Package} ${Version} ${db:Status-Status}\\n'} ${names}`.result()
    return versionsFrom(stdout.split('\n').filter((line) => line.endsWith(' installed')))
  },
  install: async ({ remote }, packages) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
    await remote.run(options)`apt-get install ${words} --allow-downgrades ${wanted}`
  },
  remove: async ({ remote }, names) => {
    await remote.run(options)`apt-get remove ${words} ${names}`
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`apt-get update ${words.slice(0, 1)} -o DPkg::Lock::Timeout=600`
  },
}
