import { formatError } from './format-error.ts'
import { atEnd } from './at-end.ts'
import { recorder } from './record.ts'
import type { RecordedPlay, RecordedRun, RecordedTask } from './record.ts'
import { handleAll, suspendNothing } from './reporter.ts'
import type { Reporter, ReportOptions } from './reporter.ts'
import { oneLine, printable, titledBy } from './text.ts'
import { element, textOf } from './xml.ts'
import type { Xml } from './xml.ts'
import type { ReportedError } from '../run/events.ts'

/** A test case, and how its suite counts it. */
interface Case {
  readonly counts: 'passed' | 'skipped' | 'failure' | 'error'
  readonly xml: Xml
}

/** Returns a name of at least one character, as the schemas require. */
const named = (text: string): string => oneLine(text) || '-'

const inSeconds = (milliseconds: number): string => (Math.max(0, milliseconds) / 1000).toFixed(3)

const problem = (kind: 'failure' | 'error', error: ReportedError): Case['xml'] =>
  element(kind, { message: oneLine(error.message), type: error.code }, [
    textOf(formatError(error, { color: false, verbosity: 1 })),
  ])

const skipped = (why: string): Xml => element('skipped', { message: oneLine(why) })

/** The content of a test case. An ignored or rescued failure counts as passed; it is in the output. */
const verdictOf = ({
  outcome,
  error,
  why,
}: RecordedTask): Pick<Case, 'counts'> & { readonly inner: Xml[] } => {
  switch (outcome) {
    case undefined:
      return {
        counts: 'error',
        inner: [element('error', { message: 'the task did not end', type: 'interrupted' })],
      }
    case 'failed':
    case 'unreachable': {
      const counts = outcome === 'failed' ? 'failure' : 'error'
      return {
        counts,
        inner: [error === undefined ? element(counts, { type: outcome }) : problem(counts, error)],
      }
    }
    case 'skipped':
      return { counts: 'skipped', inner: [skipped(why ?? 'skipped')] }
    case 'unknown':
      return { counts: 'skipped', inner: [skipped(`unknown: ${why ?? 'not known yet'}`)] }
    case 'ok':
    case 'changed':
    case 'would change':
    case 'ignored':
    case 'rescued':
      return { counts: 'passed', inner: [] }
  }
}

const caseOf = (recorded: RecordedTask, last: number): Case => {
  const { task, start, end } = recorded
  const { counts, inner } = verdictOf(recorded)
  const time = inSeconds((end ?? last) - start)
  return {
    counts,
    xml: element('testcase', { name: named(titledBy(task)), classname: named(task.host), time }, inner),
  }
}

/** The output of a task. The output of a failed command is in its failure. */
const outputOf = ({ task, outcome, output, error }: RecordedTask): string[] => {
  const passed = outcome === 'ignored' || outcome === 'rescued'
  const lines = [
    ...(passed && error !== undefined ? formatError(error, { color: false, verbosity: 1 }).split('\n') : []),
    ...output.map(({ line }) => printable(line)),
  ]
  const head = `${oneLine(task.host)}: ${oneLine(titledBy(task))}${passed ? ` (${outcome})` : ''}`
  return lines.length === 0 ? [] : [head, ...lines.map((line) => `  ${line}`)]
}

interface Suite {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly cases: readonly Case[]
  readonly output: readonly string[]
}

const suiteOf = ({ name, start, end, cases, output }: Suite, id: number, run: RecordedRun): Xml => {
  const count = (kind: Case['counts']): number => cases.filter(({ counts }) => counts === kind).length
  const attributes = {
    name: named(name),
    package: named(run.playbook),
    id,
    // without milliseconds and zone, as the schema for Ant's reports requires
    timestamp: new Date(start).toISOString().slice(0, 19),
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: inSeconds(end - start),
  }
  return element('testsuite', attributes, [
    element('properties', {}, [element('property', { name: 'check', value: String(run.check) })]),
    ...cases.map(({ xml }) => xml),
    element('system-out', {}, [textOf(output.join('\n'))]),
    element('system-err', {}),
  ])
}

const suiteOfPlay = ({ name, start, end, tasks }: RecordedPlay, last: number): Suite => ({
  name,
  start,
  end: end ?? last,
  cases: tasks.map((task) => caseOf(task, last)),
  output: tasks.flatMap(outputOf),
})

/** A suite for the error that stopped the run, which is not the failure of a task. */
const suiteOfStop = (stopped: ReportedError, { playbook, last }: RecordedRun): Suite => ({
  name: 'the run',
  start: last,
  end: last,
  cases: [
    {
      counts: 'error',
      xml: element('testcase', { name: named(playbook), classname: 'the run', time: '0.000' }, [
        problem('error', stopped),
      ]),
    },
  ],
  output: [],
})

/** A suite with a skipped case for each play that did not start. */
const suitesNotBegun = ({ names, plays, last }: RecordedRun): Suite[] =>
  names.flatMap((name, index) =>
    plays.some((play) => play.index === index)
      ? []
      : {
          name,
          start: last,
          end: last,
          cases: [
            {
              counts: 'skipped' as const,
              xml: element('testcase', { name: named(name), classname: 'the run', time: '0.000' }, [
                skipped('the play did not start'),
              ]),
            },
          ],
          output: [],
        },
  )

/**
 * Formats a run as a JUnit report: a suite for each play, a case for each task on each host.
 *
 * The report is valid for both schemas in use, that of Ant (windyroad/JUnit-Schema) and that of Jenkins
 * (xunit-plugin, junit-10.xsd): therefore the output of tasks is in the suite, not in the case.
 */
export const junitOf = (run: RecordedRun): string => {
  const { plays, end, last } = run
  const suites = [
    ...plays.map((play) => suiteOfPlay(play, last)),
    ...suitesNotBegun(run),
    ...(end?.stopped === undefined ? [] : [suiteOfStop(end.stopped, run)]),
  ]
  const { xml } = element(
    'testsuites',
    {},
    suites.map((suite, id) => suiteOf(suite, id, run)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replaceAll(/(<(?:testsuite |testcase |system-out)|<\/testsuites?>)/g, '\n$1')}\n`
}

/** Writes a JUnit report when the run ends or is aborted. */
export const junitReporter = ({ write }: ReportOptions): Reporter => {
  const { see, run } = recorder()
  const finish = atEnd(() => write(junitOf(run())))
  return {
    handle: handleAll(see),
    note: () => {},
    suspend: suspendNothing,
    close: () => {
      finish()
      return Promise.resolve()
    },
  }
}
