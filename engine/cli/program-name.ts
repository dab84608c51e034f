/** The names of the program: `run`, and `coxswain` where `run` would be another package's. Pure. */
import { basename } from 'node:path'

/** The names under which package.json installs the program. */
export const programNames = ['run', 'coxswain'] as const

/** One of them. */
export type ProgramName = (typeof programNames)[number]

/**
 * The name by which the program was started.
 *
 * @param script its path, as in `process.argv[1]`: a link keeps its own name there.
 */
export const programNameOf = (script: string | undefined): ProgramName =>
  basename(script ?? '', '.js') === 'coxswain' ? 'coxswain' : 'run'

/**
 * A text whose commands, each in backticks, have the name by which the program was started.
 *
 * @example
 * asStarted('see `run --help`', 'coxswain') // 'see `coxswain --help`'
 */
export const asStarted = (text: string, name: string): string =>
  name === 'run' ? text : text.replaceAll(/`run(?=[ `])/g, () => `\`${name}`)
