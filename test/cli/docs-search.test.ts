import * as assert from 'uvu/assert'
import { z } from 'zod'
import { describeParams, paramLines } from '../../engine/cli/docs/params.ts'
import { findTasks } from '../../engine/cli/docs/find-tasks.ts'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as tasks from '../../tasks/index.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('docs of tasks: search and types')

const folder = folderOf(test)

const found = (...words: string[]): string[] =>
  findTasks(documentedTasks(tasks), words).map(({ info }) => info.name)

test('tasks are found by all words, in names first', () => {
  assert.is(found('FIREWALL')[0], 'firewall')
  assert.ok(found('kernel', 'boot').includes('sysctl'))
  assert.ok(found('ip_forward').includes('sysctl'), 'in the description of a parameter')
  assert.equal(found('kernel', 'no-such-word'), [])
})

test('the list has each task below its subject', async () => {
  const { stdout } = await runCli(['docs'])
  assert.equal(stdout.match(/^\w+:$/gm), [
    'files:',
    'system:',
    'network:',
    'databases:',
    'facts:',
    'control:',
    'kubernetes:',
  ])
  assert.match(
    stdout,
    /^control:\n {2}assert .*\n {2}debug .*\n {2}fail .*\n {2}no-findings .*\n {2}pause .*\n\nkubernetes:/m,
  )
})

test('a name describes the task, other words list those that they match', async () => {
  assert.match((await runCli(['docs', 'sysctl'])).stdout, 'Its check reads')
  const list = await runCli(['docs', 'kernel', 'boot'])
  assert.match(list.stdout, /^system:\n(?: {2}.*\n)* {2}sysctl +Sets a kernel parameter/m)
  assert.not.match(list.stdout, /^ *firewall /m)
  const none = await runCli(['docs', 'systcl'])
  assert.is(none.status, 1)
  assert.match(none.stderr, 'did you mean sysctl?')
  assert.match((await runCli(['docs', 'aptt'])).stderr, 'did you mean apt?')
})

test('a module of Ansible leads to the tasks that stand for it', async () => {
  const first = async (word: string): Promise<string> => {
    const { status, stdout } = await runCli(['docs', word])
    assert.is(status, 0, word)
    return stdout
  }
  assert.match(
    await first('lineinfile'),
    /^lineinfile of Ansible: `line-in-file`\n\nfiles:\n {2}line-in-file /,
  )
  assert.match(await first('apt'), /^system:\n(?: {2}.*\n)* {2}package +Installs/m)
  assert.match(await first('authorized_key'), /^ {2}authorized-key /m)
  assert.match(await first('ansible.builtin.copy'), /^ {2}copy .*\n {2}copy-on-host .*\n {2}file /m)
  assert.match(await first('community.general.ufw'), /^ {2}firewall /m)
  assert.match(await first('subversion'), 'subversion of Ansible: not here')
})

test('tasks of the project come first; a file that cannot be loaded is reported', async () => {
  folder.write('package.json', '{ "coxswain": { "tasks": ["own"] } }')
  folder.write(
    'own/greet.ts',
    `import { defineTask, ok, z } from 'coxswain'
export const greeting = defineTask({ name: 'greeting', description: 'Greets a person.', params: z.object({}),
  example: {}, check: () => ok() })
`,
  )
  folder.write('own/greet.test.ts', 'throw new Error("a test")\n')
  folder.write('own/broken.ts', 'throw new Error("broken")\n')
  const run = (...words: string[]) => runCli(words, { cwd: folder.path })
  const all = await run('docs')
  assert.match(all.stdout, /^own:\n {2}greet +Greets a person\.\n\nfiles:$/m)
  assert.match(all.stderr, 'own/broken.ts cannot be loaded: broken')
  const page = (await run('docs', 'greet')).stdout
  assert.match(page, "import { greeting } from '../own/greet.ts'")
  assert.match(page, 'run greet -i inventory.yaml')
  assert.match((await run('docs', 'person')).stdout, 'greet ')
  const library = await run('docs', 'sysctl')
  assert.match(library.stdout, 'Its check reads')
  assert.is(library.stderr, '', 'a task of the library is described without loading those of the project')
  folder.write(
    'own/sysctl.ts',
    `import { defineTask, ok, z } from 'coxswain'
export const own = defineTask({ name: 'own', description: 'Is our own.', params: z.object({}), check: () => ok() })
`,
  )
  assert.match((await run('docs', 'sysctl')).stdout, 'Is our own', 'a file of the project comes first')
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
    '  env=map of string       (optional)',
    '  routes=list of object   (optional)',
    '    to: string            a network (required)',
    '    via: string           (optional)',
  ])
})
