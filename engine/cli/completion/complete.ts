/** What may stand where the cursor is. Pure but for the world that it asks. */
import { outputKinds, outputs } from '../../report/outputs.ts'
import { namesOf, takesText } from '../define-command.ts'
import type { Command } from '../define-command.ts'
import type { Completion, OptionSpec } from '../define-option.ts'

/** What completion may ask; everything is read only when it is wanted, and nothing connects. */
export interface World {
  /** Names of tasks. */
  readonly tasks: () => Promise<readonly string[]>
  /** Names of a task's parameters; none where there is no such task. */
  readonly params: (task: string) => Promise<readonly string[]>
  /** Hosts and groups of these inventories, or of the usual one. */
  readonly hosts: (inventories: readonly string[]) => Promise<readonly string[]>
  /** Tags of a playbook. */
  readonly tags: (playbook: string, inventories: readonly string[]) => Promise<readonly string[]>
  /** Files and folders that begin so; a folder ends with a slash. */
  readonly files: (start: string) => Promise<readonly string[]>
}

/** What the words before the cursor say. */
interface Line {
  readonly program: Command
  readonly command: Command
  readonly plain: readonly string[]
  readonly inventories: readonly string[]
  /** The option whose value is being typed. */
  readonly open: OptionSpec<unknown> | undefined
  /** A lone `--` was there. */
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

const scripts = /\/$|\.[cm]?[jt]s$/

/** The parts of a pattern or list before the word that is being typed stay as they are. */
const behind = (start: string, marks: RegExp, names: readonly string[]): string[] => {
  const kept = marks.exec(start)?.[0] ?? ''
  return names.map((name) => kept + name)
}

/** What fits where something of a kind is typed. */
const candidates = async (
  completion: Completion,
  { program, command, plain, inventories }: Line,
  start: string,
  world: World,
): Promise<readonly string[]> => {
  if (typeof completion !== 'string') return completion
  const playbooks = async () => (await world.files(start)).filter((file) => scripts.test(file))
  const [first] = plain
  switch (completion) {
    case 'hosts':
      return behind(start, /^.*[,:&!]/, await world.hosts(inventories))
    case 'tags':
      return first === undefined ? [] : behind(start, /^.*,/, await world.tags(first, inventories))
    case 'outputs': {
      const [, kind, file] = /^([^=]*=)(.*)$/s.exec(start) ?? []
      return kind === undefined || file === undefined
        ? outputKinds.map((one) => (outputs[one].toScreen ? one : `${one}=`))
        : (await world.files(file)).map((one) => kind + one)
    }
    case 'playbook':
      return playbooks()
    case 'task':
      return world.tasks()
    case 'target':
      return [...visible(command).map(({ name }) => name), ...(await world.tasks()), ...(await playbooks())]
    case 'help': {
      let below: Command | undefined = program
      for (const word of plain)
        below = below === undefined ? undefined : visible(below).find(({ name }) => name === word)
      const names = below === undefined ? [] : visible(below).map(({ name }) => name)
      return first === undefined ? [...names, ...(await world.tasks())] : names
    }
    case 'parameters':
      return first === undefined ? [] : (await world.params(first)).map((name) => `${name}=`)
    case 'run':
      return ['last', ...(await playbooks())]
    case 'folder':
      return (await world.files(start)).filter((file) => file.endsWith('/'))
    case 'file':
      return world.files(start)
    case 'nothing':
      return []
  }
}

/** What fits as the plain word that is being typed. */
const wordsOf = async (line: Line, start: string, world: World): Promise<readonly string[]> => {
  const { command, plain } = line
  const specs = Object.values(command.arguments)
  const last = specs.at(-1)
  const spec = specs[plain.length] ?? (last?.count === 'rest' || last?.count === 'some' ? last : undefined)
  return spec === undefined
    ? visible(command).map(({ name }) => name)
    : candidates(spec.completion, line, start, world)
}

const valuesOf = (
  { completion = 'file' }: OptionSpec<unknown>,
  line: Line,
  start: string,
  world: World,
): Promise<readonly string[]> => candidates(completion, line, start, world)

/**
 * What may stand in place of the last word, sorted as a person looks for it: a line each.
 *
 * @param words those behind `run`, the one that is being typed last; it may be empty.
 */
export const complete = async (
  program: Command,
  words: readonly string[],
  world: World,
): Promise<string[]> => {
  const start = words.at(-1) ?? ''
  const line = read(program, words.slice(0, -1))
  if (line.ended) return []
  const found = await (async (): Promise<readonly string[]> => {
    if (line.open !== undefined) return valuesOf(line.open, line, start, world)
    const [name, value] = /^(--[a-z-]+)=(.*)$/s.exec(start)?.slice(1) ?? []
    const option = name === undefined ? undefined : optionNamed(line.command, name)
    if (option !== undefined && value !== undefined)
      return (await valuesOf(option, line, value, world)).map((one) => `${name}=${one}`)
    if (start.startsWith('-')) return [...Object.values(line.command.options).flatMap(namesOf), '--help']
    return wordsOf(line, start, world)
  })()
  return [...new Set(found)].filter((word) => word.startsWith(start))
}
