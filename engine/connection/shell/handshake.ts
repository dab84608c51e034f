import { abortReason } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { Identity } from '../types.ts'
import { becomingOf } from './become.ts'
import { readyMark } from './bootstrap.ts'
import { lockWords } from './lock.ts'
import type { LockWatch } from './lock.ts'

/** Bytes of login noise that are kept to explain a failure. */
const keptNoise = 4096

const failed = (identity: Identity | undefined, noise: string, code: number | undefined): CoxswainError => {
  const words = noise.trim()
  if (code === undefined)
    return new CoxswainError('connection-lost', 'the connection was lost while a shell was opened', {
      output: words,
    })
  if (identity !== undefined) {
    const { user, method } = identity
    // the first line of its own: sudo's later ones tell of its plugins
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
  new CoxswainError('become-password-wrong', `${method} refused the password to become ${user}`)

/** How long to wait for a shell. */
export interface HandshakeLimits {
  /** How long it may take, sudo's own delays included. */
  readonly seconds: number
  readonly signal: AbortSignal
  /** Decides how long the lock is waited for; that time does not count. */
  readonly lock?: LockWatch | undefined
}

/**
 * Brings a channel to where our shell reads: answers sudo's prompt, skips what the login printed.
 *
 * @throws `host-locked`, `become-password-missing`, `become-password-wrong`, `become-failed`, `shell-failed`, `connection-lost`, and
 *   what the signal says.
 */
export const handshake = (
  channel: Channel,
  nonce: string,
  identity: Identity | undefined,
  { seconds, signal, lock }: HandshakeLimits,
): Promise<{ stdout: Buffer; stderr: Buffer }> =>
  new Promise((resolve, reject) => {
    const seen: { stdout: Buffer; stderr: Buffer } = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
    const rest: { stdout?: Buffer; stderr?: Buffer } = {}
    const mark = Buffer.from(readyMark(nonce))
    const becoming = identity && becomingOf(identity, false)
    let prompts = 0

    const finish = (act: () => void): void => {
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
    const onAbort = (): void => refuse(abortReason(signal, 'interrupted while a shell was opened'))
    const answerPrompts = (): void => {
      if (identity === undefined || becoming === undefined) return
      const { method, user, password } = identity
      const count = [seen.stdout, seen.stderr].reduce(
        (sum, printed) => sum + becoming.prompts(nonce, printed.toString('latin1')),
        0,
      )
      if (count === prompts) return
      prompts = count
      if (password === undefined)
        refuse(new CoxswainError('become-password-missing', `${method} wants a password to become ${user}`))
      else if (count > 1) refuse(refusedPassword(identity))
      else channel.stdin.write(`${password.reveal()}\n`)
    }
    const hearLock = (): void => {
      if (lock === undefined) return
      const { words, rest: others } = lockWords(nonce, seen.stdout)
      seen.stdout = others
      for (const word of words) {
        const error = lock.hear(word)
        if (error !== undefined) return refuse(error)
        timer.refresh()
      }
    }
    const take =
      (name: 'stdout' | 'stderr') =>
      (chunk: Buffer): void => {
        seen[name] = Buffer.concat([seen[name], chunk])
        if (name === 'stdout') hearLock()
        const at = seen[name].indexOf(mark)
        if (at >= 0) rest[name] = seen[name].subarray(at + mark.length)
        const { stdout, stderr } = rest
        if (stdout !== undefined && stderr !== undefined) finish(() => resolve({ stdout, stderr }))
        else answerPrompts()
      }
    const onStdout = take('stdout')
    const onStderr = take('stderr')
    const noise = (): string =>
      (becoming?.marks(nonce) ?? [])
        .reduce(
          (text, word) => text.replaceAll(word, ''),
          `${seen.stdout.toString('utf8')}\n${seen.stderr.toString('utf8')}`,
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
                  : 'give it more time with --become-timeout or the variable become_timeout, or see what it waits for',
            },
          ),
        ),
      seconds * 1000,
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
