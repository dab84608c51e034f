import { keyOf, keyText, whole } from './repository.ts'
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
    // dnf takes it into rpm's database when it first needs it
    ...(key !== undefined && { gpgkey: `file://${keyFile(name)}` }),
    ...options,
  }
  const lines = Object.entries(fields).map(([field, value]) => `${field}=${value}\n`)
  return `[${name}]\n${lines.join('')}`
}

/** Repositories of dnf: each has a file and a key of its own. */
export const dnfRepositories: Repositories = {
  present: (repository) => {
    const key = keyOf(repository, 'PGP PUBLIC KEY BLOCK')
    const { name } = repository
    return [
      whole(keyFile(name), key === undefined ? undefined : keyText(key)),
      whole(repoFile(name), section(repository)),
    ]
  },
  absent: ({ name }) => [whole(repoFile(name), undefined), whole(keyFile(name), undefined)],
  fetch: async ({ remote }, name) => {
    // dnf.conf may say that one that cannot be read is passed over
    await remote.run({
      timeout: downloadTime,
    })`dnf makecache --refresh --repo ${name} ${`--setopt=${name}.skip_if_unavailable=False`}`
  },
}
