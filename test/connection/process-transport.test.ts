import * as assert from 'uvu/assert'
import { ProcessTransport } from '../../engine/connection/process/process-transport.ts'
import type { Program, ProgramEnd } from '../../engine/connection/process/process-transport.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('process transport')

/** A program that is a script of this machine; `$1` is the command line. */
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

test('both streams are whole, those of a command that is over at once as well', async () => {
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

// its end is heard of before that of its output, which somebody else holds open a moment longer
const late = 'sleep 0.2 &'

test('what a program says before it ends without a command is never lost', async () => {
  await rejects(() => playing(`${late} echo why >&2; exit 3`).open('true'), 'auth-failed', '3: why\n')
})

test('a program that a signal has ended is no riddle', async () => {
  for (const first of ['', late])
    await rejects(() => playing(`${first} kill -KILL $$`).open('true'), 'auth-failed', 'undefined: ')
})

test('what a program leaves behind does not hold up the reason', async () => {
  const script = 'exec >&-; sleep 20 & echo why >&2; exit 3'
  await rejects(() => playing(script).open('true'), 'auth-failed', '3: why\n')
})

test('closing ends a program that has not begun yet, and one that has', async () => {
  const one = playing('echo go >&2; exec sleep 600')
  const opening = rejects(() => one.open('true'), 'interrupted', 'the connection to m1 was closed')
  const other = playing('eval "$1"')
  const { ended } = await other.open('exec sleep 600')
  await Promise.all([one.close(), other.close(), opening])
  assert.equal(await ended, { code: undefined })
  await rejects(() => one.open('true'), 'interrupted', 'closed')
})
