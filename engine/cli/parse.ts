/** Parses a command line with commander, from the commands that {@link Command}s describe. */
import { Command as Commander, Option } from 'commander'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import { namesOf, notesOf } from './define-command.ts'
import type { ArgumentSpec, Command, CommandContext } from './define-command.ts'
import type { Given, OptionSpec } from './define-option.ts'
import { verbosityOptions } from './options/output.ts'
import { asStarted } from './program-name.ts'
import { unknownOption } from './unknown-option.ts'

/** A parsed command line: text to print, or a command to run. */
export type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command'
      /** The path of the command: `history show`. */
      readonly name: string
      /** The words of each argument. */
      readonly words: readonly (readonly string[])[]
      /** The texts of each option. */
      readonly given: Given
      readonly verbosity: number
      /** Runs it. Returns the exit status. */
      readonly start: (context: Omit<CommandContext, 'program' | 'help' | 'given'>) => Promise<number>
    }

const bracketed = (name: string, { count }: ArgumentSpec<unknown>): string => {
  switch (count) {
    case 'required':
      return `<${name}>`
    case 'optional':
      return `[${name}]`
    case 'rest':
      return `[${name}...]`
    case 'some':
      return `<${name}...>`
  }
}

/** The usage of a command, without its name. */
export const usageOf = (command: Command): string =>
  command.usage ??
  [
    ...(Object.keys(command.options).length === 0 ? [] : ['[options]']),
    ...Object.entries(command.arguments).map(([name, spec]) => bracketed(name, spec)),
  ].join(' ')

/** The text after the options in help: examples of a command and its subcommands, and its notes. */
const afterHelp = (command: Command, name: string): string => {
  const examples = [command, ...(command.commands ?? [])]
    .flatMap((one) => one.examples ?? [])
    .map(({ line, does }) => ({ line: line.replace(/(?<=^|\| )run\b/, () => name), does }))
  const notes = notesOf(command, name)
  const width = Math.max(0, ...examples.map(({ line }) => line.length))
  const lines = examples.map(({ line, does }) => `  ${line.padEnd(Math.min(width, 56))}  ${does}`)
  return [
    ...(lines.length === 0 ? [] : ['', 'Examples:', ...lines]),
    ...(notes === undefined ? [] : ['', notes]),
  ].join('\n')
}

/** The texts of each option. Two commands can share an option, which is then accepted after either name. */
type Found = Map<OptionSpec<unknown>, (string | undefined)[]>

/** Declares an option, and records its texts. */
const declareOption = (commander: Commander, option: OptionSpec<unknown>, found: Found): void => {
  const declared = new Option(option.flags, option.description)
  commander.addOption(declared)
  commander.on(`option:${declared.name()}`, (value: unknown) => {
    const before = found.get(option) ?? []
    found.set(option, [...before, typeof value === 'string' ? value : undefined])
  })
}

/** The words of each argument, in their order. */
const wordsOf = (values: readonly unknown[]): string[][] =>
  values.map((value) => {
    if (typeof value === 'string') return [value]
    return Array.isArray(value) ? value.map(String) : []
  })

/**
 * The words of a command that takes options before and after its first argument. Commander stops at the first argument, so
 * the words after it are parsed separately.
 *
 * @throws what commander throws for an unknown option, a missing argument, or `--help`.
 */
const endedOptions = (
  commander: Commander,
  command: Command,
  [first = [], rest = []]: string[][],
): string[][] => {
  const { operands, unknown } = commander.parseOptions([...rest])
  const [option] = unknown
  if (option === '-h' || option === '--help') commander.help()
  if (option !== undefined) commander.error(`error: unknown option '${option}'`)
  const name = Object.keys(command.arguments).at(-1) ?? ''
  if (operands.length === 0) commander.error(`error: missing required argument '${name}'`)
  return [first, operands]
}

/** The options given before the name of a command that the command does not have. Every command takes `-v`. */
const foreignOptions = (command: Command, found: Found): OptionSpec<unknown>[] => {
  const own = new Set<OptionSpec<unknown>>([...Object.values(command.options), verbosityOptions.verbose])
  return [...found.keys()].filter((option) => !own.has(option))
}

const isHelp = (option: OptionSpec<unknown>): boolean => namesOf(option).includes('--help')

