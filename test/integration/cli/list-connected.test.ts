/** Lists with `--connect`: values are read, and the tasks that are made from them are listed. */
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('lists that connect')

const { path: folder, at, write } = folderOf(test)
const run = (...words: string[]) => runCli(['site.ts', ...words], { cwd: folder })

write('here.yaml', 'all: { hosts: { a: { connection: local } } }\n')
write('dead.yaml', 'all: { hosts: { a: { address: 127.0.0.1, port: 9, user: x } } }\n')
write('fact', 'from-the-host')
write(
  'site.ts',
  `import { defineRole, given, playbook, z } from 'coxswain'
import { command } from './facts.ts'
import { file } from 'coxswain/tasks'
import { text } from './facts.ts'

const role = defineRole({
  name: 'motd', description: 'Sets a message.', params: z.object({}), facts: { own: text({}) },
  tasks: (_, { own }) => [file({ path: '${at('made')}', content: own }, { notify: 'tell', tags: own })],
  handlers: () => ({ tell: command({ run: 'true' }) }),
})
export default playbook({
  name: 'site', vars: z.object({}),
  plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => {
    const acts = command({ run: 'touch ${at('acted')}' })
    return [acts, given({ acts }, () => []), given({ own: text({}) }, ({ own }) => [given({ own: text({}) }, () => [command({ run: 'echo ' + own })])]), role()]
  } })],
})
`,
)
write(
  'facts.ts',
  `import { defineTask, ok, z } from 'coxswain'
export { command } from 'coxswain/tasks'
export const text = defineTask({
  name: 'text', description: 'Reads a text.', params: z.object({}),
  check: async ({ remote }) => ok(await remote.query\`cat ${at('fact')}\`.text()),
})
`,
)

test('tasks made from values are listed, with their tags and handlers; nothing is run', async () => {
  const { status, stdout, stderr } = await run('-i', 'here.yaml', '--list-tasks', '--connect')
  assert.is(status, 0, stderr)
  assert.is(
    stdout,
    `play 1: p  [all]
    command: touch ${at('acted')}  (no check: always acts)
    given: acts from touch ${at('acted')}  (makes its tasks when the values are known)
    command: echo from-the-host  (no check: always acts)
    file: file ${at('made')}  #from-the-host
    command: true  (handler motd: tell, no check: always acts)
`,
  )
  assert.not.ok(existsSync(at('acted')) || existsSync(at('made')))
  const tags = await run('-i', 'here.yaml', '--list-tags', '--connect')
  assert.is(
    tags.stdout,
    `play 1: p  [all]\n  from-the-host\n  not known yet: the tags within given: acts from touch ${at('acted')}\n`,
  )
})

test('without --connect, --list-tags and run validate name the steps whose tasks are not known', async () => {
  const tags = await run('-i', 'here.yaml', '--list-tags')
  assert.is(tags.status, 0, tags.stderr)
  const steps = [
    `given: acts from touch ${at('acted')}`,
    'given: own from text',
    'given: motd: own: own from text',
  ]
  assert.is(
    tags.stdout,
    `play 1: p  [all]\n  no tags\n${steps.map((step) => `  not known yet: the tags within ${step}\n`).join('')}`,
  )
  const validated = await runCli(['validate', 'site.ts', '-i', 'here.yaml'], { cwd: folder })
  assert.is(validated.status, 0, validated.stderr)
  for (const step of steps)
    assert.match(validated.stderr, `not checked, as its values are known only on the hosts: ${step}\n`)
})

test('a host that cannot be reached is named after the list', async () => {
  const { status, stdout, stderr } = await run('-i', 'dead.yaml', '--list-tasks', '--connect')
  assert.is(status, 4, stderr)
  assert.match(stdout, 'given: own from text  (makes its tasks when the values are known)')
  assert.match(stderr, /error\[connect-failed\][^]*on host a/)
})

test('without a list, or with --resume, it is an error', async () => {
  for (const words of [[], ['--list-hosts'], ['--list-tasks', '--resume']]) {
    const { status, stderr } = await run('-i', 'here.yaml', '--connect', ...words)
    assert.is(status, 1)
    assert.match(stderr, '--connect is for --list-tasks and --list-tags of a playbook')
  }
})

write(
  'late.ts',
  `import { given, playbook, z } from 'coxswain'
import { command, file, read } from 'coxswain/tasks'

const text = () => given({ text: read({ path: '${at('late')}' }) }, ({ text }) => [command({ run: 'echo ' + text })])
export default playbook({
  name: 'late', vars: z.object({ before: z.boolean().default(true) }),
  plays: ({ play }) => [
    play('1', { hosts: 'all', tasks: ({ vars }) => vars.before ? [file({ path: '${at('late')}', content: 'x' }), text()] : [] }),
    play('2', { hosts: 'all', tasks: () => [text()] }),
  ],
})
`,
)

test('what an earlier task can make is not known yet, with the reason; without such a task it is an error', async () => {
  const list = (...words: string[]) =>
    runCli(['late.ts', '-i', 'here.yaml', '--list-tasks', '--connect', ...words], { cwd: folder })
  const step = `given: text from read ${at('late')}  (makes its tasks when the values are known, not known yet: ${at('late')} does not exist)`
  const { status, stdout, stderr } = await list()
  assert.is(status, 0, stderr)
  assert.is(
    stdout,
    `play 1: 1  [all]\n    file: file ${at('late')}\n    ${step}\n\nplay 2: 2  [all]\n    ${step}\n`,
  )
  assert.is(stderr, '')
  const without = await list('-e', 'before=false')
  assert.is(without.status, 2, without.stdout)
  assert.match(without.stderr, `${at('late')} does not exist`)
})
