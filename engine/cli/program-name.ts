/** The names of the program: `run`, and `coxswain` where `run` would be another package's. Pure. */
import { basename } from 'node:path'

/** The names under which package.json installs the program. */
export const programNames = ['run', 'coxswain'] as const

/** One of {@link programNames}. */
export type ProgramName = (typeof programNames)[number]

/**
 * The name that the program was started with.
 *
 * @param script its path, as in `process.argv[1]`, where a link has its own name.
 */
export const programNameOf = (script: string | undefined): ProgramName =>
  basename(script ?? '', '.js') === 'coxswain' ? 'coxswain' : 'run'

/**
 * Replaces `run` in commands, each in backticks, with the name that the program was started with.
 *
 * @example
 * asStarted('see `run --help`', 'coxswain') // 'see `coxswain --help`'
 */
export const asStarted = (text: string, name: string): string =>
  name === 'run' ? text : text.replaceAll(/`run(?=[ `])/g, () => `\`${name}`)
