/** Variables of which reading an unknown name is an error, not undefined. Pure. */
import { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { isPlain } from './freeze.ts'

const raw = Symbol.for('coxswain.variables')

type Part = z.core.$ZodType

/** Properties that JavaScript itself reads of any object (await, JSON.stringify). */
const readByLanguage: ReadonlySet<string> = new Set(['then', 'toJSON'])

/** A schema without wrappers such as optional and default. */
const unwrapped = (schema: Part): Part => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodNonOptional
  )
    return unwrapped(schema.def.innerType)
  return schema
}

/** The alternatives of a schema. */
const partsOf = (given: Part): readonly Part[] => {
  const schema = unwrapped(given)
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(partsOf)
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right].flatMap(partsOf)
  if (schema instanceof z.ZodPipe) return [schema.def.in, schema.def.out].flatMap(partsOf)
  return [schema]
}

/** The schemas of each name of a map; undefined for a map of arbitrary names, and for other schemas. */
const namesOf = (schema: Part): ReadonlyMap<string, readonly Part[]> | undefined => {
  const objects = partsOf(schema).filter((part) => part instanceof z.ZodObject)
  if (objects.length === 0) return undefined
  const names = new Map<string, readonly Part[]>()
  for (const { shape } of objects)
    for (const [name, inner] of Object.entries(shape)) names.set(name, [...(names.get(name) ?? []), inner])
  return names
}

const elementsOf = (schema: Part): readonly Part[] =>
  partsOf(schema).flatMap((part) => (part instanceof z.ZodArray ? [part.def.element] : []))

const unknownName = (path: string, name: string, known: readonly string[]): CoxswainError => {
  const guess = nearest(name, known)
  return new CoxswainError('playbook-invalid', `unknown variable ${path}${name}`, {
    hint:
      guess === undefined
        ? `declare ${name} in the vars of the playbook; if it can be missing, make it optional()`
        : `did you mean ${path}${guess}?`,
  })
}

/** A copy of a map that throws when a name is read that neither it nor its schema has. */
const strictMap = (value: object, copy: object, declared: readonly string[], path: string): object =>
  new Proxy(copy, {
    get: (target, name, receiver) => {
      if (name === raw) return value
      if (typeof name === 'string' && !(name in target) && !readByLanguage.has(name)) {
        const known = [...new Set([...Object.keys(target), ...declared])]
        if (!declared.includes(name)) throw unknownName(path, name, known)
      }
      return Reflect.get(target, name, receiver)
    },
    has: (target, name) => name === raw || Reflect.has(target, name),
  })

const strict = (value: unknown, schemas: readonly Part[], path: string, top: boolean): unknown => {
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  if (Array.isArray(value)) {
    const elements = schemas.flatMap(elementsOf)
    const copy = value.map((item: unknown, index) =>
      strict(item, elements, `${path.slice(0, -1)}[${index}].`, false),
    )
    return copy.every((item, index) => item === value[index]) ? value : copy
  }
  const maps = schemas.flatMap((schema) => namesOf(schema) ?? [])
  if (maps.length === 0 && !top) return value
  const copy: object = {}
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    const schemasOf = maps.flatMap((names) => names.get(name) ?? [])
    // a getter can throw, and must not be called here
    const inner = property.get === undefined && {
      value: strict(property.value, schemasOf, `${path}${name}.`, false),
    }
    Object.defineProperty(copy, name, { ...property, ...inner })
  }
  return strictMap(
    value,
    copy,
    maps.flatMap((names) => [...names.keys()]),
    path,
  )
}

/**
 * The variables that a playbook reads. Names in the schema can be read, missing optional ones as undefined; reading
 * another name throws `playbook-invalid` with the nearest name. The same applies to nested maps whose schema lists
 * their names. `name in vars`, spreading, JSON.stringify and inspect work as with any object.
 */
export const strictVariables = <Schema extends z.ZodType>(
  schema: Schema,
  vars: z.output<Schema>,
): z.output<Schema> =>
  // the proxy has the type of its target
  strict(vars, [schema], 'vars.', true) as z.output<Schema>

const isStrict = (value: object): value is { readonly [raw]: unknown } => raw in value

/**
 * Replaces strict variables in a nested value with plain objects: schemas of tasks read names that can be missing.
 */
export const unguarded = (value: unknown): unknown => {
  const seen = new Map<object, unknown>()
  const visit = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item
    if (isStrict(item)) return item[raw]
    if (!isPlain(item)) return item
    const known = seen.get(item)
    if (known !== undefined) return known
    seen.set(item, item)
    if (Array.isArray(item)) {
      const list = item.map(visit)
      return list.every((inner, index) => inner === item[index]) ? item : list
    }
    const entries = Object.entries(item).map(([key, inner]) => [key, inner, visit(inner)] as const)
    return entries.every(([, inner, plain]) => inner === plain)
      ? item
      : Object.fromEntries(entries.map(([key, , plain]) => [key, plain]))
  }
  return visit(value)
}
