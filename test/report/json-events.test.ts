import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { jsonReporter } from '../../engine/report/json.ts'
import { eventsJsonSchema, eventTypes } from '../../engine/report/json-events.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'
import { eventsIn, validEvent } from '../support/valid-events.ts'
import {
  commandFailed,
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskProgress,
  taskRef,
  taskStart,
  written,
} from './run-events.ts'

const test = suite('the schema of events')

const task = taskRef('m1', 'x')
const line = (event: Parameters<typeof written>[1][number]): Record<string, unknown> =>
  JSON.parse(written(jsonReporter, [event]))

const described = (node: unknown, path: string): string[] => {
  if (typeof node !== 'object' || node === null) return []
  const properties = 'properties' in node && typeof node.properties === 'object' ? node.properties : {}
  const missing = Object.entries(properties ?? {}).flatMap(([name, field]: [string, unknown]) =>
    typeof field === 'object' && field !== null && ('description' in field || '$ref' in field)
      ? []
      : [`${path}/${name}`],
  )
  return [...missing, ...Object.entries(node).flatMap(([key, inner]) => described(inner, `${path}/${key}`))]
}

test('the lines of the reporter are valid, for every type of event', () => {
  const error = commandFailed({ place: { file: 'site.yaml', line: 3 } })
  const time = 1_000_000
  const all = [
    runStart(),
    playStart(),
    { type: 'tasks-added', time, play: 0, host: 'm1', tasks: 2 },
    taskStart(task),
    taskOutput(task, 'a'),
    { ...taskOutput(task, 'b'), dropped: { lines: 3, bytes: 9 } },
    taskProgress(task, 'waiting', 'not yet'),
    { type: 'task-transfer', time, task, path: '/a', bytes: 1, size: 2 },
    { type: 'handlers-due', time, task, handlers: ['reload'] },
    taskEnd(task, 'failed', { error }),
    taskEnd(task, 'changed', { changes: [{ what: 'x', from: undefined, to: '1' }] }),
    { type: 'host-end', time, play: 0, host: 'm1', standing: 'well' },
    playEnd(),
    runEnd({ stopped: error }),
  ] as const
  const events = eventsIn(written(jsonReporter, all))
  assert.equal([...new Set(events.map(({ type }) => type))].toSorted(), [...eventTypes].toSorted())
})

test('unknown fields, missing fields and unknown values are not valid in this version', () => {
  const start = line(runStart())
  const { playbook: _, ...less } = start
  for (const wrong of [
    { ...start, more: 1 },
    less,
    { ...start, format: 1 },
    { ...start, type: 'run-begin' },
    { ...line(taskStart(task)), task: { ...task, handler: null, on: null, more: 1 } },
  ])
    assert.throws(() => validEvent(wrong), /not valid by `run schema events`/)
})

test('the printed schema allows fields of later versions', () => {
  const valid = new Ajv2020({ strictTypes: false }).compile(eventsJsonSchema())
  const start = line(runStart())
  assert.ok(valid({ ...start, more: 1 }))
  const { playbook: _, ...less } = start
  assert.not.ok(valid(less))
})

test('each field is described', () => {
  assert.equal(described(eventsJsonSchema(), ''), [])
})

const folder = mkdtempSync(join(tmpdir(), 'coxswain-events-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

test('`run schema events` prints it; a playbook named events is ./events.ts', async () => {
  const { status, stdout } = await runCli(['schema', 'events'], { cwd: folder })
  assert.is(status, 0)
  assert.equal(JSON.parse(stdout), JSON.parse(JSON.stringify(eventsJsonSchema())))
  writeFileSync(
    join(folder, 'events.ts'),
    `import { playbook, z } from 'coxswain'\nexport default playbook({ name: 'mine', vars: z.object({}), plays: ({ play }) => [play('one', { hosts: 'all', tasks: () => [] })] })\n`,
  )
  const mine = await runCli(['schema', './events.ts'], { cwd: folder })
  assert.is(mine.status, 0, mine.stderr)
  assert.match(JSON.parse(mine.stdout).title, /^inventory for mine$/)
})
