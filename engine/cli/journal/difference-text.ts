/** Differences between two runs as text. Pure. */
import { duration, oneLine, pad } from '../../report/text.ts'
import type { Difference, HostDifference, OutcomeDifference, SlowerTask } from './compare-runs.ts'

/** One line for all rows with the same text, with their hosts. */
const byText = <Row extends OutcomeDifference | SlowerTask>(
  rows: readonly Row[],
  textOf: (row: Row) => readonly [string, string],
): string[] => {
  const groups = new Map<string, { readonly row: Row; readonly hosts: string[] }>()
  for (const row of rows) {
    const key = JSON.stringify([row.play, row.task, ...textOf(row)])
    const group = groups.get(key) ?? { row, hosts: [] }
    group.hosts.push(row.host)
    groups.set(key, group)
  }
  const shown = [...groups.values()].map(({ row, hosts }) => ({ row, hosts, text: textOf(row) }))
  const title = Math.max(0, ...shown.map(({ row }) => oneLine(row.task).length))
  const middle = Math.max(0, ...shown.map(({ text: [text] }) => text.length))
  let play: string | undefined
  return shown.flatMap(({ row, hosts, text: [text, below] }) => {
    const heading = row.play === play ? [] : [`  ${oneLine(row.play)}`]
    play = row.play
    const line = `    ${pad(oneLine(row.task), title)}  ${pad(text, middle)}  ${hosts.map(oneLine).join(', ')}`
    return [...heading, line, ...(below === '' ? [] : [`      ${oneLine(below)}`])]
  })
}

const hostsLine = (hosts: readonly HostDifference[], which: HostDifference['in'], run: number): string[] => {
  const names = hosts.filter((one) => one.in === which).map(({ host }) => oneLine(host))
  return names.length === 0 ? [] : [`hosts only in run ${run}: ${names.join(', ')}`]
}

/**
 * Differences as lines.
 *
 * @param first the number of the earlier run.
 * @param second the number of the later run.
 */
export const differenceLines = (
  differences: readonly Difference[],
  first: number,
  second: number,
): string[] => {
  if (differences.length === 0) return ['no differences in hosts, outcomes and times']
  const hosts = differences.filter((one) => one.type === 'host')
  const outcomes = differences.filter((one) => one.type === 'outcome')
  const slower = differences.filter((one) => one.type === 'slower')
  return [
    ...hostsLine(hosts, 'first', first),
    ...hostsLine(hosts, 'second', second),
    ...(outcomes.length === 0 ? [] : ['different outcomes:']),
    ...byText(outcomes, ({ from, to, error }) => [
      `${from ?? '(not in this run)'} -> ${to ?? '(not in this run)'}`,
      error ?? '',
    ]),
    ...(slower.length === 0 ? [] : ['much slower:']),
    ...byText(slower, ({ from, to }) => [`${duration(from)} -> ${duration(to)}`, '']),
  ]
}
