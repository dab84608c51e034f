import { abortReason } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { Identity, OutputStream } from '../types.ts'
import { becomingOf } from './become.ts'
import type { LockWatch } from './lock.ts'
import { WordScanner, asking, sudoPrompt } from './words.ts'
import type { Word } from './words.ts'

/** Bytes of login output kept of each stream, for errors. */
const keptNoise = 4096

const failed = (identity: Identity | undefined, noise: string, code: number | undefined): CoxswainError => {
  const words = noise.trim()
  if (code === undefined)
    return new CoxswainError('connection-lost', 'the connection was lost while opening a shell', {
      output: words,
    })
  if (identity !== undefined) {
    const { user, method } = identity
    // its first line: later lines of sudo are about plugins
    const why = words.split('\n').find((line) => line.startsWith(`${method}: `))
    const said = why === undefined ? '' : `: ${why.slice(method.length + 2).trim()}`
    return new CoxswainError('become-failed', `cannot become ${user} with ${method}${said}`, {
      output: words,
    })
  }
  const said = words === '' ? '' : `: ${words.split('\n').at(-1)}`
  return new CoxswainError(
    'shell-failed',
    `the login shell did not start /bin/sh (exit status ${code})${said}`,
    {
      output: words,
    },
  )
}

const refusedPassword = ({ method, user }: Identity): CoxswainError =>
  new CoxswainError('become-password-wrong', `${method} rejected the password to become ${user}`)

/** Keeps the end of the login output. */
class Noise {
  #tail: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-keptNoise)]).subarray(-keptNoise)
  }

  get text(): string {
    return this.#tail.toString('utf8')
  }
}

/** Finds password prompts in one stream. */
class PromptCounter {
  readonly #wanted: Word['kind'] | undefined
  #asking = false

  constructor(wanted: Word['kind'] | undefined) {
    this.#wanted = wanted
  }

  /** Whether this word is a prompt. */
  take({ kind }: Word): boolean {
    if (kind === 'asking') this.#asking = true
    return kind === this.#wanted && (kind !== 'prompt' || this.#asking)
  }
}

/** Milliseconds; Node fires a longer timer immediately. */
const longestTimer = 2 ** 31 - 1

/** The limits for opening a shell. */
export interface HandshakeLimits {
  /** The timeout in seconds, which includes delays of sudo. */
  readonly seconds: number
  readonly signal: AbortSignal
  /** Decides how long to wait for the lock; that time does not count. */
  readonly lock?: LockWatch | undefined
}

/**
 * Waits for the hello of a shell, and answers a password prompt. Resolves with the standard output
 * after the hello. The output before it is login output, of which only the end is kept.
 *
 * @throws CoxswainError `shell-failed`, `become-failed`, `become-password-missing`, `become-password-wrong`,
 * `host-locked`, `lock-unsafe`, `connection-lost`, or the signal's reason.
 */
export const handshake = (
  channel: Channel,
  identity: Identity | undefined,
  { seconds, signal, lock }: HandshakeLimits,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const noises: Record<OutputStream, Noise> = { stdout: new Noise(), stderr: new Noise() }
    const becoming = identity && becomingOf(identity, false)
    let prompts = 0
    let over = false
    /** Whether a terminal can still print something, which must not count as output of a command. */
    let terminalOpen = false
    let afterHello: Buffer | undefined

    const finish = (act: () => void): void => {
      over = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      channel.stdout.off('data', onStdout)
      channel.stderr.off('data', onStderr)
      act()
    }
    const refuse = (error: CoxswainError): void => {
      finish(() => reject(error))
      channel.destroy()
    }
    const onAbort = (): void => refuse(abortReason(signal, 'interrupted while opening a shell'))
    const answerPrompt = (): void => {
      if (identity === undefined) return
      const { method, user, password } = identity
      prompts += 1
      if (password === undefined)
        refuse(
          new CoxswainError('become-password-missing', `${method} requires a password to become ${user}`),
        )
      else if (prompts > 1) refuse(refusedPassword(identity))
      else channel.stdin.write(`${password.reveal()}\n`)
    }
    const finishWhenReady = (): void => {
      const rest = afterHello
      if (rest !== undefined && !terminalOpen) finish(() => resolve(rest))
    }
    const hear = (word: Word, after: () => Buffer): void => {
      if (word.kind === 'terminal opened') terminalOpen = true
      if (word.kind === 'hello') {
        afterHello = after()
        finishWhenReady()
      }
      if (word.kind !== 'lock' || lock === undefined) return
      const error = lock.hear(word.lock)
      // only waiting for the lock restarts the timeout
      if (error !== undefined) refuse(error)
      else if (word.lock.kind === 'held') timer.refresh()
    }
    const listen = (name: OutputStream): ((chunk: Buffer) => void) => {
      const scanner = new WordScanner()
      const counter = new PromptCounter(becoming?.prompt)
      return (chunk) => {
        noises[name].push(chunk)
        for (const { word, after } of scanner.push(chunk)) {
          if (counter.take(word)) answerPrompt()
          else if (word.kind === 'terminal read') {
            terminalOpen = false
            finishWhenReady()
          }
          // the hello and the lock are on standard output only
          else if (name === 'stdout') hear(word, after)
          if (over) return
        }
      }
    }
    const onStdout = listen('stdout')
    const onStderr = listen('stderr')
    const noise = (): string =>
      [sudoPrompt, asking, ...(identity?.method === 'su' ? ['Password: '] : [])]
        .reduce(
          (text, word) => text.replaceAll(word, ''),
          `${noises.stdout.text}\n${noises.stderr.text}`.replaceAll(/coxswain-lock-is [^;]*;/g, ''),
        )
        .slice(-keptNoise)
    const timer = setTimeout(
      () =>
        refuse(
          new CoxswainError(
            identity === undefined ? 'shell-failed' : 'become-failed',
            `no shell after ${seconds} s`,
            {
              output: noise().trim(),
              hint:
                identity === undefined
                  ? undefined
                  : 'check what it waits for, or raise --become-timeout or the variable become_timeout',
            },
          ),
        ),
      Math.min(seconds * 1000, longestTimer),
    )
    channel.stdin.on('error', () => {})
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    channel.stdout.on('data', onStdout)
    channel.stderr.on('data', onStderr)
    void channel.ended.then(({ code }) => {
      const said = noise()
      const wrong = identity !== undefined && prompts > 0 && becoming?.refusal.test(said) === true
      finish(() => reject(wrong ? refusedPassword(identity) : failed(identity, said, code)))
    })
  })
