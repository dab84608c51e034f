/** Errors of tasks when a command fails: they do not show the text of our scripts. */
import * as assert from 'uvu/assert'
import { scripted } from '../../engine/connection/scripted.ts'
import type { Answer, LogEntry } from '../../engine/connection/scripted.ts'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import type { Task } from '../../engine/dsl/types.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { reportError } from '../../engine/run/report-error.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('errors of commands')

/** Text that only a shell reads. */
const shellText = /\|\||&&|\| |[12]?>[&/]|\$[({"']|"\$|\bthen\b.*\bfi\b|^a shell script$|from: a shell script/

const failure: Answer = { code: 1, stdout: 'half', stderr: 'it went wrong' }
/** Answers with which a task continues. */
const usual: readonly (readonly [RegExp, string])[] = [
  [/^if \[ -d \/run\/systemd/, 'systemd'],
  [/^command -v/, '/usr/bin/there'],
  [/^id -u/, '0'],
  [/^cat \/proc\/sys\/kernel\/random\/boot_id/, 'b00t'],
]

/** The error when command number N fails, counted from 1; undefined if there is no such command. */
const saidWhenFails = async (task: Task, number: number): Promise<readonly string[] | undefined> => {
  let count = 0
  const answer = ({ script }: LogEntry): Answer | string => {
    count += 1
    return count === number ? failure : (usual.find(([pattern]) => pattern.test(script))?.[1] ?? '')
  }
  const files = {
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/fstab': '',
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
  }
  const connection = scripted({ files, replies: [[/[^]/, answer]] })
  const run = standaloneRun(new Map([['host', connection]]))
  const { error } = await run(task, false)
  if (count < number) return undefined
  if (error === undefined) return []
  const { message, hint, output = '', causes, stack = '' } = reportError(error, new Redactor())
  return [message, hint, output, ...causes, stack.split('\n    at ')[0] ?? '']
}

const most = 8

for (const [name, factory] of Object.entries(library)) {
  if (!isTaskFactory(factory)) continue
  test(`${name}: no error shows our shell text`, async () => {
    // missing objects are not waited for
    const task = { ...factory.from(factory.info.example ?? {}), until: undefined }
    for (let number = 1; number <= most; number += 1) {
      const said = await saidWhenFails(task, number)
      if (said === undefined) break
      for (const text of said) assert.not.ok(shellText.test(text), text)
    }
  })
}

test("the author's own command is shown", async () => {
  const said = async (task: Task): Promise<string | undefined> => (await saidWhenFails(task, 1))?.[0]
  assert.is(
    await said(library.command({ run: 'make all 2>&1 | tee log' })),
    "exit status 1 from: sh -c 'make all 2>&1 | tee log'",
  )
  assert.is(
    await said(library.shell({ run: 'set -x\nfalse || exit 1' })),
    'exit status 1 from: the script: set -x',
  )
})

test('our script has a label that says what it does', async () => {
  assert.is(
    (await saidWhenFails(library.service({ name: 'nginx', state: 'started' }), 1))?.[0],
    'exit status 1 from: find the service manager',
  )
})
