/** The results of the tests of a file. */
import { z } from 'zod'

const schema = z.object({
  passed: z.number(),
  failed: z.number(),
  /** The failed tests, as "file: suite: test". */
  failures: z.array(z.string()),
  /** Skipped tests by reason. */
  skipped: z.record(z.string(), z.number()),
})

export type Count = z.output<typeof schema>

/** Parses the count that a process printed as JSON. */
export const readCount = (text: string): Count => schema.parse(JSON.parse(text))

/** The count of a file that could not be run to its end. */
export const failedFile = (file: string): Count => ({ passed: 0, failed: 1, failures: [file], skipped: {} })

/** Returns the counts of all files as one. */
export const sumOf = (counts: readonly Count[]): Count => {
  const skipped: Record<string, number> = {}
  for (const [reason, tests] of counts.flatMap((count) => Object.entries(count.skipped)))
    skipped[reason] = (skipped[reason] ?? 0) + tests
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    failures: counts.flatMap(({ failures }) => failures),
    skipped,
  }
}

/** What a line about a failed test begins with; `.ci/run` collects these lines. */
const failureMark = 'FAILED: '

/**
 * Returns the last lines of output: each failed test, how many tests were skipped and why, if any, then
 * `N passed, N failed`.
 */
export const closingLines = ({ passed, failed, failures, skipped }: Count): readonly string[] => {
  const reasons = Object.entries(skipped).toSorted(([, a], [, b]) => b - a)
  const total = reasons.reduce((sum, [, tests]) => sum + tests, 0)
  return [
    ...failures.map((failure) => failureMark + failure),
    ...(total === 0
      ? []
      : [`${total} skipped: ${reasons.map(([reason, tests]) => `${tests} ${reason}`).join('; ')}`]),
    `${passed} passed, ${failed} failed`,
  ]
}
