import { CoxswainError, defineTask, flag, ok, shellFile, shellProgram, words, z } from '../../engine/index.ts'
import { rowsIn, textIn } from './reading/values.ts'

const packagesFile = shellFile(import.meta.url, 'installed-packages.sh')

/** An installed package. */
export interface InstalledPackage {
  readonly name: string
  /** With the epoch, where it has one: `1:2.3-4`. */
  readonly version: string
  /** Undefined where the package manager does not say, as pacman. */
  readonly architecture: string | undefined
}

/** Parses what installed-packages.sh prints. */
export const parsePackages = (text: string): InstalledPackage[] =>
  rowsIn(text).flatMap(([name = '', version, architecture]) =>
    name === '' || version === undefined ? [] : [{ name, version, architecture: textIn(architecture) }],
  )

/** Reads which packages a host has. */
export const installedPackages = defineTask({
  name: 'installed-packages',
  description: 'Reads which packages are installed, and their versions.',
  reads: 'the database of dpkg, rpm, apk or pacman',
  example: { name: ['openssh-server'] },
  params: () =>
    z.object({
      name: words()
        .default([])
        .describe('only these packages; one that is not installed is not in the list. By default all'),
      required: flag()
        .default(true)
        .describe('fail on a host without a package manager; otherwise it has no packages'),
    }),
  async check({ remote }, { name, required }) {
    const command = remote.query({ label: 'list the packages' })`${shellProgram(packagesFile, ...name)}`
    const { code, ok: succeeded, stdout } = await command.result()
    const isMissing = code === 101
    if (isMissing && required)
      throw new CoxswainError('task-failed', 'the host does not have dpkg, rpm, apk or pacman')
    if (!succeeded && !isMissing) await command
    return ok(isMissing ? [] : parsePackages(stdout))
  },
})
