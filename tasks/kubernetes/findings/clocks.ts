/** Clocks of hosts that differ: certificates and tokens then count as not valid yet, or as expired. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'

/** Seconds that a clock may differ from the others' median before certificates and tokens are at risk. */
const seconds = { warning: 2, fault: 30 } as const

/** How many seconds a clock is ahead of the clock of this machine: between two bounds, as an answer takes time. */
export interface SecondsAhead {
  /** The least number of seconds. */
  readonly least: number
  /** The greatest number of seconds. */
  readonly most: number
}

/** The clock of a host. */
export interface ClockState {
  readonly name: string
  /** Undefined if it is not known. */
  readonly ahead: SecondsAhead | undefined
}

/** How many seconds two clocks certainly differ by: what the answers took to arrive cannot explain it. Positive if the first is ahead. */
const gap = (one: SecondsAhead, other: SecondsAhead): number =>
  one.least > other.most ? one.least - other.most : other.least > one.most ? one.most - other.least : 0

const cure = 'install a time service such as chrony, and let it set the clock'

const said = (off: number): string => `${off > 0 ? '+' : '-'}${Math.floor(Math.abs(off))} s`

/** Clocks that certainly differ from most others. Of two, it is not known which one is wrong. */
export const clockFindings = (all: readonly ClockState[]): Finding[] => {
  const clocks = all.flatMap(({ name, ahead }) =>
    ahead !== undefined && Number.isFinite(ahead.least) ? [{ name, ahead }] : [],
  )
  const severityOf = (off: number): Finding['severity'] =>
    Math.abs(off) > seconds.fault ? 'fault' : 'warning'
  const [first, second] = clocks
  if (clocks.length === 2 && first !== undefined && second !== undefined) {
    const off = gap(second.ahead, first.ahead)
    if (Math.abs(off) <= seconds.warning) return []
    const what = `the clock of ${second.name} differs from that of ${first.name} by ${said(off)}`
    return [finding(`${first.name}, ${second.name}`, severityOf(off), what, cure)]
  }
  return clocks.flatMap(({ name, ahead }) => {
    const gaps = clocks
      .filter((other) => other.name !== name)
      .map((other) => gap(ahead, other.ahead))
      .filter((off) => Math.abs(off) > seconds.warning)
    if (gaps.length * 2 <= clocks.length - 1) return []
    const off = gaps.toSorted((one, other) => Math.abs(one) - Math.abs(other))[0] ?? 0
    return [finding(name, severityOf(off), `its clock differs from the others by ${said(off)}`, cure)]
  })
}
