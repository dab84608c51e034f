/** What may stand where the cursor is. Pure but for the world that it asks. */
import { becomeMethods } from '../../connection/types.ts'
import type { Grammar, OptionWords } from '../options-grammar.ts'

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

/** Values of options that are words of their own. */
const choices: Readonly<Record<string, readonly string[]>> = {
  '--output': ['tree', 'plain', 'json', 'junit'],
  '--become-method': becomeMethods,
  '--host-key-checking': ['strict', 'accept-new', 'off'],
}

/** What the words before the cursor say. */
interface Line {
  readonly command: Grammar
  readonly plain: readonly string[]
  readonly inventories: readonly string[]
  /** The option whose value is being typed. */
  readonly open: OptionWords | undefined
  /** A lone `--` was there. */
  readonly ended: boolean
}

const optionNamed = (grammar: Grammar, word: string): OptionWords | undefined =>
  grammar.options.find(({ names }) => names.includes(word))

const read = (program: Grammar, words: readonly string[]): Line => {
  let command = program
  const plain: string[] = []
  const inventories: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--') return { command, plain, inventories, open: undefined, ended: true }
    const option = optionNamed(command, word)
    if (option?.takesValue === true) {
      index += 1
      const value = words[index]
      if (value === undefined) return { command, plain, inventories, open: option, ended: false }
      if (option.names.includes('--inventory')) inventories.push(value)
    } else if (word.startsWith('--inventory=')) inventories.push(word.slice('--inventory='.length))
    else if (!word.startsWith('-')) {
      const below = plain.length === 0 ? command.commands.find(({ name }) => name === word) : undefined
      if (below === undefined) plain.push(word)
      else command = below
    }
  }
  return { command, plain, inventories, open: undefined, ended: false }
}

const scripts = /\/$|\.[cm]?[jt]s$/

/** The parts of a pattern or list before the word that is being typed stay as they are. */
const behind = (start: string, marks: RegExp, names: readonly string[]): string[] => {
  const kept = marks.exec(start)?.[0] ?? ''
  return names.map((name) => kept + name)
}

const valuesOf = async (
  { names }: OptionWords,
  { plain, inventories }: Line,
  start: string,
  world: World,
): Promise<readonly string[]> => {
  const long = names.at(-1) ?? ''
  switch (long) {
    case '--hosts':
    case '--limit':
    case '--host':
      return behind(start, /^.*[,:&!]/, await world.hosts(inventories))
    case '--tags':
    case '--skip-tags': {
      const [playbook] = plain
      return playbook === undefined ? [] : behind(start, /^.*,/, await world.tags(playbook, inventories))
    }
    case '--playbook':
      return (await world.files(start)).filter((file) => scripts.test(file))
    default:
      return choices[long] ?? world.files(start)
  }
}

/** What may stand as the plain word that is being typed. */
const wordsOf = async (line: Line, start: string, world: World): Promise<readonly string[]> => {
  const { command, plain, inventories } = line
  const [first] = plain
  const playbooks = async () => (await world.files(start)).filter((file) => scripts.test(file))
  if (command.commands.length > 0 && command.name === 'run') {
    if (first === undefined)
      return [...command.commands.map(({ name }) => name), ...(await world.tasks()), ...(await playbooks())]
    return (await world.params(first)).map((name) => `${name}=`)
  }
  if (first !== undefined) return []
  switch (command.name) {
    case 'exec':
      return behind(start, /^.*[,:&!]/, await world.hosts(inventories))
    case 'docs':
      return world.tasks()
    case 'schema':
      return playbooks()
    case 'completion':
      return ['bash', 'zsh', 'fish']
    case 'init':
      return (await world.files(start)).filter((file) => file.endsWith('/'))
    default:
      return command.commands.map(({ name }) => name)
  }
}

/**
 * What may stand in place of the last word, sorted as a person looks for it: a line each.
 *
 * @param words those behind `run`, the one that is being typed last; it may be empty.
 */
export const complete = async (
  program: Grammar,
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
    if (start.startsWith('-')) return line.command.options.flatMap(({ names }) => names)
    return wordsOf(line, start, world)
  })()
  return [...new Set(found)].filter((word) => word.startsWith(start))
}
