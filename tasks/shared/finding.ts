/** What a task that only looks has found. */
import { z } from '../../engine/index.ts'

/** How much a finding matters. `not known` says that something could not be asked: nothing is known to be wrong there. */
export const severities = ['fault', 'warning', 'not known'] as const

/** A finding in the parameters of a task. */
export const findingSchema = z.object({
  severity: z.enum(severities).describe('how much it matters'),
  subject: z.string().describe('the host, member or part of the cluster'),
  what: z.string().describe('what is wrong'),
  cure: z.string().describe('what to do'),
})

/** What was found, where, and what to do. */
export type Finding = z.output<typeof findingSchema>

/** A finding, in the order of its columns. */
export const finding = (
  subject: string,
  severity: Finding['severity'],
  what: string,
  cure: string,
): Finding => ({ severity, subject, what, cure })
