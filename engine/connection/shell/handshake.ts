import { abortReason } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { Identity } from '../types.ts'
import { promptMark, readyMark } from './bootstrap.ts'
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
    return new CoxswainError('become-failed', `cannot become ${identity.user} with sudo`, { output: words })
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
    const prompt = promptMark(nonce)
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
      const count = seen.stderr.toString('latin1').split(prompt).length - 1
      if (count === prompts) return
      prompts = count
      if (identity?.password === undefined) {
        refuse(
          new CoxswainError('become-password-missing', `sudo wants a password to become ${identity?.user}`),
        )
      } else if (count > 1) {
        refuse(
          new CoxswainError('become-password-wrong', `sudo refused the password to become ${identity.user}`),
        )
      } else {
        channel.stdin.write(`${identity.password.reveal()}\n`)
      }
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
        else if (name === 'stderr') answerPrompts()
      }
    const onStdout = take('stdout')
    const onStderr = take('stderr')
    const noise = (): string =>
      `${seen.stdout.toString('utf8')}\n${seen.stderr.toString('utf8').replaceAll(prompt, '')}`.slice(
        -keptNoise,
      )
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
                  : 'give it more time with --become-timeout or the variable become_timeout, or see what sudo waits for',
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
      finish(() => reject(wrongPassword(noise(), identity, prompts) ?? failed(identity, noise(), code)))
    })
  })

/** sudo that allows one try ends instead of asking again. */
const wrongPassword = (
  noise: string,
  identity: Identity | undefined,
  prompts: number,
): CoxswainError | undefined =>
  prompts > 0 && /incorrect password|no password was provided/.test(noise)
    ? new CoxswainError('become-password-wrong', `sudo refused the password to become ${identity?.user}`)
    : undefined
