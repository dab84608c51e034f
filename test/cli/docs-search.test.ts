import * as assert from 'uvu/assert'
import { z } from 'zod'
import { describeParams, paramLines } from '../../engine/cli/docs/params.ts'
import { findTasks } from '../../engine/cli/docs/find-tasks.ts'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as tasks from '../../tasks/index.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('docs of tasks: search and types')

const found = (...words: string[]): string[] =>
  findTasks(documentedTasks(tasks), words).map(({ info }) => info.name)

test('tasks are found by all words, in names first', () => {
  assert.is(found('FIREWALL')[0], 'firewall')
  assert.ok(found('kernel', 'boot').includes('sysctl'))
  assert.ok(found('ip_forward').includes('sysctl'), 'in the description of a parameter')
  assert.equal(found('kernel', 'no-such-word'), [])
})

test('a name describes the task, other words list those that they match', async () => {
  assert.match((await runCli(['docs', 'sysctl'])).stdout, 'Its check reads')
  const list = await runCli(['docs', 'kernel', 'boot'])
  assert.match(list.stdout, /^sysctl +Sets a kernel parameter/m)
  assert.not.match(list.stdout, /^firewall /m)
  const none = await runCli(['docs', 'systcl'])
  assert.is(none.status, 1)
  assert.match(none.stderr, 'did you mean sysctl?')
})

test('types have ranges, items and members', () => {
  const params = z.object({
    port: z.int().min(1).max(65535),
    any: z.int().optional(),
    wait: z.number().positive().optional(),
    names: z.array(z.string()).optional(),
    mode: z.union([z.literal('on'), z.int().min(0)]).optional(),
    env: z.record(z.string(), z.string()).optional(),
    routes: z
      .array(z.object({ to: z.string().describe('a network'), via: z.string().optional() }))
      .optional(),
  })
  assert.equal(paramLines(describeParams(params)), [
    '  port=integer 1..65535   (required)',
    '  any=integer             (optional)',
    '  wait=number above 0     (optional)',
    '  names=list of string    (optional)',
    '  mode=on|integer from 0  (optional)',
    '  env=map                 (optional)',
    '  routes=list of object   (optional)',
    '    to: string            a network (required)',
    '    via: string           (optional)',
  ])
})
