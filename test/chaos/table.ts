/** The table of rounds as a page. Pure. */
import type { RunEvent } from '../../engine/run/events.ts'
import { faults } from './faults.ts'
import type { Outcome } from './round.ts'
import type { Ran } from './run.ts'

const counted = (events: readonly RunEvent[]): string => {
  const counts = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'task-end') continue
    const what = event.task.role === 'handler' ? 'handlers' : event.outcome
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ')
}

const ended = ({ result, events }: Ran): string =>
  `${result.status === null ? 'killed' : `exit ${result.status}`}${events.length > 0 ? `: ${counted(events)}` : ''}`

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const row = ({ recipe, struck, runs: [first, second], wrong }: Outcome): string => {
  const cells = [
    String(recipe.round),
    faults[recipe.fault].says,
    struck ?? 'not: the run was over before',
    first === undefined ? '' : ended(first),
    second === undefined ? '' : `${recipe.resume ? '`--resume`, ' : ''}${ended(second)}`,
    wrong.length === 0 ? 'well' : wrong.join('; '),
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

const said = ({ seed, size }: TableOf): string => `seed ${seed}, ${size} tasks in each playbook`

/** Rows of an existing page, by their rounds; none if it is for another seed or size. */
const rowsOf = (page: string, of: TableOf): Map<number, string> =>
  page.includes(said(of))
    ? new Map([...page.matchAll(/^\| (\d+) \|.*$/gm)].map(([line, round]) => [Number(round), line]))
    : new Map()

/** The rounds of a table. */
export interface TableOf {
  readonly seed: number
  readonly size: number
}

/**
 * A page of Markdown.
 *
 * @param before the existing page: its rows of other rounds stay.
 */
export const tableText = (of: TableOf, outcomes: readonly Outcome[], before = ''): string => {
  const rows = rowsOf(before, of)
  for (const outcome of outcomes) rows.set(outcome.recipe.round, row(outcome))
  const lines = [...rows].toSorted(([a], [b]) => a - b).map(([, line]) => line)
  const good = lines.filter((line) => line.endsWith(' | well |')).length
  return `# Interrupted runs

Written by \`npm run chaos -- --table docs/chaos.md\` (${said(of)}): ${good} of ${lines.length} rounds ended well.

Each round takes a new lab host (Debian with systemd and sshd) and a playbook of tasks drawn from the library, half of them with
a handler. A first run is disturbed at a moment that the seed decides: at an event of its output, or at a byte on its way to the
host. The same run is then started again and must end with 0; a third one must find nothing to change. The round ended well if
also: the host holds what an undisturbed run on another new host made (files with owner, mode and content, services, packages,
kernel parameters, mounts, firewall, containers); each handler that was due has run, or the run said that it is not remembered;
no temporary file, process, or held lock is left on the host, and none on the controller; and \`run history\` reads all journals.

| round | what was done | when | the disturbed run | the next run | outcome |
|---|---|---|---|---|---|
${lines.join('\n')}
`
}
