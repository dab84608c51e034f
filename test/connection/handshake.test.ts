import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { handshake } from '../../engine/connection/shell/handshake.ts'
import { hello, terminalOpened, terminalRead } from '../../engine/connection/shell/words.ts'
import { Secret } from '../../engine/secret.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('the start of a shell')

const channelOf = () => ({
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  ended: new Promise<never>(() => {}),
  destroy: () => {},
})

const start = (channel: ReturnType<typeof channelOf>) =>
  handshake(
    channel,
    { method: 'doas', user: 'root', password: new Secret('open sesame') },
    { seconds: 180, signal: new AbortController().signal },
  )

/** Resolves when all written bytes have been read. */
const read = async (stream: PassThrough, text: string): Promise<void> => {
  stream.write(text)
  await new Promise((done) => setImmediate(done))
}

test('a shell at a terminal is ready after the output of the terminal has arrived, however late', async () => {
  const channel = channelOf()
  let ready = false
  const started = start(channel).then((rest) => {
    ready = true
    return rest
  })
  await read(channel.stdout, terminalOpened)
  await read(channel.stdout, `${hello}rest`)
  assert.is(ready, false)
  await read(channel.stderr, '\r\n')
  assert.is(ready, false)
  await read(channel.stderr, terminalRead)
  assert.is((await started).toString(), 'rest')
})

test('without a terminal it is ready after its greeting', async () => {
  const channel = channelOf()
  const started = start(channel)
  await read(channel.stdout, `noise${hello}`)
  assert.is((await started).toString(), '')
})

test('repeated messages about a missing lock do not delay the start', async () => {
  const channel = channelOf()
  const noise = setInterval(() => channel.stdout.write('coxswain-lock-is absent flock;'), 50)
  try {
    await rejects(
      () =>
        handshake(channel, undefined, {
          seconds: 0.5,
          signal: new AbortController().signal,
          lock: { hear: () => undefined },
        }),
      'shell-failed',
      'no shell after 0.5 s',
    )
  } finally {
    clearInterval(noise)
  }
})
