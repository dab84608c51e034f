import * as assert from 'uvu/assert'
import { defineRole, defineTask, drift, ok, z } from '../engine/index.ts'
import type { Task } from '../engine/index.ts'
import { rehearseRole } from '../engine/testing.ts'
import { command } from '../tasks/system/command.ts'
import { file } from '../tasks/files/file.ts'
import { osRelease } from '../tasks/system/os-release.ts'
import { rejects } from './support/rejects.ts'
import { suite } from './support/spec.ts'

const test = suite('rehearsal of a role')

const motd = defineRole({
  name: 'motd',
  description: 'Sets the message of the day.',
  params: z.object({ text: z.string() }),
  facts: { os: osRelease({}) },
  tasks: ({ text }, { os }) => [
    file(
      { path: os.id === 'alpine' ? '/etc/issue' : '/etc/motd', content: `${text}\n` },
      { notify: 'announce' },
    ),
  ],
  handlers: (_, { os }) => ({ announce: command({ run: `announce ${os.id}` }) }),
})
const system = (id: string, more: Readonly<Record<string, string>> = {}) => ({
  files: { '/etc/os-release': `ID=${id}\n`, ...more },
  replies: { [`sh -c 'announce ${id}'`]: '' },
})

test('hosts of several families, each with its commands, files and handlers', async () => {
  const { debian, alpine } = await rehearseRole(motd({ text: 'hi' }), {
    debian: system('debian'),
    alpine: system('alpine', { '/etc/issue': 'hi\n' }),
  })
  assert.equal(debian.tasks, [
    { title: 'given: motd: os', outcome: 'ok', predicted: 'ok', handler: false },
    { title: 'file: file /etc/motd', outcome: 'changed', predicted: 'would change', handler: false },
    { title: 'command: announce debian', outcome: 'changed', predicted: 'would change', handler: true },
  ])
  assert.equal(debian.handlers, ['motd: announce'])
  assert.equal(debian.commands.apply, ["sh -c 'announce debian'"])
  assert.is(debian.files.get('/etc/motd')?.content, 'hi\n')
  assert.equal(alpine.handlers, [])
  assert.equal(alpine.commands.apply, [])
})

const roleOf = (task: Task) =>
  defineRole({ name: 'r', description: 'Has one task.', params: z.object({}), tasks: () => [task] })()

test('a check that changes the host, a wrong prediction, a second change and a missing reply are errors', async () => {
  const task = (spec: object) =>
    Reflect.apply(defineTask, undefined, [
      {
        name: 't',
        description: '',
        params: z.object({}),
        check: () => drift('x'),
        apply: async () => {},
        ...spec,
      },
    ])({})
  await rejects(
    () => rehearseRole(roleOf(command({ run: 'x' })), { a: { replies: { 'sh -c x': '' } } }),
    'task-failed',
    'a second run was not still: a: x',
  )
  await rejects(
    () => rehearseRole(roleOf(command({ run: 'x' })), { a: {} }),
    'task-failed',
    'the test has no reply for the command: sh -c x',
  )
  let asked = 0
  await rejects(
    () => rehearseRole(roleOf(task({ check: () => ((asked += 1) === 2 ? drift('x') : ok()) })), { a: {} }),
    'task-failed',
    '--check said "ok", but the run was "changed"',
  )
})

test('a role that fails gives the message', async () => {
  const { a } = await rehearseRole(roleOf(command({ run: 'x' })), {
    a: { replies: { 'sh -c x': { code: 1, stderr: 'no' } } },
  })
  assert.match(a.error ?? '', 'exit status 1')
  assert.is(a.tasks[0]?.outcome, 'failed')
})
