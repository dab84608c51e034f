/** Repositories of package managers for rpm: each has its own file and key. */
import { keyOf, keyText, plainFile } from './repository.ts'
import type { Repositories, Repository } from './repository.ts'
import { downloadTime } from './types.ts'

const keyFile = (name: string): string => `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}`

/** What differs between them. */
interface Kind extends Pick<Repositories, 'fetch'> {
  /** The folder of the files. */
  readonly folder: string
  /** Fields that each repository has. */
  readonly fields: Readonly<Record<string, string>>
}

const sectionOf = ({ name, url, key, unsigned, options }: Repository, fields: Kind['fields']): string => {
  const all = {
    name,
    baseurl: url,
    enabled: '1',
    ...fields,
    gpgcheck: unsigned ? '0' : '1',
    // dnf imports the key into rpm's database on first use
    ...(key !== undefined && { gpgkey: `file://${keyFile(name)}` }),
    ...options,
  }
  const lines = Object.entries(all).map(([field, value]) => `${field}=${value}\n`)
  return `[${name}]\n${lines.join('')}`
}

const rpmRepositories = ({ folder, fields, fetch }: Kind): Repositories => {
  const repoFile = (name: string): string => `${folder}/${name}.repo`
  return {
    keyPath: keyFile,
    present: (repository) => {
      const key = keyOf(repository, 'PGP PUBLIC KEY BLOCK')
      const { name } = repository
      return [
        plainFile(keyFile(name), key === undefined ? undefined : keyText(key)),
        plainFile(repoFile(name), sectionOf(repository, fields)),
      ]
    },
    absent: ({ name }) => [plainFile(repoFile(name), undefined), plainFile(keyFile(name), undefined)],
    fetch,
  }
}

/** Repositories of dnf. */
export const dnfRepositories = rpmRepositories({
  folder: '/etc/yum.repos.d',
  fields: {},
  fetch: async ({ remote }, name) => {
    // dnf.conf can make dnf skip repositories that cannot be read
    await remote.run({
      timeout: downloadTime,
    })`dnf makecache --refresh --repo ${name} ${`--setopt=${name}.skip_if_unavailable=False`}`
  },
})

/** Repositories of zypper. */
export const zypperRepositories = rpmRepositories({
  folder: '/etc/zypp/repos.d',
  fields: { autorefresh: '1' },
  fetch: async ({ remote }, name) => {
    // a key that the repository itself offers is not accepted: --gpg-auto-import-keys would accept any
    if (await remote.exists(keyFile(name))) await remote.run`rpm --import ${keyFile(name)}`
    await remote.run({ timeout: downloadTime })`zypper --non-interactive refresh ${name}`
  },
})
