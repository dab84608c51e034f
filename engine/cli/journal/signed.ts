/** The line of a journal with the signature of a task, written before the line with its outcome. */
import { z } from 'zod'

const schema = z.object({
  type: z.literal('signature'),
  play: z.number().int(),
  host: z.string(),
  // not an integer for a task that a step made from values
  position: z.number(),
  name: z.string(),
  definition: z.string(),
  parameters: z.string(),
  settings: z.string(),
  variables: z.string(),
  // missing in journals of earlier versions
  program: z.string().default(''),
})

/** A task on a host with its signature. */
export type SignedTask = z.output<typeof schema>

/** Parses a signed task; undefined for another line. */
export const signedOf = (line: unknown): SignedTask | undefined => schema.safeParse(line).data
