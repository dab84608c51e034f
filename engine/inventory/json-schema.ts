/** The JSON Schema of a playbook's inventory, for completion and checks in editors. Pure. */
import { z } from 'zod'
import { schemasOf } from '../dsl/playbook.ts'
import type { Playbook } from '../dsl/playbook.ts'
import { candidatePattern } from '../dsl/select.ts'
import { priorityName } from './priority.ts'
import { parsePattern } from './patterns/parse.ts'
import { reachSchema } from './variables/connection-vars.ts'
import { ansibleNamesOf } from './variables/setting-names.ts'

type JsonSchema = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a bound is the one that zod gives every integer. */
const isNoise = (key: string, value: unknown): boolean =>
  (key === 'maximum' || key === 'minimum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER

/** Removes default bounds, and alternatives that accept any value. */
const tidy = (part: unknown): unknown => {
  if (Array.isArray(part)) return part.map(tidy)
  if (!isRecord(part)) return part
  const entries = Object.entries(part).flatMap(([key, value]): [string, unknown][] => {
    if (isNoise(key, value)) return []
    if (key !== 'anyOf' || !Array.isArray(value)) return [[key, tidy(value)]]
    const said = value.filter((one) => isRecord(one) && Object.keys(one).length > 0)
    return [[key, tidy(said.length > 0 ? said : value)]]
  })
  return Object.fromEntries(entries)
}

/** Allows numbers and booleans where text is expected: they are read as written. */
const lenient = (property: unknown): JsonSchema => {
  const schema = isRecord(property) ? property : {}
  return schema['type'] === 'string' && schema['enum'] === undefined
    ? { ...schema, type: ['string', 'number', 'boolean'] }
    : schema
}

/** The properties of a schema of variables, and its definitions. */
const propertiesOf = (schema: z.ZodType): { properties: Record<string, JsonSchema>; defs: JsonSchema } => {
  const { properties, required, $defs } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const needed = new Set<string>(required ?? [])
  const found = Object.entries(properties ?? {}).map(([name, property]) => {
    const tidied = lenient(tidy(property))
    const described = typeof tidied['description'] === 'string' ? `${tidied['description']} ` : ''
    return [name, needed.has(name) ? { ...tidied, description: `${described}(required)` } : tidied] as const
  })
  const defs = tidy($defs ?? {})
  return { properties: Object.fromEntries(found), defs: isRecord(defs) ? defs : {} }
}

/** The connection variables, by our names and by Ansible's. */
const settings = (): Record<string, JsonSchema> => {
  const { properties } = propertiesOf(reachSchema)
  return Object.fromEntries(
    reachSchema
      .keyof()
      .options.flatMap((ours) => [
        [ours, properties[ours] ?? {}],
        ...ansibleNamesOf(ours).map((theirs): [string, JsonSchema] => [
          theirs,
          { ...properties[ours], description: `Ansible’s name for ${ours}` },
        ]),
      ]),
  )
}

/** Names in the patterns of plays, which are usually groups, with those plays. */
const namesInPlays = ({ plays }: Playbook): Map<string, readonly string[]> => {
  const names = new Map<string, readonly string[]>()
  for (const { name: play, hosts } of plays) {
    for (const { kind, text } of parsePattern({ text: candidatePattern(hosts), file: play })) {
      if (kind !== 'name' || text === 'all' || !/^[A-Za-z_][\w.-]*$/.test(text)) continue
      names.set(text, [...(names.get(text) ?? []), play])
    }
  }
  return names
}

/** A map, or an empty value. */
const mapOf = (rest: JsonSchema): JsonSchema => ({ type: ['object', 'null'], ...rest })
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })

/**
 * The JSON Schema (draft 2020-12) of an inventory in YAML for a playbook: groups, hosts, children and vars; the
 * variables that the playbook reads, with descriptions and defaults; connection variables. Other variables are allowed, as
 * an inventory is for many playbooks. The schema cannot require a variable, as it can be set at any level.
 *
 * @example
 * // the first line of an inventory; the path starts at its folder
 * // # yaml-language-server: $schema=ha-masters.schema.json
 */
export const inventoryJsonSchema = (book: Playbook): JsonSchema => {
  const read = schemasOf(book).map(propertiesOf)
  const variables = Object.assign({}, settings(), ...read.map(({ properties }) => properties))
  const named = [...namesInPlays(book)].map(([name, plays]) => [
    name,
    { ...ref('group'), description: `used by the plays: ${[...new Set(plays)].join('; ')}` },
  ])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `inventory for ${book.name}`,
    type: 'object',
    properties: { all: { ...ref('group'), description: 'every host' }, ...Object.fromEntries(named) },
    propertyNames: { pattern: '^[A-Za-z_][\\w.-]*$' },
    additionalProperties: ref('group'),
    $defs: {
      ...Object.assign({}, ...read.map(({ defs }) => defs)),
      group: mapOf({
        properties: {
          hosts: mapOf({
            description: 'names of hosts with their variables; ranges: web[01:20], db-[a:c]',
            additionalProperties: ref('variables'),
          }),
          children: mapOf({
            description: 'child groups',
            properties: Object.fromEntries(named),
            propertyNames: { pattern: '^[A-Za-z_][\\w.-]*$' },
            additionalProperties: ref('group'),
          }),
          vars: mapOf({
            description: 'variables of all hosts in the group',
            allOf: [ref('variables')],
            properties: {
              [priorityName]: {
                type: 'integer',
                description: 'of groups at the same depth, the higher one wins; 1 by default',
              },
            },
          }),
        },
        additionalProperties: false,
      }),
      variables: mapOf({ properties: variables }),
    },
  }
}
