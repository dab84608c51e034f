import * as assert from 'uvu/assert'
import { chooseOutputs } from '../../engine/report/choose-outputs.ts'
import type { ChosenOutputs, OutputRequest } from '../../engine/report/choose-outputs.ts'
import { outputs } from '../../engine/report/outputs.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { paper, runStart } from './run-events.ts'

const test = suite('the choice of outputs')

const terminal = { isTTY: true, ci: false }
const pipe = { isTTY: false, ci: false }
const job = { isTTY: true, ci: true }

const on = (where: typeof terminal, ...requested: readonly OutputRequest[]): ChosenOutputs =>
  chooseOutputs(requested, where)

test('the default is the tree on a terminal, and lines in a pipe or a CI job', () => {
  assert.is(on(terminal).screen, 'tree')
  assert.is(on(pipe).screen, 'plain')
  assert.is(on(job).screen, 'plain')
  assert.is(on({ isTTY: false, ci: true }).screen, 'plain')
})

test('a requested output is used, but a tree needs a terminal', () => {
  assert.is(on(terminal, { kind: 'json' }).screen, 'json')
  assert.is(on(terminal, { kind: 'plain' }).screen, 'plain')
  assert.is(on(job, { kind: 'tree' }).screen, 'tree')
  assert.is(on(pipe, { kind: 'tree' }).screen, 'plain')
  assert.is(on(terminal, { kind: 'json' }, { kind: 'junit' }).screen, 'junit')
})

test('outputs to files do not change standard output', () => {
  const files = [
    { kind: 'json', file: 'run.jsonl' },
    { kind: 'junit', file: 'r.xml' },
    { kind: 'html', file: 'r.html' },
  ] as const
  assert.equal(on(terminal, ...files), { screen: 'tree', files })
  assert.equal(on(terminal, files[0], { kind: 'json' }), { screen: 'json', files: [files[0]] })
})

test('an impossible combination is refused with a hint', async () => {
  for (const [requested, message, hint] of [
    [[{ kind: 'html' }], 'html goes to a file', '--output html=FILE'],
    [[{ kind: 'tree', file: 'x' }], 'tree needs a terminal', '--output plain=x'],
    [
      [
        { kind: 'json', file: 'a/../x' },
        { kind: 'plain', file: './x' },
      ],
      'two outputs go to a/../x',
      'name a file for each',
    ],
  ] as const) {
    const error = await rejects(() => on(terminal, ...requested), 'usage', message)
    assert.match(error.hint, hint)
  }
})

test('each output has a reporter', async () => {
  for (const [kind, beginning] of [
    ['json', '{"type":"run-start"'],
    ['plain', 'ha-masters: 2 hosts'],
    ['junit', '<?xml'],
    ['html', '<!doctype html>'],
  ] as const) {
    const create = await outputs[kind].load()
    const { options, text } = paper()
    const reporter = create(options)
    dispatch(reporter, runStart())
    await reporter.close()
    assert.ok(text().startsWith(beginning), kind)
  }
})
