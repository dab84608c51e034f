import * as assert from 'uvu/assert'
import { pageData } from '../../../engine/report/html/data.ts'
import { escapeHtml, safeJson } from '../../../engine/report/html/escape.ts'
import { textTable } from '../../../engine/report/html/tables.ts'
import { oneLine } from '../../../engine/report/text.ts'
import { recordOf } from '../../../engine/report/record.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import { suite } from '../../support/spec.ts'
import {
  commandFailed,
  hostEnd,
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskRef,
  taskStart,
  time,
} from '../run-events.ts'

const test = suite('the data of the page')

const dataOf = (events: readonly RunEvent[]) => pageData(recordOf(events))

test('cards are on the page, each text on one line', () => {
  const task = taskRef('m1', 'the cluster')
  const card = {
    title: 'm2',
    state: 'fault' as const,
    lines: [{ label: 'etcd', text: 'healthy\u001b[31m\nleader' }],
    notes: ['kubelet is inactive\nstart it'],
  }
  const { drawn } = dataOf([
    runStart(),
    playStart(),
    taskStart(task),
    { ...taskEnd(task, 'ok'), value: 1, cards: [{ title: 'Masters', cards: [card] }] },
  ])
  assert.equal(drawn, [
    {
      title: 'Masters',
      cards: [
        {
          title: 'm2',
          state: 'fault',
          lines: [{ label: 'etcd', text: oneLine('healthy\u001b[31m\nleader') }],
          notes: [oneLine('kubelet is inactive\nstart it')],
        },
      ],
    },
  ])
  assert.not.match(JSON.stringify(drawn), /\\n|\\u001b/)
})

test('repeated values are stored once', () => {
  const hosts = ['m1', 'm22']
  const changes = [{ what: '/etc/motd', from: 'a\n', to: 'b\n' }]
  const data = dataOf([
    runStart(),
    playStart(),
    ...hosts.flatMap((host) => {
      const task = taskRef(host, 'file /etc/motd')
      return [
        taskStart(task, time + 10),
        taskEnd(task, 'changed', { changes, time: time + 40 }),
        hostEnd(host),
      ]
    }),
    { ...playEnd(), time: time + 50 },
    runEnd(),
  ])
  assert.equal(data.titles, ['file /etc/motd'])
  assert.equal(data.texts, ['/etc/motd', '@@ -1 +1 @@\n-a\n+b'])
  assert.equal(data.details, [{ changes: [[0, 1]] }])
  assert.equal(data.plays, [
    {
      name: 'every master is ready',
      start: 0,
      end: 50,
      hosts: [0, 1],
      standings: ['well', 'well'],
      tasks: [
        [0, 0, 10, 30, 1, 0],
        [1, 0, 10, 30, 1, 0],
      ],
    },
  ])
})

test('the beginning and end of output are kept, without control characters', () => {
  const task = taskRef('m1', 'list')
  const lines = Array.from({ length: 250 }, (_, index) => taskOutput(task, `line ${index}\x1b[31m`, 'stderr'))
  const data = dataOf([runStart(), playStart(), taskStart(task), ...lines, taskEnd(task, 'ok'), runEnd()])
  const [detail] = data.details
  const kept = data.texts[detail?.output ?? -1]?.split('\n') ?? []
  assert.is(kept.length, 201)
  assert.equal([kept[0], kept[99], kept[101], kept[200]], ['!line 0', '!line 99', '!line 150', '!line 249'])
  assert.is(kept[100], '>… 50 lines of output (700 bytes) omitted …')
})

test('with a small budget, failures come first, then changes, then output', () => {
  const long = 'x'.repeat(2000)
  const reason = `the reason: ${'y'.repeat(4000)}`
  const events = Array.from({ length: 1500 }, (_, index): RunEvent[] => {
    const task = taskRef('m1', 'list')
    return [taskStart(task), taskOutput(task, `${index} ${long}`), taskEnd(task, 'ok')]
  })
  const bad = taskRef('m1', 'join')
  const last = [taskStart(bad), taskEnd(bad, 'failed', { error: commandFailed({ output: reason }) })]
  const data = dataOf([runStart(), playStart(), ...events.flat(), ...last, runEnd()])
  assert.ok(data.texts.includes(reason))
  assert.ok(data.texts.includes('… omitted: the page would become too large'))
  assert.ok(safeJson(data).length < 2_300_000)
})

test('a long text is truncated, and counts once for the budget', () => {
  const texts = textTable(50)
  assert.is(texts.place('a text of some length'), 0)
  assert.is(texts.place('another text of some length'), 1)
  assert.equal(texts.values, ['a text of some length', '… omitted: the page would become too large'])
  assert.is(texts.place('a text of some length'), 0)
  const roomy = textTable(1e6)
  roomy.place('y'.repeat(30_000))
  assert.match(roomy.values[0] ?? '', '… 10000 more characters')
})

test('no text can end its JSON string or HTML element', () => {
  const nasty = '</script><!--\u2028&"\''
  assert.is(safeJson(nasty), '"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026\\"\'"')
  assert.is(JSON.parse(safeJson(nasty)), nasty)
  assert.is(escapeHtml(nasty), '&lt;/script&gt;&lt;!--\u2028&amp;&quot;&#39;')
})

test('a run without an end lasts until its last event', () => {
  const task = taskRef('m1', 'sleep')
  const data = dataOf([
    runStart(),
    playStart(),
    taskStart(task),
    { ...taskOutput(task, 'x'), time: time + 900 },
  ])
  assert.is(data.complete, false)
  assert.is(data.took, 900)
  assert.equal(data.plays[0]?.tasks[0]?.slice(2, 5), [0, 900, data.outcomes.indexOf('cut off')])
})
