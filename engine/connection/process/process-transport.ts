import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted, unlessAborted } from '../abort.ts'
import { CoxswainError, toCoxswainError } from '../../errors.ts'
import type { LoginThrottle, Refusal } from '../login-throttle.ts'
import { hintOnOpenFiles } from '../open-files.ts'
import type { Channel, Transport } from '../transport.ts'

/** Bytes kept of what a program says before it has reached its host. */
const keptWords = 16_384

/** Seconds that a program's last words may take after its end: something that it left behind may hold the stream. */
const lastWords = 1

/** A program of this machine that ended before it had started anything on its host. */
export interface ProgramEnd {
  /** Its exit status; undefined when a signal ended it. */
  readonly code: number | undefined
  /** What it said on standard error. */
  readonly said: string
}

/** A program that runs commands on a host and passes their streams on: `ssh`, `podman exec`. */
export interface Program {
  /** Where it leads, for people. */
  readonly description: string
  /** The user that commands run as when nothing else is said. */
  readonly user: string
  /** Seconds until a command must have started. */
  readonly seconds: number
  /** Where it waits with others for its turn to log in, where it does. */
  readonly throttle: LoginThrottle | undefined
  /** How often to try again when nobody answers. */
  readonly retries: number
  readonly judge: (error: unknown) => Refusal
  /** The program and its arguments that run a command line on the host. */
  words(command: string): readonly [string, ...string[]]
  /** Why it ended without having started the command. */
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

/** What is said on standard error until its end, or until nobody wants to wait for that any more. */
const wordsOf = async (child: ChildProcessWithoutNullStreams): Promise<string> => {
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-keptWords)))
  const waiting = new AbortController()
  const { signal } = waiting
  const end = once(child.stderr, 'close', { signal })
  await Promise.race([end, sleep(lastWords * 1000, undefined, { signal })]).catch(() => {})
  waiting.abort()
  end.catch(() => {})
  return said
}

/**
 * Reaches a host through a program of this machine, one process for each channel.
 *
 * A process that has started does not mean that its host was reached, so each command line prints an empty line first;
 * our shells skip it like everything that a login prints.
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
    // a session of its own: a Ctrl-C at our terminal is for the engine alone, which ends what it has started in order
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

  /** Resolves when the command prints; nothing of its output is taken. */
  #started(child: ChildProcessWithoutNullStreams, program: string): Promise<void> {
    const { description, seconds } = this.#program
    // without anybody who listens, Node throws away what a process that has ended said
    const hold = (): void => {}
    child.stderr.on('readable', hold)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new CoxswainError('connect-failed', `cannot connect to ${description}: Timed out`)),
        seconds * 1000,
      )
      // the end of the output counts as readable, too
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
      const [said] = await Promise.all([wordsOf(child), over])
      return this.#program.explain({ code: child.exitCode ?? undefined, said })
    } catch (error) {
      return toCoxswainError(error, 'connect-failed')
    }
  }
}

/** Whether a child has its streams: it does not where no more files can be opened, whatever the types say. */
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
