import type { z } from 'zod'

/**
 * Parses one input. zod would compile the schema at its first use, which takes longer than parsing the few inputs that most
 * schemas of a playbook get.
 */
export const parseOnce = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.ZodSafeParseResult<z.output<Schema>> => schema.safeParse(input, { jitless: true })
