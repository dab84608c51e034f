import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { aligned } from '../shared/aligned.ts'
import { counted } from '../shared/counted.ts'
import { findingSchema } from '../shared/finding.ts'
import type { Finding } from '../shared/finding.ts'

const countOf = (findings: readonly Finding[], severity: Finding['severity']): string[] => {
  const count = findings.filter((one) => one.severity === severity).length
  if (count === 0) return []
  return [severity === 'not known' ? `${count} not known` : counted(count, severity)]
}

/**
 * Fails with the error `finding` if something was found: a run in which nothing else failed then exits with 3.
 *
 * @example
 * given({ state }, ({ state }) => [noFindings({ findings: clusterFindings(state) })])
 */
export const noFindings = defineTask({
  name: 'no-findings',
  description:
    'Lists what other tasks have found, with what to do. If there is anything, it fails, and the run exits with 3.',
  reads: 'nothing',
  example: {
    findings: [
      { severity: 'warning', subject: 'm1', what: 'the disk is nearly full', cure: 'remove old files' },
    ],
  },
  params: () => z.object({ findings: z.array(findingSchema).describe('what was found') }),
  title: () => 'no findings',

  check: (_, { findings }) => {
    if (findings.length === 0) return ok()
    const counts = [
      ...countOf(findings, 'fault'),
      ...countOf(findings, 'warning'),
      ...countOf(findings, 'not known'),
    ]
    const rows = findings.flatMap(({ severity, subject, what, cure }) => [
      [severity, subject, what],
      ['', '', `→ ${cure}`],
    ])
    throw new CoxswainError('finding', counts.join(', '), { output: aligned(rows).join('\n') })
  },
})
