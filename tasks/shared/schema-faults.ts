/** What a schema of an author does not accept in a value that was read. Pure. */
import { issueText } from '../../engine/index.ts'
import type { z } from '../../engine/index.ts'

/** How many are listed. */
const most = 20

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : (kinds[typeof value] ?? typeof value)
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  )

/**
 * The faults of a value, each with its path: `items.0.port: a number is needed, not text`. They contain no value, which can be a secret.
 *
 * @param value what was read.
 */
export const schemaFaults = ({ issues }: z.ZodError, value: unknown): string[] =>
  issues.slice(0, most).map((issue) => {
    const path = issue.path.map(String).join('.')
    const text = issueText(issue)
    const found =
      issue.code === 'invalid_type' && text.endsWith('is needed')
        ? `, not ${kindOf(at(value, issue.path))}`
        : ''
    return `${path === '' ? '' : `${path}: `}${text}${found}`
  })
