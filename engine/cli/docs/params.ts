import type { z } from 'zod'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import type { TaskInfo } from '../../dsl/task.ts'
import { jsonSchemaOf, membersOf, typeText } from './type-text.ts'
import type { JsonSchema } from './type-text.ts'

/** A parameter as people read of it. */
export interface ParamInfo {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly fallback: unknown
  readonly description: string
  /** The members of an object, or of the objects of a list. */
  readonly inner: readonly ParamInfo[]
}

/** The types that JSON Schema has for each parameter; none for one that takes anything. */
export const typesOfParams = (params: z.ZodType): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    Object.entries(jsonSchemaOf(params).properties ?? {}).map(
      ([name, { type, enum: values, anyOf = [] }]) => [
        name,
        new Set(
          [type, ...anyOf.map((one) => one.type)].flatMap(
            (one) => one?.split('|') ?? (values ? ['string'] : []),
          ),
        ),
      ],
    ),
  )

const describe = ({ properties = {}, required = [] }: JsonSchema): ParamInfo[] =>
  Object.entries(properties).map(([name, about]) => ({
    name,
    type: typeText(about),
    required: required.includes(name),
    fallback: about.default,
    description: about.description ?? '',
    inner: describe(membersOf(about)),
  }))

/** The parameters or variables that a schema describes. */
export const describeParams = (params: z.ZodType): ParamInfo[] => describe(jsonSchemaOf(params))

/** Whether a parameter must be given, and what it is where it is not. */
export const noteOf = ({ required, fallback }: ParamInfo): string => {
  if (required) return 'required'
  return fallback === undefined ? 'optional' : `default ${JSON.stringify(fallback)}`
}

/** How a task behaves, in a sentence. */
export const kinds: Record<TaskInfo['kind'], string> = {
  idempotent: 'Does nothing if the host is already in this state.',
  always: 'Acts every time: it has no check.',
  fact: 'Only reads.',
  wait: 'Only waits.',
  aside: 'Changes nothing on the host.',
}

interface ParamLine {
  readonly head: string
  readonly param: ParamInfo
}

/** The members of an object follow it, with its name before theirs. */
const withInner = (params: readonly ParamInfo[], before = ''): ParamLine[] =>
  params.flatMap((param) => [
    { head: `${before}${param.name}${before === '' ? '=' : ': '}${param.type}`, param },
    ...withInner(param.inner, `${before}  `),
  ])

/** Parameters, a line each; the members of an object below it. */
export const paramLines = (params: readonly ParamInfo[]): string[] => {
  const lines = withInner(params)
  const width = Math.min(40, Math.max(0, ...lines.map(({ head }) => head.length)))
  return lines.map(({ head, param }) => {
    const { description } = param
    return `  ${head.padEnd(width)}  ${description}${description === '' ? '' : ' '}(${noteOf(param)})`
  })
}

/** How values are written on a command line. */
const valuesHelp = [
  'Parameters. A value is the text after the =, as typed; the type makes a number of it. A list or map is',
  `JSON, such as '["a", "b"]', or YAML in brackets. Where any value can stand, 8080, true, null and "text"`,
  'are what they are in JSON; 1.30 and 0123, which JSON writes in another way, are text:',
]

/** `run TASK --help`. */
export const taskHelp = (
  { name, description, kind, params }: TaskInfo,
  program = 'run',
  target = name,
): string => {
  const lines = paramLines(describeParams(params))
  return [
    `${program} ${target} key=value… -i INVENTORY --hosts PATTERN`,
    '',
    `${description} ${kinds[kind]}`,
    '',
    ...(lines.length === 0 ? ['It takes no parameters.'] : valuesHelp),
    ...lines,
    '',
  ].join('\n')
}

/** `run PLAYBOOK --help`. */
export const playbookHelp = (file: string, book: Playbook, program = 'run'): string => {
  const { name, description } = book
  const all = schemasOf(book).flatMap(describeParams)
  const lines = paramLines([...new Map(all.map((param) => [param.name, param])).values()])
  return [
    `${program} ${file} -i INVENTORY`,
    '',
    `${name}${description === undefined ? '' : `: ${description}`}`,
    '',
    lines.length === 0 ? 'It reads no variables.' : 'Variables, from the inventory or with -e name=value:',
    ...lines,
    '',
  ].join('\n')
}
