/** Cards: how a value is drawn on the page of a run. */
import { z } from 'zod'

/** How something is. */
export const cardStates = ['good', 'warning', 'fault', 'not known'] as const

/** Parts of a kind, each with a card, such as the masters of a cluster. Pages show text only, and never as markup. */
export const cardGroupSchema = z.object({
  title: z.string().describe('what the parts are'),
  cards: z
    .array(
      z.object({
        title: z.string().describe('the name of the part'),
        state: z.enum(cardStates).describe('how it is'),
        lines: z
          .array(
            z.object({ label: z.string().describe('what it is'), text: z.string().describe('how it is') }),
          )
          .describe('what is known of it'),
        notes: z.array(z.string()).describe('sentences below them, such as what is wrong'),
      }),
    )
    .describe('one for each part'),
})

/** Parts of a kind, each with a card. */
export type CardGroup = z.output<typeof cardGroupSchema>

/** How people see a value. */
export interface Shown {
  /** In the output of the run. */
  readonly text: string
  /** On the page of `--report`, which then begins with it; the text alone by default. */
  readonly cards?: readonly CardGroup[]
}
