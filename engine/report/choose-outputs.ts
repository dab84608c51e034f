import { resolve } from 'node:path'
import { CoxswainError } from '../errors.ts'
import { outputs } from './outputs.ts'
import type { OutputKind } from './outputs.ts'

/** A requested output and its destination: standard output if no file is given. */
export interface OutputRequest {
  readonly kind: OutputKind
  readonly file?: string
  /** Shows what -v shows, even without it. */
  readonly detailed?: boolean
}

/** An output that goes to a file. */
export type FileOutput = OutputRequest & Required<Pick<OutputRequest, 'file'>>

/** The destinations of all outputs of a run. */
export interface ChosenOutputs {
  readonly screen: OutputKind
  readonly files: readonly FileOutput[]
}

/** Properties of standard output. */
export interface Screen {
  /** Whether it is a terminal. */
  readonly isTTY: boolean
  /** Whether this is a continuous integration job, whose log would record every redraw of a tree. */
  readonly ci: boolean
}

const goesToFile = (request: OutputRequest): request is FileOutput => request.file !== undefined

const usual = ({ isTTY, ci }: Screen): OutputKind => (isTTY && !ci ? 'tree' : 'plain')

/**
 * Chooses the destination of each output. Of several for standard output, the last one wins, as with other options.
 * The default for standard output is `tree` on a terminal and `plain` elsewhere. A tree moves the cursor, so without
 * a terminal it becomes `plain` even if it was requested.
 *
 * @throws `usage` for two outputs to one file, and for an output that does not support its destination.
 */
export const chooseOutputs = (requested: readonly OutputRequest[], where: Screen): ChosenOutputs => {
  const files = requested.filter(goesToFile)
  const screens = requested.filter(({ file }) => file === undefined).map(({ kind }) => kind)
  for (const { kind, file } of files) {
    if (outputs[kind].toFile === undefined)
      throw new CoxswainError('usage', `--output ${kind}=${file}: ${kind} needs a terminal`, {
        hint: `to keep lines of text, write --output plain=${file}`,
      })
    if (files.filter((other) => resolve(other.file) === resolve(file)).length > 1)
      throw new CoxswainError('usage', `--output: two outputs go to ${file}`, {
        hint: 'name a file for each',
      })
  }
  for (const kind of screens)
    if (!outputs[kind].toScreen)
      throw new CoxswainError('usage', `--output ${kind}: ${kind} goes to a file`, {
        hint: `name it: --output ${kind}=FILE`,
      })
  const screen = screens.at(-1) ?? usual(where)
  return { screen: screen === 'tree' && !where.isTTY ? 'plain' : screen, files }
}
