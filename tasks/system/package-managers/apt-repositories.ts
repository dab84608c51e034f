import { CoxswainError } from '../../../engine/index.ts'
import { keyOf, keyText, whole } from './repository.ts'
import type { Repositories, Repository } from './repository.ts'
import { downloadTime } from './types.ts'

const sourceFile = (name: string): string => `/etc/apt/sources.list.d/${name}.sources`
const keyFile = (name: string): string => `/etc/apt/keyrings/${name}.asc`

/** The stanza of sources.list(5), in the form of deb822(5). */
const stanza = ({ name, url, suites, components, key, unsigned, options }: Repository): string => {
  // a suite that is a folder has no components
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

/** Repositories of apt: each has a file and a key of its own. */
export const aptRepositories: Repositories = {
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
      // the key first: what is written is whole at any time
      whole(keyFile(name), key === undefined ? undefined : keyText(key)),
      whole(sourceFile(name), stanza(repository)),
    ]
  },
  absent: ({ name }) => [whole(sourceFile(name), undefined), whole(keyFile(name), undefined)],
  fetch: async ({ remote }, name) => {
    const words = [
      'DPkg::Lock::Timeout=600',
      // by itself apt calls it a success when nothing could be fetched, and goes on with what it had
      'APT::Update::Error-Mode=any',
      `Dir::Etc::sourcelist=${sourceFile(name)}`,
      'Dir::Etc::sourceparts=-',
      // the lists of all others stay
      'APT::Get::List-Cleanup=0',
    ].flatMap((option) => ['-o', option])
    await remote.run({ timeout: downloadTime })`apt-get update -q ${words}`
  },
}
