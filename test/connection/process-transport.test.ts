import * as assert from 'uvu/assert'
import { ProcessTransport } from '../../engine/connection/process/process-transport.ts'
import type { Program, ProgramEnd } from '../../engine/connection/process/process-transport.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('process transport')

/** A transport over a local script; `$1` is the command line. */
const playing = (script: string, change: Partial<Program> = {}): ProcessTransport =>
  new ProcessTransport({
    description: 'm1',
    user: 'root',
    seconds: 30,
    throttle: undefined,
    retries: 0,
    judge: () => 'final',
    words: (command) => ['sh', '-c', script, 'sh', command],
    explain: ({ code, said }: ProgramEnd) => new CoxswainError('auth-failed', `${code}: ${said}`),
    ...change,
  })
const allOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('both streams are complete, also for a command that ends at once', async () => {
  const once = async (): Promise<void> => {
    const { stdout, stderr, ended } = await playing('echo warned >&2; eval "$1"').open(
      'echo out; echo err >&2; exit 5',
    )
    assert.equal(await Promise.all([allOf(stdout), allOf(stderr), ended]), [
      '\nout\n',
      'warned\nerr\n',
      { code: 5 },
    ])
  }
  await Promise.all(Array.from({ length: 20 }, once))
})

// the process ends before its output, which another process keeps open a little longer
const late = 'sleep 0.2 &'

test('the output of a program that ends before the command is not lost', async () => {
  await rejects(() => playing(`${late} echo why >&2; exit 3`).open('true'), 'auth-failed', '3: why\n')
})

test('a program ended by a signal is reported with the signal', async () => {
  for (const first of ['', late])
    await rejects(() => playing(`${first} kill -KILL $$`).open('true'), 'auth-failed', 'undefined: ')
})

test('processes that a program leaves behind do not delay the error', async () => {
  const script = 'exec >&-; sleep 20 & echo why >&2; exit 3'
  await rejects(() => playing(script).open('true'), 'auth-failed', '3: why\n')
})

test('closing ends a program before and after it starts', async () => {
  const one = playing('echo go >&2; exec sleep 600')
  const opening = rejects(() => one.open('true'), 'interrupted', 'the connection to m1 was closed')
  const other = playing('eval "$1"')
  const { ended } = await other.open('exec sleep 600')
  await Promise.all([one.close(), other.close(), opening])
  assert.equal(await ended, { code: undefined })
  await rejects(() => one.open('true'), 'interrupted', 'closed')
})
