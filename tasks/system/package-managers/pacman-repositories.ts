import { shellFile, shellProgram } from '../../../engine/index.ts'
import { appendLines, linesOf, mapLines } from '../../shared/lines.ts'
import { keyOf, keyText, plainFile } from './repository.ts'
import type { Place, Repositories, Repository } from './repository.ts'
import { downloadTime } from './types.ts'

const trustKey = shellFile(import.meta.url, 'pacman-trust-key.sh')

const repoFile = (name: string): string => `/etc/pacman.d/${name}.repo`
const keyFile = (name: string): string => `/etc/pacman.d/${name}.asc`

const section = ({ name, url, unsigned, options }: Repository): string => {
  const fields = { Server: url, ...(unsigned && { SigLevel: 'Never' }), ...options }
  const lines = Object.entries(fields).map(([field, value]) => `${field} = ${value}\n`)
  return `[${name}]\n${lines.join('')}`
}

/**
 * The text of pacman.conf with a line at its end that includes the file of a repository, or without it. What follows such a
 * line would belong to the repository.
 */
export const withInclude = (text: string | undefined, name: string, on: boolean): string => {
  const line = `Include = ${repoFile(name)}`
  if (!on) return mapLines(text, (one) => (one === line ? [] : [one]))
  return linesOf(text).includes(line) ? (text ?? '') : appendLines(text, [line])
}

const list = (name: string, on: boolean): Place => ({
  path: '/etc/pacman.conf',
  wanted: (text) => (text === undefined && !on ? undefined : withInclude(text, name, on)),
})

/** Repositories of pacman: each has its own file, which pacman.conf includes, and a key in pacman's keyring. */
export const pacmanRepositories: Repositories = {
  keyPath: keyFile,
  present: (repository) => {
    const { name } = repository
    const key = keyOf(repository, 'PGP PUBLIC KEY BLOCK')
    return [
      plainFile(keyFile(name), key === undefined ? undefined : keyText(key)),
      plainFile(repoFile(name), section(repository)),
      list(name, true),
    ]
  },
  absent: ({ name }) => [
    list(name, false),
    plainFile(repoFile(name), undefined),
    plainFile(keyFile(name), undefined),
  ],
  // pacman cannot read a single repository
  fetch: async ({ remote }, name) => {
    if (await remote.exists(keyFile(name)))
      await remote.run({
        timeout: downloadTime,
        label: `trust the key of the repository ${name}`,
      })`${shellProgram(trustKey, keyFile(name))}`
    await remote.run({ timeout: downloadTime })`pacman -Sy --noprogressbar`
  },
}
