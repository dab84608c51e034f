/** What there is to read about tasks, on a terminal and as a page. Pure. */
import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskInfo } from '../../dsl/task.ts'
import { quote } from '../../remote/quote.ts'
import { describeParams, kinds, noteOf, paramLines } from './params.ts'
import type { ParamInfo } from './params.ts'

/** A task of a library, with the name that a playbook imports it by. */
export interface DocumentedTask {
  readonly exported: string
  readonly info: TaskInfo
}

/** The tasks of a module, sorted by name. */
export const documentedTasks = (module: Readonly<Record<string, unknown>>): DocumentedTask[] =>
  Object.entries(module)
    .flatMap(([exported, value]) => (isTaskFactory(value) ? [{ exported, info: value.info }] : []))
    .toSorted((a, b) => a.info.name.localeCompare(b.info.name))

/** JavaScript as a person writes it: names without quotes, texts in single ones. */
const literal = (value: unknown): string => {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(
    ([key, member]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : literal(key)}: ${literal(member)}`,
  )
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** A task with its example as a playbook calls it. */
const asCall = ({ exported, info }: DocumentedTask): string =>
  `${exported}(${info.example === undefined ? '' : literal(info.example)})`

const asWords = (example: unknown): string[] =>
  typeof example === 'object' && example !== null
    ? Object.entries(example).map(([key, value]) =>
        quote(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
      )
    : []

/** A task with its example as a command line. */
const asCommand = ({ info }: DocumentedTask): string =>
  ['run', info.name, ...asWords(info.example), '-i', 'inventory.yaml', '--hosts', 'web1'].join(' ')

/** `run docs`: one line for each task. */
export const taskList = (tasks: readonly DocumentedTask[]): string => {
  const width = Math.max(...tasks.map(({ info }) => info.name.length))
  return [
    ...tasks.map(({ info }) => `${info.name.padEnd(width)}  ${info.description}`),
    '',
    '`run docs NAME` describes a task; `run docs WORDS` finds tasks by words.',
    '',
  ].join('\n')
}

/** `run docs NAME`. */
export const taskPage = (task: DocumentedTask): string => {
  const { name, description, kind, params, reads, example } = task.info
  const lines = paramLines(describeParams(params))
  return [
    name,
    '',
    `${description} ${kinds[kind]}`,
    ...(reads === undefined ? [] : ['', `Its check reads: ${reads}`]),
    '',
    ...(lines.length === 0 ? ['It takes no parameters.'] : ['Parameters:', ...lines]),
    ...(example === undefined
      ? []
      : ['', 'In a playbook:', `  ${asCall(task)}`, '', 'On the command line:', `  ${asCommand(task)}`]),
    '',
  ].join('\n')
}

/** A cell of a table may hold no bar. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

/** Parameters with their names, the members of objects after them: `dns.name`. */
const rowsOf = (params: readonly ParamInfo[], before = ''): (readonly [string, ParamInfo])[] =>
  params.flatMap((param) => [
    [`${before}${param.name}`, param] as const,
    ...rowsOf(param.inner, `${before}${param.name}.`),
  ])

const section = (task: DocumentedTask): string => {
  const { name, description, kind, params, reads, example } = task.info
  const rows = rowsOf(describeParams(params)).map(([path, param]) => {
    const what = [param.description, `(${noteOf(param)})`].filter((text) => text !== '').join(' ')
    return `| \`${path}\` | ${cell(param.type)} | ${cell(what)} |`
  })
  return [
    `## ${name}`,
    '',
    `${description} ${kinds[kind]}`,
    ...(reads === undefined ? [] : ['', `Its check reads: ${reads}`]),
    ...(rows.length === 0 ? [] : ['', '| parameter | type | what it is |', '|---|---|---|', ...rows]),
    ...(example === undefined ? [] : ['', '```ts', asCall(task), '```', '', '```sh', asCommand(task), '```']),
  ].join('\n')
}

/** `docs/tasks.md`. */
export const tasksPage = (tasks: readonly DocumentedTask[]): string =>
  [
    '# Tasks',
    '',
    'Made from the tasks themselves by `npm run docs`; `run docs NAME` prints the same. A playbook imports them from',
    '`coxswain/tasks`.',
    '',
    ...tasks.map(({ info }) => `- [${info.name}](#${info.name}): ${info.description}`),
    '',
    tasks.map(section).join('\n\n'),
    '',
  ].join('\n')
