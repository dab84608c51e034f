import type { z } from 'zod'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import type { UnitInfo } from '../../dsl/role.ts'
import { jsonSchemaOf, membersOf, typeText } from './type-text.ts'
import type { JsonSchema } from './type-text.ts'

/** A parameter as help shows it. */
export interface ParamInfo {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly fallback: unknown
  readonly description: string
  /** The members of an object, or of the objects of a list. */
  readonly inner: readonly ParamInfo[]
}

/** The JSON Schema types of each parameter; empty for a parameter of any type. */
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

const describe = ({
  properties = {},
  required = [],
}: Pick<JsonSchema, 'properties' | 'required'>): ParamInfo[] =>
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

/** Whether a parameter is required, and its default. */
export const noteOf = ({ required, fallback }: ParamInfo): string => {
  if (required) return 'required'
  return fallback === undefined ? 'optional' : `default ${JSON.stringify(fallback)}`
}

/** The behavior of each kind of task. */
const kinds: Record<UnitInfo['kind'], string> = {
  role: 'A role: steps with their handlers.',
  idempotent: 'Does nothing if the host is already in this state.',
  always: 'Acts every time: it has no check.',
  fact: 'Only reads.',
  wait: 'Only waits.',
  aside: 'Changes nothing on the host.',
}

/** What a task does, and how it behaves. A task that acts at every run with some parameters says so in its description. */
export const purposeOf = ({ description, kind, unchecked }: UnitInfo): string =>
  unchecked ? description : `${description} ${kinds[kind]}`

interface ParamLine {
  readonly head: string
  readonly param: ParamInfo
}

/** Parameters, each followed by its members, which are indented. */
const withInner = (params: readonly ParamInfo[], before = ''): ParamLine[] =>
  params.flatMap((param) => [
    { head: `${before}${param.name}${before === '' ? '=' : ': '}${param.type}`, param },
    ...withInner(param.inner, `${before}  `),
  ])

/** One line per parameter; the members of an object are below it. */
export const paramLines = (params: readonly ParamInfo[]): string[] => {
  const lines = withInner(params)
  const width = Math.min(40, Math.max(0, ...lines.map(({ head }) => head.length)))
  return lines.map(({ head, param }) => {
    const { description } = param
    return `  ${head.padEnd(width)}  ${description}${description === '' ? '' : ' '}(${noteOf(param)})`
  })
}

/** How to write values on a command line. */
const valuesHelp = [
  'Parameters. A value is the text after the =, as typed; a number parameter converts it. A list or map is',
  `JSON, such as '["a", "b"]', or YAML in brackets. For a parameter of any type, 8080, true, null and "text"`,
  'are read as JSON; 1.30 and 0123, which JSON writes differently, are text:',
]

/** `run TASK --help` and `run ROLE --help`. */
export const unitHelp = (info: UnitInfo, program = 'run', target = info.name): string => {
  const lines = paramLines(describeParams(info.params))
  return [
    `${program} ${target} key=value… -i INVENTORY --hosts PATTERN`,
    '',
    purposeOf(info),
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
