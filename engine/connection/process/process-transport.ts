import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { CoxswainError, toCoxswainError } from '../../errors.ts'
import type { LoginThrottle, Refusal } from '../login-throttle.ts'
import { hintOnOpenFiles } from '../open-files.ts'
import type { Channel, Transport } from '../transport.ts'

/** The most characters kept of standard error before the command has started. */
const keptOutput = 16_384

/** Seconds to wait for the end of standard error after the exit: a background process can hold the stream open. */
const drainTime = 1

/** The end of a program before it had started a command on its host. */
export interface ProgramEnd {
  /** Its exit status; undefined when a signal ended it. */
  readonly code: number | undefined
  /** Its standard error. */
  readonly said: string
}

/** A program that runs commands on a host and forwards their streams: `ssh`, `podman exec`. */
export interface Program {
  /** The host, for messages. */
  readonly description: string
  /** The user that commands run as by default. */
  readonly user: string
  /** Seconds until a command must have started. */
  readonly seconds: number
  /** Limits logins, if needed. */
  readonly throttle: LoginThrottle | undefined
  /** The number of retries when there is no answer. */
  readonly retries: number
  readonly judge: (error: unknown) => Refusal
  /** The program and its arguments that run a command line on the host. */
  words(command: string): readonly [string, ...string[]]
  /** The error if it ended without starting the command. */
  explain(end: ProgramEnd): CoxswainError
}

const asChannel = (child: ChildProcessWithoutNullStreams): Channel => ({
  stdin: child.stdin,
  stdout: child.stdout,
  stderr: child.stderr,
  ended: new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? undefined }))),
  destroy: () => {
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
    child.kill()
  },
})

/** Reads standard error until its end, or until {@link drainTime} is over. */
const readStderr = async (child: ChildProcessWithoutNullStreams): Promise<string> => {
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-keptOutput)))
  const waiting = new AbortController()
  const { signal } = waiting
  const end = once(child.stderr, 'close', { signal })
  await Promise.race([end, sleep(drainTime * 1000, undefined, { signal })]).catch(() => {})
  waiting.abort()
  end.catch(() => {})
  return said
}

/**
 * Connects to a host through a program of this machine, with one process per channel.
 *
 * A started process does not mean that the host was reached, so each command line first prints an empty line. The handshake
 * skips it like all output of a login.
 */
export class ProcessTransport implements Transport {
  readonly #program: Program
  readonly #closing = new AbortController()
  readonly #children = new Set<ChildProcessWithoutNullStreams>()

  constructor(program: Program) {
    this.#program = program
  }

  get description(): string {
    return this.#program.description
  }

  get user(): string {
    return this.#program.user
  }

  open(command: string): Promise<Channel> {
    const { throttle, judge, seconds, retries } = this.#program
    if (throttle === undefined) return this.#start(command)
    return throttle.retry(() => this.#start(command), {
      judge,
      seconds,
      retries,
      signal: this.#closing.signal,
    })
  }

  async #start(command: string): Promise<Channel> {
    const { signal } = this.#closing
    throwIfAborted(signal)
    const [program, ...args] = this.#program.words(`echo; ${command}`)
    // its own session: Ctrl-C at the terminal is for the engine only, which ends its processes in order
    const child = spawn(program, args, { detached: true, stdio: 'pipe' })
    if (!hasStreams(child)) {
      const cause = await new Promise<Error>((resolve) => child.once('error', resolve))
      throw missing(program, this.#program.description, cause)
    }
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    const channel = asChannel(child)
    try {
      await unlessAborted(this.#started(child, program), signal)
      return channel
    } catch (error) {
      channel.destroy()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoxswainError('interrupted', `the connection to ${this.description} was closed`))
    for (const child of this.#children) child.kill()
  }

  /** Resolves when the command prints, without reading its output. */
  #started(child: ChildProcessWithoutNullStreams, program: string): Promise<void> {
    const { description, seconds } = this.#program
    // without a listener, Node discards the output of a process that has ended
    const hold = (): void => {}
    child.stderr.on('readable', hold)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new CoxswainError('connect-failed', `cannot connect to ${description}: Timed out`)),
        seconds * 1000,
      )
      // readable is also emitted at the end of the output
      child.stdout.once('readable', () => {
        clearTimeout(timer)
        child.stderr.off('readable', hold)
        if (child.stdout.readableLength > 0) return resolve()
        void this.#explained(child).then(reject)
      })
      child.stdin.on('error', () => {})
      child.once('error', (cause: Error & { code?: string }) => {
        clearTimeout(timer)
        reject(missing(program, description, cause))
      })
    })
  }

  async #explained(child: ChildProcessWithoutNullStreams): Promise<CoxswainError> {
    try {
      const over = child.exitCode ?? child.signalCode ?? once(child, 'exit')
      const [said] = await Promise.all([readStderr(child), over])
      return this.#program.explain({ code: child.exitCode ?? undefined, said })
    } catch (error) {
      return toCoxswainError(error, 'connect-failed')
    }
  }
}

/** Whether a child has its streams. Despite the types, it does not if the limit of open files is reached. */
const hasStreams = ({ stdin, stdout, stderr }: Partial<ChildProcessWithoutNullStreams>): boolean =>
  [stdin, stdout, stderr].every((stream) => stream !== undefined && stream !== null)

const missing = (program: string, description: string, cause: Error & { code?: string }): CoxswainError =>
  new CoxswainError(
    'connect-failed',
    `cannot connect to ${description}: cannot start ${program} (${cause.message})`,
    {
      cause,
      hint:
        cause.code === 'ENOENT'
          ? `install ${program} on this machine, or put it on the PATH`
          : hintOnOpenFiles(cause.message),
    },
  )
