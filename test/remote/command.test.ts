import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { isAuthorsCall } from '../../engine/authors-place.ts'
import { commandTag } from '../../engine/remote/command.ts'
import { isScript, shell } from '../../engine/remote/quote.ts'
import { createRemote } from '../../engine/remote/remote.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('commands')
const { run, query } = createRemote(shellConnection())

test('text is standard output without its last newlines', async () => {
  assert.is(await query`printf ' a\\n\\n'`.text(), ' a')
})

test('a command that fails rejects with its status and its last output', async () => {
  const failing = run`echo out; echo oh no >&2; exit 7`
  const error = await rejects(
    () => failing,
    'command-failed',
    'exit status 7 from: echo out; echo oh no >&2; exit 7',
  )
  assert.is(error.output, 'oh no')
})

test("an error shows the author's command, not the engine's script", async () => {
  const failing = run({ cwd: '/usr', env: { GREETING: 'hi' } })`exit 7`
  const error = await rejects(() => failing, 'command-failed', 'exit status 7 from: exit 7')
  assert.not.match(error.message, /cd --|export/)
  const long = await rejects(() => run`set -e\nfalse\ntrue`, 'command-failed', 'exit')
  assert.is(long.message, 'exit status 1 from: a script of 3 lines')
})

test('result and succeeds do not reject', async () => {
  assert.is((await run`exit 3`.result()).code, 3)
  assert.is(await run`false`.succeeds(), false)
})

test('a command runs once, however often it is awaited', async () => {
  const command = run`date +%N`
  assert.is(await command.text(), await command.text())
})

test('options set the directory, the environment and the input', async () => {
  const text = await run({
    cwd: '/usr',
    env: { GREETING: "it's" },
    stdin: 'in',
  })`pwd; echo "$GREETING"; cat`.text()
  assert.is(text, "/usr\nit's\nin")
})

test('a missing working directory is an error', async () => {
  const result = await run({ cwd: '/no/such' })`echo ran`.result()
  assert.is.not(result.code, 0)
  assert.is(result.stdout, '')
})

test('an invalid variable name is refused', () => {
  assert.throws(() => run({ env: { 'a b': '1' } })`true`, /not a valid name for an environment variable/)
})

test('output that is not JSON is an error', async () => {
  assert.equal(await query`echo '{"a":1}'`.json(), { a: 1 })
  await rejects(() => query`echo nothing`.json(), 'command-failed', 'the output is not JSON')
})

test('a quiet command hides its output, both live and in errors', async () => {
  const heard: string[] = []
  const result = { code: 1, stdout: Buffer.from('token\n'), stderr: Buffer.alloc(0), dropped: 0 }
  const tag = commandTag(
    async ({ onOutput }) => {
      onOutput?.('stdout', 'token\n')
      return result
    },
    { onOutput: (_, text) => heard.push(text) },
  )
  const error = await rejects(() => tag({ quiet: true })`mint`, 'command-failed', 'exit status 1')
  assert.is(error.output, undefined)
  assert.equal(heard, [])
  await rejects(() => tag`mint`, 'command-failed', 'exit status 1')
  assert.equal(heard, ['token\n'])
})

test("errors show a label instead of a script, but show an author's script", async () => {
  const labelled = await rejects(
    () => run({ label: 'count users' })`cat /nowhere | wc -l && false`,
    'command-failed',
    'exit',
  )
  assert.is(labelled.message, 'exit status 1 from: count users')
  const shown = await rejects(() => run`true && false`, 'command-failed', 'exit')
  assert.is(shown.message, 'exit status 1 from: true && false')
})

test('the stack trace tells whose call it was', () => {
  const root = resolve(import.meta.dirname, '../..')
  const calledIn = (file: string): Error => {
    const trace = new Error('here')
    trace.stack = `Error: here\n    at build (${root}/engine/remote/command.ts:1:1)\n    at check (${file}:3:7)`
    return trace
  }
  assert.is(isAuthorsCall(calledIn('/home/me/site.ts')), true)
  assert.is(isAuthorsCall(calledIn(`${root}/tasks/system/hostname.ts`)), false)
  assert.is(isAuthorsCall(calledIn(`${root}/dist/tasks.js`)), false)
  assert.is(isAuthorsCall(calledIn('/home/me/node_modules/another-library/tasks.js')), false)
})

test('a template with shell syntax is a script', () => {
  const is = (parts: TemplateStringsArray, ...values: readonly unknown[]): boolean => isScript(parts, values)
  for (const [plain, what] of [
    [is`systemctl restart ${'a; b'}`, 'words that are given'],
    [is`curl -sf --max-time 5 http://127.0.0.1:10248/healthz`, 'an address'],
    [is`git ${shell`-C ${'/srv'}`} fetch`, 'plain shell text'],
  ] as const)
    assert.is(plain, false, what)
  for (const [script, what] of [
    [is`a && b`, 'a list'],
    [is`[ -e ${'/x'} ]`, 'a test'],
    [is`cat <${'/x'}`, 'a redirection'],
    [is`${shell`a; b`} c`, 'shell text with syntax'],
    [is`if a`, 'a word of the grammar'],
  ] as const)
    assert.is(script, true, what)
})
