/** Differences between two runs as text for people. Pure. */
import { duration, oneLine, pad } from '../../report/text.ts'
import type { Difference, OtherHost, OtherOutcome, SlowerTask } from './compare-runs.ts'

/** Rows of the same text become one, with all their hosts. */
const byText = <Row extends OtherOutcome | SlowerTask>(
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

const hostsLine = (hosts: readonly OtherHost[], which: OtherHost['in'], run: number): string[] => {
  const names = hosts.filter((one) => one.in === which).map(({ host }) => oneLine(host))
  return names.length === 0 ? [] : [`hosts only in run ${run}: ${names.join(', ')}`]
}

/**
 * Differences as lines.
 *
 * @param first the number of the earlier run.
 * @param second that of the later one.
 */
export const differenceLines = (
  differences: readonly Difference[],
  first: number,
  second: number,
): string[] => {
  if (differences.length === 0) return ['no difference in hosts, outcomes and times']
  const hosts = differences.filter((one) => one.type === 'host')
  const outcomes = differences.filter((one) => one.type === 'outcome')
  const slower = differences.filter((one) => one.type === 'slower')
  return [
    ...hostsLine(hosts, 'first', first),
    ...hostsLine(hosts, 'second', second),
    ...(outcomes.length === 0 ? [] : ['other outcomes:']),
    ...byText(outcomes, ({ from, to, error }) => [
      `${from ?? '(not in it)'} -> ${to ?? '(not in it)'}`,
      error ?? '',
    ]),
    ...(slower.length === 0 ? [] : ['much slower:']),
    ...byText(slower, ({ from, to }) => [`${duration(from)} -> ${duration(to)}`, '']),
  ]
}
