import { keyOf, keyText, plainFile } from './repository.ts'
import type { Repositories, Repository } from './repository.ts'
import { downloadTime } from './types.ts'

const repoFile = (name: string): string => `/etc/yum.repos.d/${name}.repo`
const keyFile = (name: string): string => `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}`

const section = ({ name, url, key, unsigned, options }: Repository): string => {
  const fields = {
    name,
    baseurl: url,
    enabled: '1',
    gpgcheck: unsigned ? '0' : '1',
    // dnf imports the key into rpm's database on first use
    ...(key !== undefined && { gpgkey: `file://${keyFile(name)}` }),
    ...options,
  }
  const lines = Object.entries(fields).map(([field, value]) => `${field}=${value}\n`)
  return `[${name}]\n${lines.join('')}`
}

/** Repositories of dnf: each has its own file and key. */
export const dnfRepositories: Repositories = {
  keyPath: keyFile,
  present: (repository) => {
    const key = keyOf(repository, 'PGP PUBLIC KEY BLOCK')
    const { name } = repository
    return [
      plainFile(keyFile(name), key === undefined ? undefined : keyText(key)),
      plainFile(repoFile(name), section(repository)),
    ]
  },
  absent: ({ name }) => [plainFile(repoFile(name), undefined), plainFile(keyFile(name), undefined)],
  fetch: async ({ remote }, name) => {
    // dnf.conf can make dnf skip repositories that cannot be read
    await remote.run({
      timeout: downloadTime,
    })`dnf makecache --refresh --repo ${name} ${`--setopt=${name}.skip_if_unavailable=False`}`
  },
}
