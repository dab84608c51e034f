/** The findings of the doctor as a table and as JSON. Pure. */
import { exitCodes } from '../../exit-codes.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { isConnectionError } from '../../error-kinds.ts'
import { oneLine, plural } from '../../report/text.ts'
import type { Finding } from './probe.ts'

/** A host and its problems. */
export interface Examined {
  readonly host: string
  readonly findings: readonly Finding[]
}

const heads = ['host', 'check', 'result'] as const

/** One table of all hosts. */
export const doctorTable = (hosts: readonly Examined[]): string => {
  const rows = hosts.flatMap(({ host, findings }) =>
    findings.length === 0
      ? [[host, 'all', 'no problems'] as const]
      : findings.flatMap(({ probe, what, fix }, index) => [
          [index === 0 ? host : '', probe, oneLine(what)] as const,
          ['', '', `→ ${oneLine(fix)}`] as const,
        ]),
  )
  const width = (column: 0 | 1): number => Math.max(...[heads, ...rows].map((row) => row[column].length))
  const [first, second] = [width(0), width(1)]
  const lines = [heads, ...rows].map(([host, probe, text]) =>
    `${host.padEnd(first)}  ${probe.padEnd(second)}  ${text}`.trimEnd(),
  )
  const bad = hosts.filter(({ findings }) => findings.length > 0).length
  const total = plural(hosts.length, 'host')
  const sum = bad === 0 ? `no problems on ${total}` : `problems on ${bad} of ${total}`
  return `${[...lines, '', sum].join('\n')}\n`
}

/** One line of JSON per host. */
export const doctorJson = (hosts: readonly Examined[]): string =>
  hosts
    .map(({ host, findings }) => `${JSON.stringify({ host, well: findings.length === 0, findings })}\n`)
    .join('')

/** 0 without problems, 4 if a host is unreachable, else 2. */
export const doctorExit = (hosts: readonly Examined[]): ExitCode => {
  const findings = hosts.flatMap((examined) => examined.findings)
  if (findings.length === 0) return exitCodes.ok
  return findings.some(({ code }) => code !== undefined && isConnectionError(code))
    ? exitCodes.unreachable
    : exitCodes.failed
}
