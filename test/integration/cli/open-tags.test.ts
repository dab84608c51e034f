/** Tags of the command line, where steps make tasks from values. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('tags of tasks that are made from values')

const { path: folder, at, write } = folderOf(test)

write('here.yaml', 'all: { hosts: { a: { connection: local } } }\n')
write(
  'site.ts',
  `import { defineTask, given, ok, playbook, z } from 'coxswain'
import { command, osRelease } from 'coxswain/tasks'

const say = (word: string, options = {}) => command({ run: 'true ' + word }, options)
const word = defineTask({
  name: 'word', description: 'Reads a word.', params: z.object({}),
  check: async ({ remote }) => ok(await remote.query\`cat ${at('word')}\`.text()),
})
export default playbook({
  name: 'site', vars: z.object({ skips: z.boolean().default(false) }),
  plays: ({ play }) => [play('p', { hosts: 'all', tasks: ({ vars }) => [
    say('first', { tags: 'base' }),
    given({ own: word({}) }, ({ own }) => [
      say('outer', { tags: own }),
      given({ own: word({}) }, ({ own }) => [say('inner', { tags: own + '-inner' })]),
    ]),
    ...(vars.skips ? [given({ os: osRelease() }, () => [say('never')], { when: () => false })] : []),
  ] })],
})
`,
)
write('word', 'config')

const run = (...words: string[]): Promise<CliResult> =>
  runCli(['site.ts', '-i', 'here.yaml', '--no-journal', '--output', 'plain', ...words], { cwd: folder })

for (const option of ['--tags', '--skip-tags'])
  test(`${option}: a tag that only a made task has is found at its turn`, async () => {
    const { status, stderr } = await run(option, 'config,config-inner,base')
    assert.is(status, 0, stderr)
    assert.is(stderr, '')
  })

for (const words of [
  ['--tags', 'confg'],
  ['--skip-tags', 'confg'],
  ['--tags', 'confg', '--check'],
])
  test(`${words.join(' ')}: a tag that no task has had is an error after the run, with the nearest one`, async () => {
    const { status, stderr } = await run(...words)
    assert.is(status, 1, stderr)
    assert.match(stderr, 'error[usage]: no task has the tag confg')
    assert.match(stderr, 'hint: did you mean config?')
  })

test('a step that was not made can have the tag: it is a warning', async () => {
  const { status, stderr } = await run('--tags', 'confg', '-e', 'skips=true')
  assert.is(status, 0, stderr)
  assert.match(
    stderr,
    'warning: no task has the tag confg; the tasks of "given os" are not known on every host',
  )
  assert.match(stderr, 'hint: did you mean config?')
})

test('lists say it, with --connect for certain', async () => {
  const offline = await run('--list-tasks', '--tags', 'confg')
  assert.is(offline.status, 0)
  assert.match(offline.stderr, 'warning: no task has the tag confg; the tasks of "given own" are not known')
  const connected = await run('--list-tasks', '--connect', '--tags', 'confg')
  assert.is(connected.status, 1)
  assert.match(connected.stderr, 'error[usage]: no task has the tag confg')
  const right = await run('--list-tasks', '--connect', '--tags', 'config-inner')
  assert.is(right.stderr, '')
  assert.match(right.stdout, 'true inner')
})
