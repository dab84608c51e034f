/** The rounds as a page. Pure. */
import { faults } from './faults.ts'
import { operationNames, operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import type { Outcome } from './round.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

const seconds = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1))

const ended = ({ runs }: Outcome): string =>
  runs.map(({ status }) => (status === null ? 'killed' : String(status))).join(', ')

/** The cells of a round, after its number. */
const cells = (outcome: Outcome): string[] => [
  operations[outcome.operation].says,
  outcome.recipe === undefined ? 'nothing' : faults[outcome.recipe.fault].says,
  outcome.recipe === undefined ? '' : (outcome.struck ?? 'not: the run was over before'),
  String(outcome.events),
  ended(outcome),
  operations[outcome.operation].goesBack ? '' : seconds(outcome.written?.longest),
  operations[outcome.operation].goesBack ? '' : seconds(outcome.written?.away),
  String(outcome.written?.acknowledged ?? ''),
  outcome.wrong.length === 0 ? 'well' : outcome.wrong.join('; ').slice(0, 500),
]

const row = (number: string, outcome: Outcome): string =>
  `| ${[number, ...cells(outcome)].map(cell).join(' | ')} |`

/** Rows of a page by their first cell. */
const rowsOf = (page: string): Map<string, string> =>
  new Map([...page.matchAll(/^\| (\d+|[a-z]+) \|.*$/gm)].map(([line, name = '']) => [name, line]))

/** The end of the row of a round that ended well. */
const wellEnd = ' | well |'

const columns = [
  '',
  'operation',
  'fault',
  'when',
  'events',
  'exit statuses',
  'longest',
  'away',
  'writes',
  'outcome',
]

const subject = ({ seed, kubernetes }: Rounds): string => `seed ${seed}, Kubernetes ${kubernetes}`

/** How many events an undisturbed run of an operation had, if a page of these rounds has it. */
export const usualEvents = (rounds: Rounds, page: string): Map<OperationName, number> => {
  const rows = page.includes(subject(rounds)) ? rowsOf(page) : new Map<string, string>()
  return new Map(
    operationNames.flatMap((name) => {
      const line = rows.get(name)
      const values = line?.endsWith(wellEnd) === true ? line.split(/(?<!\\)\|/) : []
      const events = Number(values[columns.indexOf('events') + 1])
      return events > 0 ? [[name, events] as const] : []
    }),
  )
}

/** Which rounds a page is about. */
export interface Rounds {
  readonly seed: number
  readonly kubernetes: string
}

/**
 * A page of Markdown.
 *
 * @param before the existing page: its rows of other rounds stay if it is for the same seed and version.
 */
export const pageOf = (rounds: Rounds, outcomes: readonly Outcome[], before = ''): string => {
  const of = subject(rounds)
  const rows = before.includes(of) ? rowsOf(before) : new Map<string, string>()
  for (const outcome of outcomes) {
    const number = outcome.recipe === undefined ? outcome.operation : String(outcome.recipe.round)
    rows.set(number, row(number, outcome))
  }
  const table = (wanted: (name: string) => boolean): string =>
    [
      `| ${columns.join(' | ')} |`,
      `|${columns.map(() => '---|').join('')}`,
      ...[...rows]
        .filter(([name]) => wanted(name))
        .toSorted(([a], [b]) => Number(a) - Number(b))
        .map(([, line]) => line),
    ].join('\n')
  const isRound = (name: string): boolean => /^\d+$/.test(name)
  const all = [...rows].filter(([name]) => isRound(name))
  const good = all.filter(([, line]) => line.endsWith(wellEnd)).length
  return `# Clusters under faults

Written by \`npm run chaos -- cluster --table docs/chaos-cluster.md\` (${of}): ${good} of ${all.length} rounds ended well.

Three real masters of kubeadm in the lab, a fourth one that comes and goes, and a load balancer. In each round a writer puts numbered
objects through the endpoint, one after the other, and a reader checks them, while a playbook runs that changes the cluster. At an
event of the run that the seed decides, something happens: the controller is killed, a master has no network for 5 to 45 seconds, or its power is cut and
comes back, or the disk of its etcd is full until the run has ended. Then the same command is run again, at most three times, with
twenty seconds between the last ones. The round ended well if a run ended with 0, each error before had a way out, no write that was
acknowledged is lost, \`ha-masters\` changes nothing then, and \`status\` finds nothing.

Times are in seconds: the longest one without an acknowledged write, and the sum of all above one second. An etcd that is restored loses on
purpose what was written after the snapshot, so its writer ends before it. The lab's hosts share two cores and a disk, so the warning that their
disks are too slow for etcd does not count.

## Without a fault

${table((name) => !isRound(name))}

## With one

${table(isRound)}
`
}
