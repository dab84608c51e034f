import { downloadTime, versionsFrom } from './types.ts'
import type { PackageManager } from './types.ts'

const options = { timeout: downloadTime }

/** Fedora, Red Hat and their family. */
export const dnf: PackageManager = {
  installed: async ({ remote }, names) => {
    const { stdout } = await remote.query`rpm -q --qf ${'%{NAME} %{VERSION}-%{RELEASE}\\n'} ${names}`.result()
    return versionsFrom(
      stdout.split('\n').filter((line) => line !== '' && !line.endsWith('is not installed')),
    )
  },
  install: async ({ remote }, packages) => {
    const wanted = packages.map(({ name, version }) => (version === undefined ? name : `${name}-${version}`))
    await remote.run(options)`dnf install -y ${wanted}`
  },
  remove: async ({ remote }, names) => {
    await remote.run(options)`dnf remove -y ${names}`
  },
  refresh: async ({ remote }) => {
    await remote.run(options)`dnf makecache`
  },
}
