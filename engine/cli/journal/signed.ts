/** The line of a journal that says what a task was made of, written before the line that says how it ended. */
import { z } from 'zod'

const schema = z.object({
  type: z.literal('signature'),
  play: z.number().int(),
  host: z.string(),
  position: z.number().int(),
  name: z.string(),
  definition: z.string(),
  parameters: z.string(),
  settings: z.string(),
  variables: z.string(),
  // not there in journals of earlier versions
  program: z.string().default(''),
})

/** A task on a host, with what it was made of. */
export type SignedTask = z.output<typeof schema>

/** The signed task that a line holds; undefined where it holds none. */
export const signedOf = (line: unknown): SignedTask | undefined => schema.safeParse(line).data
