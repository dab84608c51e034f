/** What there is to read about tasks, on a terminal and as a page. Pure. */
import { isTaskFactory } from '../../dsl/task.ts'
import type { UnitInfo } from '../../dsl/role.ts'
import { quote } from '../../remote/quote.ts'
import { asStarted } from '../program-name.ts'
import { describeParams, noteOf, paramLines, purposeOf } from './params.ts'
import type { ParamInfo } from './params.ts'

/** A task of the library, or a task or role of a project, with the name of its export. */
export interface DocumentedTask {
  readonly exported: string
  readonly info: UnitInfo
  /** Its subject, such as `files`; undefined for a task of a module without subjects. */
  readonly subject: string | undefined
  /** What a command line names it by. */
  readonly reference: string
  /** The module that a playbook imports it from. */
  readonly from: string
}

/** The subject of each task, in the order of the library's `subjects`. */
const subjectsIn = ({ subjects }: Readonly<Record<string, unknown>>): ReadonlyMap<unknown, string> =>
  new Map(
    typeof subjects === 'object' && subjects !== null
      ? Object.entries(subjects).flatMap(([subject, tasks]) =>
          typeof tasks === 'object' && tasks !== null
            ? Object.values(tasks).map((task): [unknown, string] => [task, subject])
            : [],
        )
      : [],
  )

/** Groups tasks by subject, in the order in which the subjects come. */
const grouped = (tasks: readonly DocumentedTask[]): [subject: string | undefined, DocumentedTask[]][] => {
  const groups = new Map<string | undefined, DocumentedTask[]>()
  for (const task of tasks) groups.set(task.subject, [...(groups.get(task.subject) ?? []), task])
  return [...groups]
}

/** The tasks of the library, by subject in the module's order, then by name. */
export const documentedTasks = (module: Readonly<Record<string, unknown>>): DocumentedTask[] => {
  const subjects = subjectsIn(module)
  const order = [...new Set(subjects.values())]
  const rank = ({ subject }: DocumentedTask): number => (subject === undefined ? -1 : order.indexOf(subject))
  return Object.entries(module)
    .flatMap(([exported, value]) =>
      isTaskFactory(value)
        ? [
            {
              exported,
              info: value.info,
              subject: subjects.get(value),
              reference: value.info.name,
              from: 'coxswain/tasks',
            },
          ]
        : [],
    )
    .toSorted((a, b) => rank(a) - rank(b) || a.info.name.localeCompare(b.info.name))
}

/** A JavaScript literal, with keys without quotes and strings in single quotes. */
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

/** What a playbook calls a task by. */
const identifierOf = ({ exported, info }: DocumentedTask): string =>
  exported === 'default'
    ? info.name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    : exported

/** How a playbook imports a task. */
export const asImport = (task: DocumentedTask): string => {
  const name = identifierOf(task)
  return `import ${task.exported === 'default' ? name : `{ ${name} }`} from '${task.from}'`
}

/** The example of a task as a call in a playbook. */
const asCall = (task: DocumentedTask): string =>
  `${identifierOf(task)}(${task.info.example === undefined ? '' : literal(task.info.example)})`

const asWords = (example: unknown): string[] =>
  typeof example === 'object' && example !== null
    ? Object.entries(example).map(([key, value]) =>
        quote(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
      )
    : []

/** The example of a task as a command line of this program. */
const asCommand = ({ info, reference }: DocumentedTask, program: string): string =>
  [program, reference, ...asWords(info.example), '-i', 'inventory.yaml', '--hosts', 'web1'].join(' ')

/** `run docs`: one line per task, below the name of its subject, and how the program, started with this name, describes one. */
export const taskList = (tasks: readonly DocumentedTask[], program: string): string => {
  const width = Math.max(...tasks.map(({ reference }) => reference.length))
  return [
    ...grouped(tasks).flatMap(([subject, group]) => [
      ...(subject === undefined ? [] : [`${subject}:`]),
      ...group.map(({ info, reference }) => `  ${reference.padEnd(width)}  ${info.description}`),
      '',
    ]),
    asStarted('`run docs NAME` describes a task; `run docs WORDS` searches for tasks.', program),
    '',
  ].join('\n')
}

/** `run docs NAME`, for a program started with this name. */
export const taskPage = (task: DocumentedTask, program: string): string => {
  const { name, params, reads, example } = task.info
  const lines = paramLines(describeParams(params))
  return [
    name,
    '',
    purposeOf(task.info),
    ...(reads === undefined ? [] : ['', `Its check reads: ${reads}`]),
    '',
    ...(lines.length === 0 ? ['It takes no parameters.'] : ['Parameters:', ...lines]),
    '',
    'In a playbook:',
    `  ${asImport(task)}`,
    ...(example === undefined
      ? []
      : [`  ${asCall(task)}`, '', 'On the command line:', `  ${asCommand(task, program)}`]),
    '',
  ].join('\n')
}

/** Escapes bars, which separate the cells of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

/** Parameters by name, each followed by its members: `dns.name`. */
const rowsOf = (params: readonly ParamInfo[], before = ''): (readonly [string, ParamInfo])[] =>
  params.flatMap((param) => [
    [`${before}${param.name}`, param] as const,
    ...rowsOf(param.inner, `${before}${param.name}.`),
  ])

const section = (task: DocumentedTask): string => {
  const { name, params, reads, example } = task.info
  const rows = rowsOf(describeParams(params)).map(([path, param]) => {
    const what = [param.description, `(${noteOf(param)})`].filter((text) => text !== '').join(' ')
    return `| \`${path}\` | ${cell(param.type)} | ${cell(what)} |`
  })
  return [
    `## ${name}`,
    '',
    purposeOf(task.info),
    ...(reads === undefined ? [] : ['', `Its check reads: ${reads}`]),
    ...(rows.length === 0 ? [] : ['', '| parameter | type | what it is |', '|---|---|---|', ...rows]),
    '',
    '```ts',
    asImport(task),
    ...(example === undefined
      ? ['```']
      : ['', asCall(task), '```', '', '```sh', asCommand(task, 'run'), '```']),
  ].join('\n')
}

/** `docs/tasks.md`. */
export const tasksPage = (tasks: readonly DocumentedTask[]): string =>
  [
    '# Tasks',
    '',
    'Generated from the tasks by `npm run docs`; `run docs NAME` prints the same. A playbook imports them from',
    '`coxswain/tasks`, by the name that is shown with each.',
    '',
    ...grouped(tasks).flatMap(([subject, group]) => [
      ...(subject === undefined ? [] : [`**${subject}**`, '']),
      ...group.map(({ info }) => `- [${info.name}](#${info.name}): ${info.description}`),
      '',
    ]),
    tasks.map(section).join('\n\n'),
    '',
  ].join('\n')
