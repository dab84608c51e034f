import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { Prompt } from '../../engine/cli/session/prompt.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('asking for secrets')

/** A prompt that reads these chunks from a pipe. */
const piped = (...chunks: (string | Buffer)[]) => {
  const input = new PassThrough()
  for (const chunk of chunks) input.write(chunk)
  input.end()
  const written: string[] = []
  const prompt = new Prompt({ input, output: { write: (text: string) => written.push(text) } })
  return { ask: async (question: string) => (await prompt.secret(question)).reveal(), written }
}

const pipes: [string, (string | Buffer)[]][] = [
  ['in one piece', ['one\ntwo\n']],
  ['without a last newline', ['one\ntwo']],
  ['letter by letter', ['o', 'n', 'e', '\n', 't', 'wo', '\n']],
  ['as Windows writes them', ['one\r\ntwo\r\n']],
  ['as Windows writes them, cut in the middle', ['one\r', '\ntwo\r', '\n']],
]
for (const [what, chunks] of pipes) {
  test(`two lines that come ${what} answer two questions`, async () => {
    const { ask } = piped(...chunks)
    assert.equal([await ask('first'), await ask('second')], ['one', 'two'])
  })
}

test('a character split across two chunks is read correctly', async () => {
  const bytes = Buffer.from('größe\n')
  const { ask } = piped(bytes.subarray(0, 3), bytes.subarray(3))
  assert.is(await ask('first'), 'größe')
})

test('an unanswered question is named in the error', async () => {
  const { ask, written } = piped('one\n')
  await ask('first')
  await rejects(() => ask('second'), 'secret-missing', 'no answer to: second')
  assert.equal(written, ['first: ', '\n', 'second: ', '\n'])
})

test('Ctrl-C, Ctrl-D and backspace work as at a terminal', async () => {
  await rejects(() => piped('on\u0003').ask('first'), 'interrupted', 'at the prompt')
  await rejects(() => piped('on\u0004').ask('first'), 'secret-missing', 'first')
  assert.is(await piped('onx\u007Fe\n').ask('first'), 'one')
})

/** A prompt that reads these lines from a terminal. */
const terminal = (...lines: string[]) => {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  for (const line of lines) input.write(line)
  const written: string[] = []
  return { prompt: new Prompt({ input, output: { write: (text: string) => written.push(text) } }), written }
}

test('concurrent questions are asked one at a time', async () => {
  const { prompt, written } = terminal('yes\nno\n')
  assert.equal(await Promise.all([prompt.line('one?'), prompt.line('two?')]), ['yes', 'no'])
  assert.equal(written, ['one? ', 'two? '])
})

test('a visible question requires a terminal', async () => {
  const prompt = new Prompt({ input: new PassThrough(), output: { write: () => {} } })
  await rejects(
    () => prompt.line('sure?'),
    'nobody-to-ask',
    'standard input is not a terminal, so there is no answer to: sure?',
  )
})

test('a closed terminal is an error, and the next question is still asked', async () => {
  const { prompt } = terminal('\u0004', 'yes\n')
  await rejects(() => prompt.line('one?'), 'nobody-to-ask', 'no answer to: one?')
  assert.is(await prompt.line('two?'), 'yes')
})

test('the terminal hides input before the question appears, and shows it again afterwards', async () => {
  const written: string[] = []
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => written.push(mode ? 'hidden' : 'shown'),
  })
  input.end('one\r')
  await new Prompt({ input, output: { write: (text: string) => written.push(text) } }).secret('first')
  assert.equal(written, ['hidden', 'first: ', 'shown', '\n'])
})
