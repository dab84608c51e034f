import { CoxswainError } from '../../../engine/index.ts'
import { appendLines, linesOf, spliceLines } from '../../shared/lines.ts'
import { keyOf, keyText, plainFile } from './repository.ts'
import type { Place, Repositories } from './repository.ts'
import { downloadTime } from './types.ts'

const keyFile = (file: string): string => `/etc/apk/keys/${file}`

/** The comment line above a repository, by which it is found again; apk ignores it. */
const mark = (name: string): string => `# ${name}, by coxswain`

/** The text of /etc/apk/repositories with a repository, or without it if there is no line for it. */
export const withRepository = (text: string | undefined, name: string, line: string | undefined): string => {
  const lines = linesOf(text ?? '')
  const at = lines.indexOf(mark(name))
  const ours = line === undefined ? [] : [mark(name), line]
  if (at >= 0) return spliceLines(text ?? '', at, 2, ours)
  // another user added the line already
  if (line === undefined || lines.includes(line)) return text ?? ''
  return appendLines(text, ours)
}

const list = (name: string, line: string | undefined): Place => ({
  path: '/etc/apk/repositories',
  wanted: (text) => (text === undefined && line === undefined ? undefined : withRepository(text, name, line)),
})

/** Repositories of apk: lines of one file. The name of a key file must be the one that the owner signs with. */
export const apkRepositories: Repositories = {
  present: (repository) => {
    const { name, url, keyName = `${name}.rsa.pub`, unsigned } = repository
    if (unsigned)
      throw new CoxswainError('task-failed', `apk refuses unsigned repositories: ${name}`, {
        hint: 'sign it with abuild-sign, and set its key',
      })
    const key = keyOf(repository, 'PUBLIC KEY')
    const keys = key === undefined ? [] : [plainFile(keyFile(keyName), keyText(key))]
    return [...keys, list(name, url)]
  },
  absent: ({ name, keyName = `${name}.rsa.pub` }) => [
    list(name, undefined),
    plainFile(keyFile(keyName), undefined),
  ],
  // apk cannot read a single repository
  fetch: async ({ remote }) => {
    await remote.run({ timeout: downloadTime })`apk update --no-progress --wait 600`
  },
}
