/** Commands of the command line: their names, arguments and options, and what they run. */
import type { Redactor } from '../run/masking/redactor.ts'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import type { Completion, Given, OptionSpec, OptionSpecs, ValuesOf } from './define-option.ts'
import { valuesOf } from './define-option.ts'
import type { Outlets } from './outlets.ts'
import { originOf } from './project/given.ts'
import type { Origin } from './project/given.ts'
import type { Project } from './project/project.ts'

/** A word, or words, after the name of a command. */
export interface ArgumentSpec<Value> {
  /** `required` and `optional` are one word, `rest` is any number of words, `some` at least one. */
  readonly count: 'required' | 'optional' | 'rest' | 'some'
  readonly description: string
  readonly completion: Completion
  /** Returns the value of the given words. */
  readonly read: (words: readonly string[]) => Value
}

/** Arguments by their names, in the order of the command line. */
export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec<unknown>>>

type ArgumentsOf<Specs extends ArgumentSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ArgumentSpec<infer Value> ? Value : never
}

/** A required word. */
export const required = (description: string, completion: Completion): ArgumentSpec<string> => ({
  count: 'required',
  description,
  completion,
  read: ([word = '']) => word,
})

/** An optional word. */
export const optional = (description: string, completion: Completion): ArgumentSpec<string | undefined> => ({
  count: 'optional',
  description,
  completion,
  read: ([word]) => word,
})

/** Any number of remaining words. */
export const rest = (description: string, completion: Completion): ArgumentSpec<readonly string[]> => ({
  count: 'rest',
  description,
  completion,
  read: (words) => words,
})

/** All remaining words, at least one. */
export const some = (description: string, completion: Completion): ArgumentSpec<readonly string[]> => ({
  count: 'some',
  description,
  completion,
  read: (words) => words,
})

/** A command line, and what it does. */
export interface Example {
  readonly line: string
  readonly does: string
}

/** Loads the task library. It is large, and many commands do not need it. */
export type LoadLibrary = () => Promise<Readonly<Record<string, unknown>>>

/** The names of the parameters of each task of a library, by the name of the task. */
export type ParamNames = Readonly<Record<string, readonly string[]>>

/** The task library. */
export interface Library {
  readonly load: LoadLibrary
  /** What completion needs of it, where that is known without loading it. */
  readonly paramNames?: () => ParamNames
}

/** What a command gets in addition to its arguments and options. */
export interface CommandContext {
  readonly redactor: Redactor
  readonly outlets: Outlets
  readonly loadLibrary: LoadLibrary
  /** {@link Library.paramNames} */
  readonly paramNames?: Library['paramNames']
  /**
   * Installs the loader of TypeScript modules. A command that loads a playbook or an inventory calls it once, after its own
   * imports, which the loader would slow down.
   */
  readonly loadHooks: () => void
  /**
   * The settings of the project that the working folder is in; they are loaded when they are first asked for.
   *
   * @throws `config-invalid`, `config-unsafe`, `load-failed`.
   */
  readonly project: () => Promise<Project>
  /** What the command line gives for each option. */
  readonly given: Given
  /** The root command, with all commands. */
  readonly program: Command
  /** The help of the command that runs. */
  readonly help: () => string
}

/** The arguments and options of a command. */
export interface CommandInput<Arguments extends ArgumentSpecs, Options extends OptionSpecs> {
  readonly arguments: ArgumentsOf<Arguments>
  readonly options: ValuesOf<Options>
}

/** What all commands have in common. */
interface CommandFacts {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** The usage without the name; by default made from arguments and options. */
  readonly usage?: string
  readonly examples?: readonly Example[]
  /** Text below the options in its help; a function gets the name of the program. */
  readonly notes?: string | ((program: string) => string)
  /** Not shown in help or completion. */
  readonly hidden?: boolean
  /** `-h` is one of its options: the command prints help itself. */
  readonly printsHelp?: boolean
  /**
   * Options end at the first word after the first argument, as in ssh: the words after it belong to the last argument. A
   * lone `--` before it ends them too.
   */
  readonly endsOptions?: boolean
  readonly commands?: readonly Command[]
}

/** The definition of a command. */
export interface CommandSpec<
  Arguments extends ArgumentSpecs,
  Options extends OptionSpecs,
> extends CommandFacts {
  readonly arguments: Arguments
  readonly options: Options
  /** Whether settings of the project count for this line, where options have such; by default they do. */
  readonly usesSettings?: (input: CommandInput<Arguments, Options>) => boolean
  /** Runs the command and returns the exit status. It imports its implementation, so that other commands do not load it. */
  readonly run: (input: CommandInput<Arguments, Options>, context: CommandContext) => Promise<number>
}

/** A command. The types of its arguments and options are not visible outside. */
export interface Command extends CommandFacts {
  readonly arguments: ArgumentSpecs
  readonly options: OptionSpecs
  /**
   * Reads arguments and options.
   *
   * @returns a function that runs the command.
   * @throws `usage` for an invalid option or argument.
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
 * Defines a command. Parsing, help, completion and docs/cli.md are derived from it.
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
  usesSettings = () => true,
  ...spec
}: CommandSpec<Arguments, Options>): Command => ({
  ...spec,
  prepare: (words, given) => {
    // the command line is checked before anything is loaded
    const input = { arguments: argumentsOf(spec.arguments, words), options: valuesOf(spec.options, given) }
    return async (context) => {
      if (!hasSettings(spec.options) || !usesSettings(input)) return run(input, context)
      const project = await context.project()
      return run({ ...input, options: settledValues(spec.options, given, project, context.outlets) }, context)
    }
  },
})

const hasSettings = (specs: OptionSpecs): boolean =>
  Object.values(specs).some(({ setting }) => setting !== undefined)

/** The values of options, with settings of the project where the command line says nothing. */
const settledValues = <Specs extends OptionSpecs>(
  specs: Specs,
  given: Given,
  project: Project,
  { err }: Outlets,
): ValuesOf<Specs> =>
  valuesOf(specs, (option) => {
    const { source, texts } = originOf(option, given, project, process.env)
    if (source === 'found') err(`inventory: ${texts.join(', ')}\n`)
    // an error of a setting names its file
    if (source === 'settings' && project.file !== undefined) checkSetting(option, texts, project.file)
    return texts
  })

const checkSetting = (option: OptionSpec<unknown>, texts: Origin['texts'], file: string): void => {
  try {
    option.read(texts)
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    const { code, message, hint } = error
    // the message begins with the name of the option, which the file does not have
    const shown = message.replace(/^--[\w-]+:? /, '')
    throw new CoxswainError(code, `${option.setting?.name ?? file}: ${shown}`, {
      cause: error,
      place: { file },
      hint,
    })
  }
}

/** The names of the visible commands directly below a command. */
export const commandNames = ({ commands = [] }: Command): string[] =>
  commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name)

/** The text below the options in the help of a command, with this name of the program. */
export const notesOf = ({ notes }: Command, program: string): string | undefined =>
  typeof notes === 'function' ? notes(program) : notes

/** The names of an option: `-i` and `--inventory`. */
export const namesOf = ({ flags }: OptionSpec<unknown>): string[] =>
  [...flags.matchAll(/(?<![\w-])--?[\w-]+/g)].map(([name]) => name)

/** Whether an option takes a text. */
export const takesText = ({ flags }: OptionSpec<unknown>): boolean => /[<[]/.test(flags)
