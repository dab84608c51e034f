/** Commands of the command line: what they are called, what they take, and what runs. */
import type { Redactor } from '../run/masking/redactor.ts'
import type { Completion, Given, OptionSpec, OptionSpecs, ValuesOf } from './define-option.ts'
import { valuesOf } from './define-option.ts'
import type { Outlets } from './outlets.ts'

/** A word, or words, after the name of a command. */
export interface ArgumentSpec<Value> {
  /** `required` and `optional` are one word; `rest` is all that follow, `some` at least one. */
  readonly count: 'required' | 'optional' | 'rest' | 'some'
  readonly description: string
  readonly completion: Completion
  /** The value of the words that are given. */
  readonly read: (words: readonly string[]) => Value
}

/** Arguments by their names, in the order of the command line. */
export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec<unknown>>>

type ArgumentsOf<Specs extends ArgumentSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ArgumentSpec<infer Value> ? Value : never
}

/** A word that must be there. */
export const required = (description: string, completion: Completion): ArgumentSpec<string> => ({
  count: 'required',
  description,
  completion,
  read: ([word = '']) => word,
})

/** A word that can be left out. */
export const optional = (description: string, completion: Completion): ArgumentSpec<string | undefined> => ({
  count: 'optional',
  description,
  completion,
  read: ([word]) => word,
})

/** All words that are left, or none. */
export const rest = (description: string, completion: Completion): ArgumentSpec<readonly string[]> => ({
  count: 'rest',
  description,
  completion,
  read: (words) => words,
})

/** All words that are left, at least one. */
export const some = (description: string, completion: Completion): ArgumentSpec<readonly string[]> => ({
  count: 'some',
  description,
  completion,
  read: (words) => words,
})

/** A command line that does something, and what it does. */
export interface Example {
  readonly line: string
  readonly does: string
}

/** Loads the module whose tasks can be named on the command line. It is large, and many commands do without it. */
export type LoadLibrary = () => Promise<Readonly<Record<string, unknown>>>

/** What a command gets beside its arguments and options. */
export interface CommandContext {
  readonly redactor: Redactor
  readonly outlets: Outlets
  readonly loadLibrary: LoadLibrary
  /**
   * Installs what loads modules in TypeScript. A command that loads a playbook or an inventory calls it once, after its own
   * imports, which would be slower with it.
   */
  readonly loadHooks: () => void
  /** The command line, with every command below it. */
  readonly program: Command
  /** The help of the command that runs. */
  readonly help: () => string
}

/** What a command is given of the command line. */
export interface CommandInput<Arguments extends ArgumentSpecs, Options extends OptionSpecs> {
  readonly arguments: ArgumentsOf<Arguments>
  readonly options: ValuesOf<Options>
}

/** What all commands have in common. */
interface CommandFacts {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** What stands after the name, where it is not what follows from arguments and options. */
  readonly usage?: string
  readonly examples?: readonly Example[]
  /** Text below the options in its help; a function is given the name of the program. */
  readonly notes?: string | ((program: string) => string)
  /** Not shown in help or completion. */
  readonly hidden?: boolean
  /** `-h` is among its options: the command prints help itself. */
  readonly printsHelp?: boolean
  /**
   * Options end at the first word after the first argument, as those of ssh do: what follows belongs to the last argument. A
   * lone `--` before it ends them too.
   */
  readonly endsOptions?: boolean
  readonly commands?: readonly Command[]
}

/** A command as {@link defineCommand} takes it. */
export interface CommandSpec<
  Arguments extends ArgumentSpecs,
  Options extends OptionSpecs,
> extends CommandFacts {
  readonly arguments: Arguments
  readonly options: Options
  /** Runs the command; it imports what it needs then, so that no other command waits for it. Gives the exit status. */
  readonly run: (input: CommandInput<Arguments, Options>, context: CommandContext) => Promise<number>
}

/** A command whose arguments and options have types that only it knows. */
export interface Command extends CommandFacts {
  readonly arguments: ArgumentSpecs
  readonly options: OptionSpecs
  /**
   * Reads the words and options that are given.
   *
   * @returns what runs the command.
   * @throws `usage` for what an option or an argument does not take.
   */
  readonly prepare: (
    words: readonly (readonly string[])[],
    given: Given,
  ) => (context: CommandContext) => Promise<number>
}

function argumentsOf<Specs extends ArgumentSpecs>(
  specs: Specs,
  words: readonly (readonly string[])[],
): ArgumentsOf<Specs>
function argumentsOf(specs: ArgumentSpecs, words: readonly (readonly string[])[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec], index) => [name, spec.read(words[index] ?? [])]),
  )
}

/**
 * Makes a command. Parsing, help, completion and docs/cli.md are made from it.
 *
 * @example
 * export const greet = defineCommand({
 *   name: 'greet',
 *   summary: 'Greets a person.',
 *   arguments: { person: required('whom to greet', 'nothing') },
 *   options: { loud: flag('--loud', 'in capitals') },
 *   run: async ({ arguments: { person }, options }, { outlets }) => (await import('./greeting.ts')).greet(…),
 * })
 */
export const defineCommand = <const Arguments extends ArgumentSpecs, const Options extends OptionSpecs>({
  run,
  ...spec
}: CommandSpec<Arguments, Options>): Command => ({
  ...spec,
  prepare: (words, given) => {
    const input = { arguments: argumentsOf(spec.arguments, words), options: valuesOf(spec.options, given) }
    return (context) => run(input, context)
  },
})

/** The names of the visible commands directly below a command. */
export const commandNames = ({ commands = [] }: Command): string[] =>
  commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name)

/** The text below the options in a command's help, where the program has this name. */
export const notesOf = ({ notes }: Command, program: string): string | undefined =>
  typeof notes === 'function' ? notes(program) : notes

/** The names of an option: `-i` and `--inventory`. */
export const namesOf = ({ flags }: OptionSpec<unknown>): string[] =>
  [...flags.matchAll(/(?<![\w-])--?[\w-]+/g)].map(([name]) => name)

/** Whether text stands after an option. */
export const takesText = ({ flags }: OptionSpec<unknown>): boolean => /[<[]/.test(flags)
