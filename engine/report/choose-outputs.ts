import { resolve } from 'node:path'
import { CoxswainError } from '../errors.ts'
import { outputs } from './outputs.ts'
import type { OutputKind } from './outputs.ts'

/** An output that was asked for, and where it goes: standard output where no file is named. */
export interface OutputRequest {
  readonly kind: OutputKind
  readonly file?: string
  /** Shows what -v shows, whether it is given or not. */
  readonly detailed?: boolean
}

/** An output that goes to a file. */
export type FileOutput = OutputRequest & Required<Pick<OutputRequest, 'file'>>

/** Where all outputs of a run go. */
export interface ChosenOutputs {
  readonly screen: OutputKind
  readonly files: readonly FileOutput[]
}

/** What standard output is. */
export interface Screen {
  /** Whether it is a terminal. */
  readonly isTTY: boolean
  /** Whether this is a continuous integration job, whose log keeps every picture of a tree. */
  readonly ci: boolean
}

const goesToFile = (request: OutputRequest): request is FileOutput => request.file !== undefined

const usual = ({ isTTY, ci }: Screen): OutputKind => (isTTY && !ci ? 'tree' : 'plain')

/**
 * Which output goes where. Of several for standard output the last one counts, as with other options. Without a request for standard output, that is a tree where a person watches, and plain lines
 * elsewhere. A tree moves the cursor, so where there is no terminal it becomes plain even if it was asked for.
 *
 * @throws `usage` for two outputs that go to one file, and for one that cannot go where it is wanted.
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
