/** Parses the parameters of a task with its schema. Pure. */
import { z } from 'zod'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { findMask, isSecret, mask, shownWord } from '../secret.ts'
import { miscoerced } from './coercion.ts'
import { issueText } from './issue-text.ts'
import { parseOnce } from './parse-once.ts'
import { unguarded } from './strict-variables.ts'
import type { Task } from './types.ts'

const named = (path: readonly PropertyKey[], text: string): string =>
  path.length === 0 ? text : `${path.map(String).join('.')}: ${text}`

const at = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (item, key) => (typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined),
    tree,
  )

/**
 * Refuses a parameter that the schema does not have: schemas ignore unknown keys, so a misspelt one would have no
 * effect.
 */
const refuseUnknown = (about: string, schema: z.ZodType, input: unknown): void => {
  // a schema with a catch-all handles unknown keys itself
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return
  const known = Object.keys(schema.shape)
  const given = typeof input === 'object' && input !== null ? Object.keys(input) : []
  const unknown = given.find((key) => !known.includes(key))
  if (unknown === undefined) return
  const guess = nearest(unknown, known)
  throw new CoxswainError('params-invalid', `${about} has no parameter ${shownWord(unknown)}`, {
    hint: guess === undefined ? `it takes: ${known.join(', ')}` : `did you mean ${guess}?`,
  })
}

/**
 * Refuses parameters in which a secret became text, that is, its mask.
 *
 * @throws `secret-masked` naming the parameter.
 */
export const refuseMasks = (about: string, value: unknown): void => {
  const path = findMask(value)
  if (path === undefined) return
  const where = path.join('.')
  throw new CoxswainError('secret-masked', `${about}: ${where} contains ${mask}, the mask of a secret`, {
    hint: `a secret in a template literal becomes its mask: in ${where}, write \${secret.reveal()} instead of \${secret}`,
  })
}

/**
 * Refuses a task with parameters in which a secret became its mask. Facts, and tasks that work on this machine, can
 * contain a mask.
 *
 * @throws `secret-masked` naming the parameter.
 */
export const refuseMaskedParams = ({
  name,
  params,
  apply,
  until,
  changes,
  place,
}: Pick<Task, 'name' | 'params' | 'apply' | 'until' | 'changes' | 'place'>): void => {
  // a task that waits sends its parameters to the host or over the network
  if ((apply === undefined && until === undefined) || !changes) return
  try {
    refuseMasks(`task ${name}`, params)
  } catch (error) {
    throw isCoxswainError(error) ? error.at({ place: place() }) : error
  }
}

const takesNoSecret = 'it does not take a secret; value.reveal() returns the text'

/** Parses an input, or returns its problems as text. */
const parse = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): { readonly data: z.output<Schema> } | { readonly problems: readonly string[] } => {
  const wrong = miscoerced(schema, input)
  if (wrong.length > 0) {
    const problems = wrong.map(({ path, needed }) => {
      if (needed !== undefined) return named(path, needed)
      const value = at(input, path)
      if (isSecret(value)) return named(path, takesNoSecret)
      return named(path, value === undefined || value === null ? `it is ${value}` : 'it is a map or a list')
    })
    return { problems }
  }
  const parsed = parseOnce(schema, input)
  if (parsed.success) return { data: parsed.data }
  return {
    problems: parsed.error.issues.map((issue) =>
      named(issue.path, isSecret(at(input, issue.path)) ? takesNoSecret : issueText(issue)),
    ),
  }
}

/**
 * Parses parameters with a schema.
 *
 * @param what whose parameters they are, for the error.
 *
 * @throws `params-invalid` naming every invalid parameter.
 */
export const parseParams = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  given: unknown,
  what: 'task' | 'role' = 'task',
): z.output<Schema> => {
  const input = unguarded(given)
  refuseUnknown(`${what} ${name}`, schema, input)
  const parsed = parse(schema, input)
  if ('data' in parsed) return parsed.data
  throw new CoxswainError('params-invalid', `${what} ${name}: ${parsed.problems.join('; ')}`, {
    task: name,
    hint: `see \`run ${name} --help\` for its parameters`,
  })
}
