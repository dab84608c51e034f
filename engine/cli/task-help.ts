import { z } from 'zod'
import type { TaskInfo } from '../dsl/task.ts'

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
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.object({ type: typeName.optional() })).optional(),
})

const shape = z.object({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
})

const typeOf = ({ type, enum: values, anyOf }: z.output<typeof property>): string => {
  if (values !== undefined) return values.map(String).join('|')
  const types = anyOf?.flatMap((one) => one.type ?? []) ?? []
  return type ?? ([...new Set(types)].join('|') || 'text')
}

/** The parameters of a task, read from its schema. */
export const describeParams = ({ params }: TaskInfo): ParamInfo[] => {
  const schema = shape.parse(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }))
  return Object.entries(schema.properties).map(([name, about]) => ({
    name,
    type: typeOf(about),
    required: schema.required.includes(name),
    fallback: about.default,
    description: about.description ?? '',
  }))
}

const kinds: Record<TaskInfo['kind'], string> = {
  idempotent: 'Does nothing where all is as it shall be.',
  always: 'Acts every time: it has no check.',
  fact: 'Only reads.',
  wait: 'Only waits.',
}

/** `run TASK --help`. */
export const taskHelp = (info: TaskInfo): string => {
  const params = describeParams(info)
  const width = Math.max(0, ...params.map(({ name, type }) => name.length + type.length + 1))
  const lines = params.map(({ name, type, required, fallback, description }) => {
    const note = required
      ? 'required'
      : fallback === undefined
        ? 'optional'
        : `default ${JSON.stringify(fallback)}`
    return `  ${`${name}=${type}`.padEnd(width)}  ${description}${description === '' ? '' : ' '}(${note})`
  })
  return [
    `run ${info.name} key=value… -i INVENTORY --hosts PATTERN`,
    '',
    `${info.description} ${kinds[info.kind]}`,
    '',
    params.length === 0 ? 'It takes no parameters.' : 'Parameters:',
    ...lines,
    '',
  ].join('\n')
}
