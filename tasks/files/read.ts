import { CoxswainError, Secret, defineTask, flag, ok, remotePath, z } from '../../engine/index.ts'
import type { Task, TaskFactory, TaskOptions } from '../../engine/index.ts'
import { formats, parseText } from './documents/parse-text.ts'
import type { Format, Parsed } from './documents/parse-text.ts'
import { schemaFaults } from '../shared/schema-faults.ts'

/** A schema of values. */
class ValueSchema {
  readonly schema: z.ZodType

  constructor(schema: z.ZodType) {
    this.schema = schema
  }
}

const params = () =>
  z
    .object({
      path: remotePath().describe('the file'),
      as: z.enum(formats).default('text').describe('what its text is parsed as'),
      schema: z
        .instanceof(ValueSchema)
        .meta({ title: 'zod schema' })
        .optional()
        .describe('in a playbook: a zod schema, which checks the value and types it'),
      optional: flag()
        .default(false)
        .describe('a file that does not exist gives undefined; by default it is an error'),
      hidden: flag().default(false).describe('the text is a secret: it stays masked wherever it is used'),
    })
    .refine(({ as, schema, hidden }) => !hidden || (as === 'text' && schema === undefined), {
      path: ['hidden'],
      message: 'a secret is text: leave as and schema out',
    })

const checked = async (path: string, schema: z.ZodType, value: unknown): Promise<unknown> => {
  const { data, error } = await schema.safeParseAsync(value)
  if (error === undefined) return data
  throw new CoxswainError('task-failed', `${path} is not what the schema wants`, {
    output: schemaFaults(error, value).join('\n'),
    hint: 'change the schema, or what writes the file',
  })
}

const definition = defineTask({
  name: 'read',
  description: 'Reads a file: a fact, as text, lines, or parsed as JSON, YAML or INI.',
  reads: 'the file; links are followed as for writing',
  example: { path: '/etc/hostname' },
  params,
  title: ({ path }) => `read ${path}`,

  async check({ remote }, { path, as, schema, optional, hidden }) {
    const text = await remote.read(path)
    if (text === undefined) {
      if (optional) return ok<unknown>(undefined)
      throw new CoxswainError('task-failed', `${path} does not exist`, {
        hint: 'with optional: true, a file that does not exist gives undefined',
      })
    }
    if (hidden) return ok<unknown>(new Secret(text))
    const value = parseText(path, text, as)
    return ok<unknown>(schema === undefined ? value : await checked(path, schema.schema, value))
  },
})

type Content<As extends Format, Schema, Hidden> = Hidden extends true
  ? Secret
  : Schema extends z.ZodType
    ? z.output<Schema>
    : Parsed[As]

/** The type of the value of {@link read} with these parameters. */
export type ReadValue<As extends Format, Schema, Optional, Hidden> =
  | Content<As, Schema, Hidden>
  | (Optional extends true ? undefined : never)

/** Parameters of {@link read}: the texts are those of its schema, as editors show them for other tasks. */
export interface ReadParams<As, Schema, Optional, Hidden> {
  /**
   * the file
   *
   * Type: absolute path
   */
  readonly path: string
  /**
   * what its text is parsed as
   *
   * Type: text|lines|json|yaml|ini
   *
   * Default: "text"
   */
  readonly as?: As
  /**
   * in a playbook: a zod schema, which checks the value and types it
   *
   * Type: zod schema
   */
  readonly schema?: Schema
  /**
   * a file that does not exist gives undefined; by default it is an error
   *
   * Default: false
   */
  readonly optional?: Optional
  /**
   * the text is a secret: it stays masked wherever it is used
   *
   * Default: false
   */
  readonly hidden?: Hidden
}

interface Given {
  readonly schema?: z.ZodType | undefined
}

function make<
  As extends Format = 'text',
  Schema extends z.ZodType | undefined = undefined,
  const Optional extends boolean = false,
  const Hidden extends boolean = false,
>(
  given: ReadParams<As, Schema, Optional, Hidden>,
  options?: Omit<TaskOptions, 'notify' | 'listen'>,
): Task<ReadValue<As, Schema, Optional, Hidden>, never, never>
function make({ schema, ...given }: Given, options?: TaskOptions): Task {
  return definition.from(
    { ...given, ...(schema !== undefined && { schema: new ValueSchema(schema) }) },
    options,
  )
}

/**
 * Reads a file: a fact, for steps made from values.
 *
 * @throws `params-invalid`. At its turn `task-failed` for a file that does not exist, unless `optional`, and for a text that is not
 * of the format, or not what the schema wants; `read-failed` for bytes that are not UTF-8.
 * @example
 * given({ app: read({ path: '/etc/app.json', as: 'json', schema: z.object({ port: z.number() }) }) }, ({ app }) => [
 *   waitFor({ port: app.port }),
 * ])
 */
export const read: typeof make & Pick<TaskFactory, 'info' | 'from'> = Object.assign(make, {
  info: definition.info,
  from: definition.from,
})
