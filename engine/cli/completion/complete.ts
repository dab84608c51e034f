/** Completes the word at the cursor. Pure, except for what it reads through {@link CompletionSource}. */
import { outputKinds, outputs } from '../../report/outputs.ts'
import { commandNames, namesOf, takesText } from '../define-command.ts'
import type { Command } from '../define-command.ts'
import type { Completion, OptionSpec } from '../define-option.ts'

/** What completion reads on demand, without connecting to hosts. */
export interface CompletionSource {
  /** Names of tasks. */
  readonly tasks: () => Promise<readonly string[]>
  /** Names of a task's parameters; empty for an unknown task. */
  readonly params: (task: string) => Promise<readonly string[]>
  /** Names of the playbooks and tasks of the project; none where it cannot be read. */
  readonly names: () => Promise<readonly string[]>
  /** Hosts and groups of these inventories, or of the default inventory. */
  readonly hosts: (inventories: readonly string[]) => Promise<readonly string[]>
  /** Tags of a playbook. */
  readonly tags: (playbook: string, inventories: readonly string[]) => Promise<readonly string[]>
  /** Names of the variables that a playbook reads; without a playbook, of those in the inventories. */
  readonly variables: (
    playbook: string | undefined,
    inventories: readonly string[],
  ) => Promise<readonly string[]>
  /** Files and folders that start with this text; a folder ends with a slash. */
  readonly files: (start: string) => Promise<readonly string[]>
}

/** The parsed words before the cursor. */
interface Line {
  readonly program: Command
  readonly command: Command
  readonly plain: readonly string[]
  readonly inventories: readonly string[]
  /** The option that the last word is a value of. */
  readonly open: OptionSpec<unknown> | undefined
  /** Whether there was a lone `--`. */
  readonly ended: boolean
}

const optionNamed = ({ options }: Command, word: string): OptionSpec<unknown> | undefined =>
  Object.values(options).find((option) => namesOf(option).includes(word))

const visible = ({ commands = [] }: Command): readonly Command[] =>
  commands.filter(({ hidden }) => hidden !== true)

const read = (program: Command, words: readonly string[]): Line => {
  let command = program
  const plain: string[] = []
  const inventories: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--') return { program, command, plain, inventories, open: undefined, ended: true }
    const option = optionNamed(command, word)
    if (option !== undefined && takesText(option)) {
      index += 1
      const value = words[index]
      if (value === undefined) return { program, command, plain, inventories, open: option, ended: false }
      if (namesOf(option).includes('--inventory')) inventories.push(value)
    } else if (word.startsWith('--inventory=')) inventories.push(word.slice('--inventory='.length))
    else if (!word.startsWith('-')) {
      const below = plain.length === 0 ? visible(command).find(({ name }) => name === word) : undefined
      if (below === undefined) plain.push(word)
      else command = below
    }
  }
  return { program, command, plain, inventories, open: undefined, ended: false }
}

/** Whether the first argument of a command is a playbook. */
const takesPlaybook = (command: Command): boolean => {
  const [argument] = Object.values(command.arguments)
  return argument?.completion === 'target' || argument?.completion === 'playbook or name'
}

const scripts = /\/$|\.[cm]?[jt]s$/

/** Names with the earlier parts of the pattern or list before them. */
const withPrefix = (start: string, marks: RegExp, names: readonly string[]): string[] => {
  const kept = marks.exec(start)?.[0] ?? ''
  return names.map((name) => kept + name)
}

/** Words of one source, read when they are needed. */
type Group = () => Promise<readonly string[]>

