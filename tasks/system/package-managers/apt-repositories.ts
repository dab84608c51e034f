import { CoxswainError } from '../../../engine/index.ts'
import { keyOf, keyText, plainFile } from './repository.ts'
import type { Repositories, Repository } from './repository.ts'
import { downloadTime } from './types.ts'

const sourceFile = (name: string): string => `/etc/apt/sources.list.d/${name}.sources`
const keyFile = (name: string): string => `/etc/apt/keyrings/${name}.asc`

/** The stanza for sources.list(5), in deb822(5) format. */
const stanza = ({ name, url, suites, components, key, unsigned, options }: Repository): string => {
  // a suite that is a folder does not have components
  const folders = suites.every((suite) => suite.endsWith('/'))
  const fields = {
    Types: 'deb',
    URIs: url,
    Suites: suites.join(' '),
    ...(!folders && { Components: components.length === 0 ? 'main' : components.join(' ') }),
    ...(key !== undefined && { 'Signed-By': keyFile(name) }),
    ...(unsigned && { Trusted: 'yes' }),
    ...options,
  }
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('')
}

/** Repositories of apt: each has its own file and key. */
export const aptRepositories: Repositories = {
  keyPath: keyFile,
  present: (repository) => {
    const { name, suites } = repository
    if (suites.length === 0)
      throw new CoxswainError(
        'task-failed',
        `the repository ${name} needs suites, because this host uses apt`,
        {
          hint: 'such as suites=bookworm, or suites=./ for a folder of packages',
        },
      )
    const key = keyOf(repository, 'PGP PUBLIC KEY BLOCK')
    return [
      // the key first, so that the files are consistent at any time
      plainFile(keyFile(name), key === undefined ? undefined : keyText(key)),
      plainFile(sourceFile(name), stanza(repository)),
    ]
  },
  absent: ({ name }) => [plainFile(sourceFile(name), undefined), plainFile(keyFile(name), undefined)],
  fetch: async ({ remote }, name) => {
    const words = [
      'DPkg::Lock::Timeout=600',
      // without this, apt reports success if nothing could be fetched, and uses the old lists
      'APT::Update::Error-Mode=any',
      `Dir::Etc::sourcelist=${sourceFile(name)}`,
      'Dir::Etc::sourceparts=-',
      // keep the lists of all other repositories
      'APT::Get::List-Cleanup=0',
    ].flatMap((option) => ['-o', option])
    await remote.run({ timeout: downloadTime })`apt-get update -q ${words}`
  },
}
