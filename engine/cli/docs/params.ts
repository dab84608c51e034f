import { z } from 'zod'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import type { TaskInfo } from '../../dsl/task.ts'

/** A parameter as people read of it. */
export interface ParamInfo {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly fallback: unknown
  readonly description: string
}

/** JSON Schema names one type or several. */
const typeName = z.union([z.string(), z.array(z.string()).transform((types) => types.join('|'))])

const property = z.object({
  type: typeName.optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.object({ type: typeName.optional() })).optional(),
})

const shape = z.object({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
})

const typeOf = ({ type, format, enum: values, anyOf }: z.output<typeof property>): string => {
  if (format === 'password') return 'secret'
  if (values !== undefined) return values.map(String).join('|')
  const types = anyOf?.flatMap((one) => one.type ?? []) ?? []
  return type ?? ([...new Set(types)].join('|') || 'any')
}

/** The types that JSON Schema has for each parameter; none for one that takes anything. */
export const typesOfParams = (params: z.ZodType): ReadonlyMap<string, ReadonlySet<string>> => {
  const schema = shape.parse(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }))
  return new Map(
    Object.entries(schema.properties).map(([name, { type, enum: values, anyOf = [] }]) => [
      name,
      new Set(
        [type, ...anyOf.map((one) => one.type)].flatMap(
          (one) => one?.split('|') ?? (values ? ['string'] : []),
        ),
      ),
    ]),
  )
}

/** The parameters or variables that a schema describes. */
export const describeParams = (params: z.ZodType): ParamInfo[] => {
  const schema = shape.parse(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }))
  return Object.entries(schema.properties).map(([name, about]) => ({
    name,
    type: typeOf(about),
    required: schema.required.includes(name),
    fallback: about.default,
    description: about.description ?? '',
  }))
}

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

/** Parameters, a line each. */
export const paramLines = (params: readonly ParamInfo[]): string[] => {
  const width = Math.max(0, ...params.map(({ name, type }) => name.length + type.length + 1))
  return params.map((param) => {
    const { name, type, description } = param
    return `  ${`${name}=${type}`.padEnd(width)}  ${description}${description === '' ? '' : ' '}(${noteOf(param)})`
  })
}

/** How values are written on a command line. */
const valuesHelp = [
  'Parameters. A value is the text after the =, as typed; the type makes a number of it. A list or map is',
  `JSON, such as '["a", "b"]', or YAML in brackets. Where any value can stand, 8080, true, null and "text"`,
  'are what they are in JSON; 1.30 and 0123, which JSON writes in another way, are text:',
]

/** `run TASK --help`. */
export const taskHelp = ({ name, description, kind, params }: TaskInfo, program = 'run'): string => {
  const lines = paramLines(describeParams(params))
  return [
    `${program} ${name} key=value… -i INVENTORY --hosts PATTERN`,
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
