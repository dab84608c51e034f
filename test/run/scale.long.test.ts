/** Many concurrent hosts, each in its order; `npm run bench:scale` measures the same with more hosts. */
import * as assert from 'uvu/assert'
import { cases, newHosts, planFor } from '../../bench/scale/fleet.ts'
import type { Case } from '../../bench/scale/fleet.ts'
import { disorder } from '../../bench/scale/order.ts'
import { outputs } from '../../engine/report/outputs.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import type { Reporter } from '../../engine/report/reporter.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { runPlan } from '../../engine/run/runner.ts'
import { suite } from '../support/spec.ts'

const test = suite('200 hosts × 20 tasks')
const size = { hosts: 200, tasks: 20 }

/** The events of a run, and the output of both reporters. */
const runAll = async (start: Case) => {
  const hosts = newHosts(size, start)
  const { plan, fleet } = planFor(hosts, size.tasks)
  const events: RunEvent[] = []
  const texts = { plain: '', json: '' }
  const reporters: Reporter[] = []
  for (const kind of ['plain', 'json'] as const) {
    const create = await outputs[kind].load()
    reporters.push(
      create({
        write: (text) => (texts[kind] += text),
        color: false,
        width: 80,
        height: 24,
        diff: false,
        verbosity: 1,
      }),
    )
  }
  const { exit } = await runPlan(plan, fleet, {
    checkMode: false,
    forks: 20,
    signal: new AbortController().signal,
    emit: (event) => {
      events.push(event)
      for (const reporter of reporters) dispatch(reporter, event)
    },
  })
  assert.is(exit, 0)
  return { events, texts, names: Object.keys(hosts) }
}

// each case is run once, for all tests
const results = new Map<Case, Awaited<ReturnType<typeof runAll>>>()
test.before(async () => {
  for (const start of cases) results.set(start, await runAll(start))
})
const resultOf = (start: Case) => {
  const result = results.get(start)
  if (result === undefined) throw new Error(`no run with all ${start}`)
  return result
}

const taskEvents = new Set<RunEvent['type']>(['task-start', 'task-output', 'task-end'])

/** `type position` of each event of a task, by host. */
const stories = (events: readonly RunEvent[]): Map<string, string[]> => {
  const byHost = new Map<string, string[]>()
  for (const event of events) {
    if (!('task' in event) || !taskEvents.has(event.type)) continue
    const story = byHost.get(event.task.host) ?? []
    story.push(`${event.type} ${event.task.position}`)
    byHost.set(event.task.host, story)
  }
  return byHost
}

for (const start of cases) {
  test(`all ${start}: events and output of each host are in its order`, () => {
    const { events, texts, names } = resultOf(start)
    const found = stories(events)
    assert.is(found.size, size.hosts)
    const expected = Array.from({ length: size.tasks }, (_, position) => [
      `task-start ${position}`,
      ...(start === 'changed' ? [`task-output ${position}`] : []),
      `task-end ${position}`,
    ]).flat()
    for (const [host, story] of found) assert.equal(story, expected, host)
    const ids = events.flatMap((event) => (event.type === 'task-start' ? [event.task.id] : []))
    assert.is(new Set(ids).size, size.hosts * size.tasks)
    for (const kind of ['plain', 'json'] as const)
      assert.is(disorder(texts[kind], kind, start, names, size.tasks), undefined, kind)
  })
}

test('hosts run in parallel, not one after another', () => {
  const { events } = resultOf('changed')
  const hosts = events.flatMap((event) => (event.type === 'task-end' ? [event.task.host] : []))
  assert.is(new Set(hosts.slice(0, 40)).size, 20)
})

test('the test detects output that is not in order', () => {
  const { texts, names } = resultOf('changed')
  for (const kind of ['plain', 'json'] as const) {
    const lines = texts[kind].split('\n')
    const ends = lines.flatMap((line, index) =>
      / changed |"outcome":"changed"/.test(line) && line.includes('host-0007') ? [index] : [],
    )
    const [first = 0, second = 0] = ends
    const swapped = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '')
    assert.match(disorder(swapped.join('\n'), kind, 'changed', names, size.tasks) ?? '', /^host-0007: /)
    assert.match(
      disorder(lines.toSpliced(second, 1).join('\n'), kind, 'changed', names, size.tasks) ?? '',
      /^host-0007: /,
    )
  }
})