/** All words of this kind. The groups that run code of the project come last: that code can take its time. */
const candidates = (
  completion: Completion,
  { program, command, plain, inventories }: Line,
  start: string,
  source: CompletionSource,
): readonly Group[] => {
  if (typeof completion !== 'string') return [async () => completion]
  const files = () => source.files(start)
  const playbooks = async () => (await files()).filter((file) => scripts.test(file))
  const [first] = plain
  switch (completion) {
    case 'hosts':
      return [async () => withPrefix(start, /^.*[,:&!]/, await source.hosts(inventories))]
    case 'tags':
      return first === undefined
        ? []
        : [async () => withPrefix(start, /^.*,/, await source.tags(first, inventories))]
    case 'variables': {
      if (start.startsWith('@'))
        return [async () => (await source.files(start.slice(1))).map((file) => `@${file}`)]
      const playbook = takesPlaybook(command) ? first : undefined
      return [async () => (await source.variables(playbook, inventories)).map((name) => `${name}=`)]
    }
    case 'outputs': {
      const [, kind, file] = /^([^=]*=)(.*)$/s.exec(start) ?? []
      return kind === undefined || file === undefined
        ? [async () => outputKinds.map((one) => (outputs[one].toScreen ? one : `${one}=`))]
        : [async () => (await source.files(file)).map((one) => kind + one)]
    }
    case 'playbook':
      return [playbooks]
    case 'playbook or name':
      return [playbooks, source.names]
    case 'task':
      return [source.tasks]
    case 'target':
      return [async () => commandNames(command), source.tasks, playbooks, source.names]
    case 'help': {
      let below: Command | undefined = program
      for (const word of plain)
        below = below === undefined ? undefined : visible(below).find(({ name }) => name === word)
      const names = below === undefined ? [] : commandNames(below)
      return first === undefined ? [async () => names, source.tasks] : [async () => names]
    }
    case 'parameters':
      return first === undefined ? [] : [async () => (await source.params(first)).map((name) => `${name}=`)]
    case 'run':
      return [async () => ['last'], playbooks]
    case 'folder':
      return [async () => (await files()).filter((file) => file.endsWith('/'))]
    case 'file':
      return [files]
    case 'nothing':
      return []
  }
}

/** The completions of an argument or a command name. */
const wordsOf = (line: Line, start: string, source: CompletionSource): readonly Group[] => {
  const { command, plain } = line
  const specs = Object.values(command.arguments)
  const last = specs.at(-1)
  const spec = specs[plain.length] ?? (last?.count === 'rest' || last?.count === 'some' ? last : undefined)
  return spec === undefined
    ? [async () => commandNames(command)]
    : candidates(spec.completion, line, start, source)
}

const groupsOf = (line: Line, start: string, source: CompletionSource): readonly Group[] => {
  const valuesOf = ({ completion = 'file' }: OptionSpec<unknown>, value: string) =>
    candidates(completion, line, value, source)
  if (line.open !== undefined) return valuesOf(line.open, start)
  const [name, value] = /^(--[a-z-]+)=(.*)$/s.exec(start)?.slice(1) ?? []
  const option = name === undefined ? undefined : optionNamed(line.command, name)
  if (option !== undefined && value !== undefined)
    return valuesOf(option, value).map((group) => async () => (await group()).map((one) => `${name}=${one}`))
  if (start.startsWith('-'))
    return [async () => [...Object.values(line.command.options).flatMap(namesOf), '--help']]
  return wordsOf(line, start, source)
}

/**
 * Yields the completions of the last word, each group as soon as it is known; those that run code of the project come last.
 * What cannot be read is left out.
 *
 * @param words the words after `run`; the last one is the word to complete, and can be empty.
 */
export async function* complete(
  program: Command,
  words: readonly string[],
  source: CompletionSource,
): AsyncGenerator<readonly string[]> {
  const start = words.at(-1) ?? ''
  const line = read(program, words.slice(0, -1))
  if (line.ended) return
  const seen = new Set<string>()
  for (const group of groupsOf(line, start, source)) {
    const found = await group().catch((): string[] => [])
    yield [...new Set(found)].filter((word) => word.startsWith(start) && !seen.has(word))
    for (const word of found) seen.add(word)
  }
}
