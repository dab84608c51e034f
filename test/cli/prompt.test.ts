import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { Prompt } from '../../engine/cli/session/prompt.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('asking for secrets')

/** A prompt at a pipe through which these chunks come. */
const piped = (...chunks: (string | Buffer)[]) => {
  const input = new PassThrough()
  for (const chunk of chunks) input.write(chunk)
  input.end()
  const told: string[] = []
  const prompt = new Prompt({ input, output: { write: (text: string) => told.push(text) } })
  return { ask: async (question: string) => (await prompt.secret(question)).reveal(), told }
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

test('a character that is cut over two chunks stays whole', async () => {
  const bytes = Buffer.from('größe\n')
  const { ask } = piped(bytes.subarray(0, 3), bytes.subarray(3))
  assert.is(await ask('first'), 'größe')
})

test('a question without an answer says which', async () => {
  const { ask, told } = piped('one\n')
  await ask('first')
  await rejects(() => ask('second'), 'secret-missing', 'no answer to: second')
  assert.equal(told, ['first: ', '\n', 'second: ', '\n'])
})

test('Ctrl-C, Ctrl-D and backspace do what they do at a terminal', async () => {
  await rejects(() => piped('on\u0003').ask('first'), 'interrupted', 'at the prompt')
  await rejects(() => piped('on\u0004').ask('first'), 'secret-missing', 'first')
  assert.is(await piped('onx\u007Fe\n').ask('first'), 'one')
})

/** A prompt at a terminal at which these lines are typed. */
const terminal = (...lines: string[]) => {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  for (const line of lines) input.write(line)
  const told: string[] = []
  return { prompt: new Prompt({ input, output: { write: (text: string) => told.push(text) } }), told }
}

test('lines are asked for one question at a time, also when they are asked together', async () => {
  const { prompt, told } = terminal('yes\nno\n')
  assert.equal(await Promise.all([prompt.line('one?'), prompt.line('two?')]), ['yes', 'no'])
  assert.equal(told, ['one? ', 'two? '])
})

test('a line is only asked for at a terminal', async () => {
  const prompt = new Prompt({ input: new PassThrough(), output: { write: () => {} } })
  await rejects(() => prompt.line('sure?'), 'nobody-to-ask', 'no terminal to ask at: sure?')
})

test('a closed terminal is nobody to ask, and the next question is asked all the same', async () => {
  const { prompt } = terminal('\u0004', 'yes\n')
  await rejects(() => prompt.line('one?'), 'nobody-to-ask', 'no answer to: one?')
  assert.is(await prompt.line('two?'), 'yes')
})

test('what is typed is hidden before the question is there, and shown again behind it', async () => {
  const told: string[] = []
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => told.push(mode ? 'hidden' : 'shown'),
  })
  input.end('one\r')
  await new Prompt({ input, output: { write: (text: string) => told.push(text) } }).secret('first')
  assert.equal(told, ['hidden', 'first: ', 'shown', '\n'])
})
