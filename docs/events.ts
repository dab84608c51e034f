/** Makes docs/events.md from the schema of the events: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { eventsJsonSchema, eventTypes } from '../engine/report/json-events.ts'

/** What the page reads of a part of the schema. */
interface Part {
  readonly type?: string | readonly string[] | undefined
  readonly description?: string | undefined
  readonly $ref?: string | undefined
  readonly const?: string | number | undefined
  readonly enum?: readonly string[] | undefined
  readonly items?: Part | undefined
  readonly anyOf?: readonly Part[] | undefined
  readonly properties?: Readonly<Record<string, Part>> | undefined
  readonly additionalProperties?: Part | boolean | undefined
}

const part: z.ZodType<Part> = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  $ref: z.string().optional(),
  const: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
  get items() {
    return part.optional()
  },
  get anyOf() {
    return z.array(part).optional()
  },
  get properties() {
    return z.record(z.string(), part).optional()
  },
  get additionalProperties() {
    return z.union([part, z.boolean()]).optional()
  },
})

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ref

/** The type of a field in words. */
const typeOf = (field: Part): string => {
  const {
    $ref: ref,
    anyOf,
    enum: values,
    items,
    additionalProperties: each,
    properties,
    type = 'any',
  } = field
  if (ref !== undefined) return `[${nameOf(ref)}](#${nameOf(ref)})`
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (items !== undefined) return `list of ${typeOf(items)}`
  if (properties !== undefined)
    return `object of ${Object.entries(properties)
      .map(
        ([name, inner]) =>
          `\`${name}\` (${typeOf(inner)}${inner.description === undefined ? '' : `: ${inner.description}`})`,
      )
      .join(', ')}`
  if (typeof each === 'object') return `object by name, each ${typeOf(each)}`
  return typeof type === 'string' ? type : type.join(' or ')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

const section = (name: string, { description = '', properties = {} }: Part): string =>
  [
    `### ${name}`,
    '',
    description,
    '',
    '| field | type | what it is |',
    '|---|---|---|',
    ...Object.entries(properties)
      // every event has them
      .filter(([field]) => !(properties['time'] !== undefined && (field === 'type' || field === 'time')))
      .map(
        ([field, inner]) => `| \`${field}\` | ${cell(typeOf(inner))} | ${cell(inner.description ?? '')} |`,
      ),
    '',
  ].join('\n')

/** The page. */
export const eventsPage = (): string => {
  const { description, $defs = {} } = eventsJsonSchema()
  const defs = z.record(z.string(), part).parse($defs)
  const isEvent = (name: string): boolean => eventTypes.some((type) => type === name)
  const shared = Object.entries(defs).filter(([name]) => !isEvent(name))
  const time = defs['run-start']?.properties?.['time']?.description ?? ''
  return [
    '# Events',
    '',
    'Made from the schema in `engine/report/json-events.ts` by `npm run docs`; change it there.',
    '',
    '`--output json` prints each event of a run as one line of JSON. Each line is complete by itself, so a run that is cut off',
    'leaves valid lines. `run schema events` prints the JSON Schema (draft 2020-12) of a line.',
    '',
    description,
    '',
    `Every event has \`type\`, which is its name here, and \`time\`: ${time}.`,
    '',
    '## Types of events',
    '',
    ...eventTypes.map((type) => section(type, defs[type] ?? {})),
    '## What events contain',
    '',
    ...shared.map(([name, inner]) => section(name, inner)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

const [, script = ''] = process.argv
if (import.meta.url === pathToFileURL(script).href)
  await writeFile(join(import.meta.dirname, 'events.md'), eventsPage())