/**
 * Refuses options that would have no effect: a user could take `--check` for effective.
 *
 * @throws `usage`.
 */
const refuseForeignOptions = (command: Command, [foreign]: readonly OptionSpec<unknown>[]): void => {
  if (foreign === undefined) return
  const name = namesOf(foreign).at(-1) ?? ''
  throw new CoxswainError('usage', `the command ${command.name} has no option ${name}`, {
    hint: `leave ${name} out; \`run ${command.name} --help\` lists its options`,
  })
}

interface Building {
  /** The name of the program. */
  readonly name: string
  readonly found: Found
  readonly print: (text: string) => void
  /** Called with a command whose words cannot be parsed. */
  readonly failed: (commander: Commander) => void
  /** Called with the command and its words. */
  readonly chosen: (command: Command, commander: Commander, words: string[][]) => void
}

const build = (commander: Commander, command: Command, building: Building): Commander => {
  const { name: programName, found, print, failed, chosen } = building
  commander
    .description(command.summary)
    .helpCommand(false)
    // options after the name of a command belong to that command
    .enablePositionalOptions()
    .exitOverride((error) => {
      failed(commander)
      throw error
    })
    .configureOutput({ writeOut: print, writeErr: print })
  commander.usage(usageOf(command))
  for (const [name, spec] of Object.entries(command.arguments))
    commander.argument(bracketed(name, spec), spec.description)
  for (const option of Object.values(command.options)) declareOption(commander, option, found)
  if (command.printsHelp === true) commander.helpOption(false)
  else commander.helpOption('-h, --help', 'show this help')
  commander.addHelpText('after', afterHelp(command, programName))
  for (const below of command.commands ?? [])
    build(commander.command(below.name, { hidden: below.hidden === true }), below, building)
  // commander passes the arguments, the options and itself
  if (command.endsOptions === true) commander.passThroughOptions()
  return commander.action((...values: unknown[]) => {
    const words = wordsOf(values.slice(0, -2))
    chosen(command, commander, command.endsOptions === true ? endedOptions(commander, command, words) : words)
  })
}

const pathOf = (commander: Commander): string =>
  commander.parent === null || commander.parent.parent === null
    ? commander.name()
    : `${pathOf(commander.parent)} ${commander.name()}`

/** Where the help of a command is. */
const helpHint = (commander: Commander | undefined): string =>
  commander === undefined || commander.parent === null
    ? 'see `run --help`'
    : `see \`run ${pathOf(commander)} --help\``

/**
 * Parses a command line.
 *
 * @throws `usage` for an invalid command line.
 */
export const parseCommandLine = (program: Command, argv: readonly string[], version: string): Parsed => {
  let printed = ''
  let parsed: Parsed | undefined
  /** The command whose words cannot be parsed. */
  let failing: Commander | undefined
  const found: Found = new Map()
  const given: Given = (option) => found.get(option) ?? []
  const root = build(new Commander(program.name), program, {
    name: program.name,
    found,
    failed: (commander) => (failing = commander),
    print: (text) => (printed += asStarted(text, program.name)),
    chosen: (command, commander, words) => {
      const help = (): string =>
        asStarted(`${commander.helpInformation()}${afterHelp(command, program.name)}\n`, program.name)
      const foreign = foreignOptions(command, found)
      if (foreign.some(isHelp)) {
        parsed = { kind: 'text', text: help() }
        return
      }
      refuseForeignOptions(command, foreign)
      const prepared = command.prepare(words, given)
      parsed = {
        kind: 'command',
        name: pathOf(commander),
        words,
        given,
        verbosity: verbosityOptions.verbose.read(given(verbosityOptions.verbose)),
        start: (context) =>
          prepared({
            ...context,
            given,
            program,
            help,
          }),
      }
    },
  })
  root.version(version, '-V, --version', 'print the version')
  try {
    root.parse([...argv], { from: 'user' })
  } catch (error) {
    if (isCoxswainError(error)) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'commander.helpDisplayed' || code === 'commander.help' || code === 'commander.version')
      return { kind: 'text', text: printed }
    const said = printed.trim().replace(/^error: /, '')
    const hint = helpHint(failing)
    throw (
      unknownOption(said, program, { cause: error, hint }) ??
      new CoxswainError('usage', said || String(error), { cause: error, hint })
    )
  }
  return parsed ?? { kind: 'text', text: printed }
}
