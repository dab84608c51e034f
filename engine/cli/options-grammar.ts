import type { Command } from 'commander'

/** An option as completion needs it. */
export interface OptionWords {
  /** `-i` and `--inventory`. */
  readonly names: readonly string[]
  /** Whether a value stands behind it. */
  readonly takesValue: boolean
  readonly description: string
}

/** A command, and those below it. */
export interface Grammar {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionWords[]
  readonly commands: readonly Grammar[]
}

/** The commands and options of a command line, as plain data. */
export const grammarOf = (command: Command): Grammar => ({
  name: command.name(),
  description: command.description(),
  options: command.options
    .filter(({ hidden }) => !hidden)
    .map(({ short, long, required, optional, description }) => ({
      names: [short, long].filter((name) => name !== undefined),
      takesValue: required || optional,
      description,
    })),
  commands: command.commands
    .filter((below) => !below.name().startsWith('__'))
    .map((below) => grammarOf(below)),
})
