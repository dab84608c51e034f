/** Prepares this machine for test files: installs what they need if possible, and reports what is missing. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { declaredNeeds, missingNeeds, packagesOf, programPath } from './needs.ts'
import type { Need } from './needs.ts'

/** The machine that {@link prepareMachine} prepares. */
export interface Machine {
  readonly missing: (needs: readonly Need[]) => readonly Need[]
  /** Installs Debian packages; undefined for a user other than root and without apt-get. */
  readonly install?: (packages: readonly string[]) => void
  readonly say: (line: string) => void
  readonly ci: boolean
}

const aptInstall = (packages: readonly string[]): void => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...words: readonly string[]): void => {
    execFileSync('apt-get', ['-qq', ...words], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...packages)
}

/** Returns whether this is a CI run, by the environment variable `CI`; in CI a test is never skipped. */
export const inCi = (): boolean => !['', '0', 'false', undefined].includes(process.env['CI'])

/** Returns this machine. */
export const thisMachine = (): Machine => ({
  missing: missingNeeds,
  ...(process.getuid?.() === 0 && programPath('apt-get') !== undefined && { install: aptInstall }),
  say: (line) => console.log(line),
  ci: inCi(),
})

/** Installs missing packages, and prints one line about what it installs and one about what is still missing. */
export const prepareMachine = (needs: readonly Need[], { missing, install, say, ci }: Machine): void => {
  const before = missing(needs)
  const packages = packagesOf(before)
  if (packages.length > 0 && install !== undefined) {
    say(`tests: installing ${packages.join(', ')} with apt-get`)
    try {
      install(packages)
    } catch (error) {
      say(`tests: the installation failed: ${error instanceof Error ? error.message.trim() : String(error)}`)
    }
  }
  const left = missing(before)
  if (left.length === 0) return
  const wanted = packagesOf(left)
  const hint = wanted.length === 0 ? '' : ` (as root: apt-get install ${wanted.join(' ')})`
  say(
    `tests: this machine lacks ${left.join(', ')}${hint}; tests that need them ${ci ? 'fail' : 'are skipped'}`,
  )
}

/** Returns the needs that files declare, each once. */
export const needsOfFiles = (files: readonly string[]): readonly Need[] => [
  ...new Set(files.flatMap((file) => declaredNeeds(readFileSync(file, 'utf8')))),
]
