import { setTimeout as sleep } from 'node:timers/promises'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { OutputStream, Request, Result } from '../types.ts'
import { MarkScanner, frame } from './frame.ts'
import type { Piece } from './frame.ts'
import { OutputKeeper } from './output.ts'

/** Why a request did not come back from a lane: the lane ended. */
export class LaneEnded extends Error {
  /** False when its frame was certainly not begun: it may be sent again without a thought. */
  readonly begun: boolean
  /** Set when we ended the lane ourselves, on account of this request. */
  readonly reason: CoxswainError | undefined

  constructor(begun: boolean, reason: CoxswainError | undefined) {
    super('the shell on the host has ended')
    this.begun = begun
    this.reason = reason
  }
}

interface Entry {
  readonly output: { readonly stdout: OutputKeeper; readonly stderr: OutputKeeper }
  readonly settle: (result: Result) => void
  readonly fail: (error: LaneEnded) => void
  code: number | undefined
}

/** Seconds that a lane is given to end after it was told to. */
const grace = 6

/** A long-lived shell as one user. Requests run one after another; they may be sent without waiting. */
export class Lane {
  readonly #channel: Channel
  readonly #nonce: string
  // an entry leaves the first list when its standard output has ended, the second when its standard error has
  readonly #open: { readonly stdout: Entry[]; readonly stderr: Entry[] } = { stdout: [], stderr: [] }
  #alive = true
  #farewell: () => void = () => {}
  #stopped: { readonly entry: Entry; readonly reason: CoxswainError } | undefined

  constructor(channel: Channel, nonce: string, rest: { stdout: Buffer; stderr: Buffer }) {
    this.#channel = channel
    this.#nonce = nonce
    this.#listen('stdout', rest.stdout)
    this.#listen('stderr', rest.stderr)
    void channel.ended.then(() => this.#end())
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Runs a request. Rejects with {@link LaneEnded} when the lane ends before it does. */
  execute(request: Request, input: Buffer | undefined): Promise<Result> {
    const { promise, resolve, reject } = withResolvers<Result>()
    const entry: Entry = {
      output: {
        stdout: new OutputKeeper('stdout', request),
        stderr: new OutputKeeper('stderr', request),
      },
      settle: resolve,
      fail: reject,
      code: undefined,
    }
    if (!this.#alive) {
      reject(new LaneEnded(false, undefined))
      return promise
    }
    this.#open.stdout.push(entry)
    this.#open.stderr.push(entry)
    const { timeout, signal } = request
    // the remote side has its own alarm, a little later, for the case that we are gone by then
    const limit = timeout === undefined ? undefined : timeout + 5
    this.#channel.stdin.write(frame(this.#nonce, { script: request.script, input, timeout: limit }))
    const release = this.#guard(entry, timeout, signal)
    return promise.finally(release)
  }

  /**
   * Lets the shell end by itself; what it started in the background lives on. Resolves when the shell has said that it
   * goes: were the connection cut before that, the watchdog would take the end of our words for our own end.
   */
  async close(): Promise<void> {
    this.#alive = false
    const gone = new Promise<void>((resolve) => (this.#farewell = resolve))
    this.#channel.stdin.write(`printf '%s0;' ${this.#nonce}; exit 0\n`)
    await Promise.race([gone, this.#channel.ended, sleep(grace * 1000, undefined, { ref: false })])
    this.#channel.stdin.end()
  }

  /** Ends the shell and all that runs in it. */
  stop(): void {
    this.#alive = false
    this.#channel.stdin.end()
    const timer = setTimeout(() => this.#channel.destroy(), grace * 1000)
    void this.#channel.ended.then(() => clearTimeout(timer))
  }

  /** Stops the lane when the time is up or the signal says so. */
  #guard(entry: Entry, timeout: number | undefined, signal: AbortSignal | undefined): () => void {
    const give = (reason: CoxswainError): void => {
      this.#stopped ??= { entry, reason }
      this.stop()
    }
    const onAbort = (): void =>
      give(new CoxswainError('interrupted', 'interrupted; the command on the host was stopped'))
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(
            () => give(new CoxswainError('command-timeout', `stopped after ${timeout} s`)),
            timeout * 1000,
          )
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #listen(name: OutputStream, rest: Buffer): void {
    const scanner = new MarkScanner(this.#nonce)
    const take = (chunk: Buffer): void => {
      for (const piece of scanner.push(chunk)) this.#take(name, piece)
    }
    this.#channel[name].on('data', take)
    if (rest.length > 0) take(rest)
  }

  #take(name: OutputStream, piece: Piece): void {
    const entry = this.#open[name][0]
    if (entry === undefined) {
      if (piece.kind === 'end') this.#farewell()
      return
    }
    if (piece.kind === 'data') return entry.output[name].push(piece.bytes)
    entry.output[name].end()
    this.#open[name].shift()
    if (name === 'stdout') entry.code = Number(piece.text)
    if (!this.#open.stdout.includes(entry) && !this.#open.stderr.includes(entry)) settle(entry)
  }

  #end(): void {
    this.#alive = false
    const begun = this.#open.stdout[0]
    // a command whose standard output has ended is done, though the end of its standard error is missing
    for (const entry of this.#open.stderr) if (!this.#open.stdout.includes(entry)) settle(entry)
    for (const entry of this.#open.stdout) {
      const reason = this.#stopped?.entry === entry ? this.#stopped.reason : undefined
      entry.fail(new LaneEnded(entry === begun, reason))
    }
    this.#open.stdout.length = 0
    this.#open.stderr.length = 0
  }
}

const settle = ({ output: { stdout, stderr }, code = 0, settle: resolve }: Entry): void =>
  resolve({
    code,
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    dropped: stdout.dropped + stderr.dropped,
  })

const withResolvers = <Value>() => {
  let resolve: (value: Value) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Value>((settleWith, failWith) => {
    resolve = settleWith
    reject = failWith
  })
  return { promise, resolve, reject }
}
