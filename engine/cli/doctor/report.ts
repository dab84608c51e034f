/** What the doctor says, on a terminal and for programs. Pure. */
import { exitCodes } from '../../error-codes.ts'
import type { ExitCode } from '../../error-codes.ts'
import { isConnectionError } from '../../error-kinds.ts'
import { oneLine } from '../../report/text.ts'
import type { Finding } from './probe.ts'

/** A host and what is wrong with it. */
export interface Examined {
  readonly host: string
  readonly findings: readonly Finding[]
}

const heads = ['host', 'what', 'found, and how to fix it'] as const

/** One table: a host whose findings are none is well. */
export const doctorTable = (hosts: readonly Examined[]): string => {
  const rows = hosts.flatMap(({ host, findings }) =>
    findings.length === 0
      ? [[host, 'all', 'is well'] as const]
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
  const ill = hosts.filter(({ findings }) => findings.length > 0).length
  const sum =
    ill === 0
      ? `${hosts.length === 1 ? 'the host is' : `all ${hosts.length} hosts are`} well`
      : `${ill} of ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} to fix`
  return `${[...lines, '', sum].join('\n')}\n`
}

/** A line of JSON for each host. */
export const doctorJson = (hosts: readonly Examined[]): string =>
  hosts
    .map(({ host, findings }) => `${JSON.stringify({ host, well: findings.length === 0, findings })}\n`)
    .join('')

/** 0 where all is well, 4 where a host cannot be reached, else 2. */
export const doctorExit = (hosts: readonly Examined[]): ExitCode => {
  const findings = hosts.flatMap((examined) => examined.findings)
  if (findings.length === 0) return exitCodes.ok
  return findings.some(({ code }) => code !== undefined && isConnectionError(code))
    ? exitCodes.unreachable
    : exitCodes.failed
}
