import { once } from 'node:events'
import { isSecret } from '../../secret.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { Input, Request, Result } from '../types.ts'
import { handshake } from './handshake.ts'
import { OutputKeeper } from './output.ts'

async function* chunksOf(input: Input): AsyncGenerator<Uint8Array> {
  if (isSecret(input)) yield Buffer.from(input.reveal())
  else if (typeof input === 'string' || input instanceof Uint8Array) yield Buffer.from(input)
  else yield* input
}

/** Sends input as fast as the other side takes it, and not faster: memory stays flat. */
const send = async ({ stdin, ended }: Channel, script: string, input: Input): Promise<void> => {
  stdin.write(`${Buffer.from(script).toString('base64')}\n`)
  let gone = false
  void ended.then(() => (gone = true))
  for await (const chunk of chunksOf(input)) {
    if (gone) return
    if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), ended])
  }
  stdin.end()
}

/** Runs a script on a channel of its own, its input streamed as it is: for what is too big for a frame. */
export const executeRaw = async (
  channel: Channel,
  nonce: string,
  request: Request,
  seconds: number,
): Promise<Result> => {
  const { identity, script, stdin = '', signal, timeout } = request
  let reason: CoxswainError | undefined
  const stop = (code: 'interrupted' | 'command-timeout', message: string) => (): void => {
    reason ??= new CoxswainError(code, message)
    channel.destroy()
  }
  const onAbort = stop('interrupted', 'interrupted; the transfer was stopped')
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(stop('command-timeout', `stopped after ${timeout} s`), timeout * 1000)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted === true) onAbort()
  try {
    const keepers = {
      stdout: new OutputKeeper('stdout', request),
      stderr: new OutputKeeper('stderr', request),
    }
    const shaken = handshake(channel, nonce, identity, seconds).then((rest) => {
      for (const name of ['stdout', 'stderr'] as const) {
        keepers[name].push(rest[name])
        channel[name].on('data', (chunk: Buffer) => keepers[name].push(chunk))
      }
    })
    // without a password to give, nothing stands in the way of sending at once: a round trip less
    if (identity === undefined) await Promise.all([shaken, send(channel, script, stdin)])
    else await shaken.then(() => send(channel, script, stdin))
    const { code } = await channel.ended
    if (code === undefined)
      throw new CoxswainError('connection-lost', 'the connection was lost in the middle of a transfer')
    const { stdout, stderr } = keepers
    return { code, stdout: stdout.bytes(), stderr: stderr.bytes(), dropped: stdout.dropped + stderr.dropped }
  } catch (error) {
    throw reason ?? error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
