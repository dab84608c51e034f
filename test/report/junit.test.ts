import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import * as fc from 'fast-check'
import { validateXML } from 'xmllint-wasm'
import { junitReporter } from '../../engine/report/junit.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import { element, textOf } from '../../engine/report/xml.ts'
import { noOutcomes } from '../../engine/run/events.ts'
import type { Outcome, RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'
import {
  commandFailed,
  paper,
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskRef,
  taskStart,
} from './run-events.ts'

const test = suite('the JUnit report')

const schema = readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8')

const reportOf = async (events: readonly RunEvent[]): Promise<string> => {
  const { options, text } = paper()
  const reporter = junitReporter(options)
  for (const event of events) dispatch(reporter, event)
  assert.is(text(), '', 'it is written at the end')
  await reporter.close()
  return text()
}

const complaints = async (xml: string): Promise<string[]> => {
  const { errors } = await validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema })
  return errors.map(({ message }) => message)
}

const plays = ['every master is ready', 'the workers join']

const isOutcome = (word: string): word is Outcome => word in noOutcomes()

/** A task of each outcome on m1. */
const everything = (): RunEvent[] =>
  Object.keys(noOutcomes())
    .filter(isOutcome)
    .flatMap((outcome) => {
      const task = taskRef('m1', `a task that is ${outcome}`)
      const bad = ['failed', 'unreachable', 'ignored', 'rescued'].includes(outcome)
      const end = { error: bad ? commandFailed() : undefined, time: 1_000_500 }
      const why = outcome === 'skipped' || outcome === 'unknown' ? 'for a reason' : undefined
      return [
        taskStart(task, 1_000_000),
        taskOutput(task, 'a \x1b[31mline\x1b[0m'),
        taskEnd(task, outcome, { ...end, why }),
      ]
    })

test('a case for each task and host, in suites by play', async () => {
  const task = taskRef('m1', 'sysctl')
  const bad = taskRef('m22', 'join <it>', { on: 'm1' })
  const xml = await reportOf([
    runStart(),
    playStart(),
    taskStart(task),
    taskOutput(task, 'x = 1'),
    taskStart(bad),
    taskEnd(task, 'changed', { time: 1_001_250 }),
    taskEnd(bad, 'failed', { error: commandFailed({ output: 'one\x01 & two' }), time: 1_003_000 }),
    { ...playEnd(['m22']), time: 1_003_000 },
    runEnd(),
  ])
  assert.is(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="every master is ready" package="ha-masters" id="0" timestamp="1970-01-01T00:16:40" hostname="localhost" tests="2" failures="1" errors="0" skipped="0" time="3.000"><properties><property name="check" value="false"/></properties>
<testcase name="sysctl" classname="m1" time="1.250"/>
<testcase name="join &lt;it&gt; (on m1)" classname="m22" time="3.000"><failure message="exit status 1 from: kubeadm join" type="command-failed">error[command-failed]: exit status 1 from: kubeadm join
  on host m22, task join the control plane
  output:
    one &amp; two
  caused by: the process ended
  caused by: a deeper cause
    of two lines
  hint: run it by hand on the host to see more</failure></testcase>
<system-out>m1: sysctl
  x = 1</system-out><system-err/>
</testsuite>
</testsuites>
`,
  )
  assert.equal(await complaints(xml), [])
})

test('every outcome has its form', async () => {
  const xml = await reportOf([runStart(), playStart(), ...everything(), playEnd(['m1']), runEnd()])
  assert.equal(await complaints(xml), [])
  assert.match(xml, 'tests="9" failures="1" errors="1" skipped="2"')
  assert.match(xml, '<skipped message="for a reason"/>')
  assert.match(xml, '<skipped message="unknown: for a reason"/>')
  assert.match(xml, /m1: a task that is rescued \(rescued\)\n {2}error\[command-failed\]/)
})

test('an aborted run lists tasks that did not end and plays that did not start', async () => {
  const stopped = commandFailed({ code: 'interrupted', message: 'the run was interrupted' })
  const xml = await reportOf([
    runStart({ plays }),
    playStart(),
    taskStart(taskRef('m1', 'sleep')),
    playEnd(),
    runEnd({ stopped, notRun: plays.slice(1) }),
  ])
  assert.equal(await complaints(xml), [])
  assert.match(xml, '<error message="the task did not end" type="interrupted"/>')
  assert.match(xml, '<testcase name="the workers join" classname="the run" time="0.000"><skipped')
  assert.match(xml, '<error message="the run was interrupted" type="interrupted">')
})

test('the report is written even if the run has no end', async () => {
  const xml = await reportOf([runStart(), playStart(), taskStart(taskRef('m1', 'sleep'))])
  assert.equal(await complaints(xml), [])
  assert.match(xml, 'errors="1"')
})

test('the report is written once, even if the process exits before it is closed', async () => {
  const { options, text } = paper()
  const before = process.listeners('exit')
  const reporter = junitReporter(options)
  dispatch(reporter, runStart())
  const leave = process.listeners('exit').find((listener) => !before.includes(listener))
  assert.ok(leave)
  leave(130)
  await reporter.close()
  assert.is(text().match(/<testsuites>/g)?.length, 1)
  assert.is(process.listenerCount('exit'), before.length)
})

test('the report is valid for any output', async () => {
  const nasty = fc.string({ unit: 'binary' })
  const some = fc.sample(fc.tuple(nasty, nasty, nasty), 200)
  const events = some.flatMap(([title, line, why]): RunEvent[] => {
    const task = taskRef(`m${why}`, title)
    const error = commandFailed({ message: line, output: why })
    return [taskStart(task), taskOutput(task, line), taskEnd(task, 'failed', { error })]
  })
  const hard = ']]><script>\u0000\ud800\ufffe\u001b[31m"\'&amp;\r\n'
  const task = taskRef(hard, hard)
  const xml = await reportOf([
    runStart({ playbook: hard, plays: [hard] }),
    playStart({ name: hard }),
    ...events,
    taskStart(task),
    taskOutput(task, hard),
    taskEnd(task, 'skipped', { why: hard }),
    runEnd(),
  ])
  assert.equal(await complaints(xml), [])
  assert.not.match(xml, '<script')
})

test('an attribute keeps its newlines, a text its carriage returns', () => {
  assert.is(
    element('a', { b: 'x\n"<', c: undefined }, [textOf('1 < 2\r')]).xml,
    '<a b="x&#10;&quot;&lt;">1 &lt; 2&#13;</a>',
  )
})

test('characters that XML does not allow become U+FFFD', () =>
  assert.is(textOf('a\u0000b\u001bc\ud800d\ufffee\u{1f600}').xml, 'a\ufffdb\ufffdc\ufffdd\ufffde\u{1f600}'))
