import { setTimeout as sleep } from 'node:timers/promises'
import { abortReason } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { OutputStream, Request, Result } from '../types.ts'
import { Exchange, LaneEnded } from './exchange.ts'
import type { Send } from './exchange.ts'
import { MarkScanner, heartbeat } from './frame.ts'
import type { Piece } from './frame.ts'

/** Seconds that a lane is given to end after it was told to, unless told. */
const usualGrace = 6

/** Seconds after which a channel that was let go counts as gone. */
const silence = 1

/** Seconds that a query which nobody waits for any more may hold up those behind it. */
const abandonedGrace = 1

const longestTimer = 2 ** 31 - 1

/**
 * A long-lived shell as one user. Requests run one after another. Queries are written without waiting for those before
 * them; a `run` is written when nothing else is under way, and nothing behind it until it is through: so what is
 * written is what may have happened, exactly.
 */
export class Lane {
  readonly #channel: Channel
  readonly #nonce: string
  readonly #grace: number
  // not written yet
  readonly #waiting: Exchange[] = []
  // written; leaves the first list when its standard output has ended, the second when its standard error has
  readonly #open: { readonly stdout: Exchange[]; readonly stderr: Exchange[] } = { stdout: [], stderr: [] }
  #state: 'alive' | 'closing' | 'stopping' | 'ended' = 'alive'
  #farewell: () => void = () => {}
  // whom the time limit is running for: the first of those written
  #timed: Exchange | undefined
  #limit: NodeJS.Timeout | undefined

  constructor(
    channel: Channel,
    nonce: string,
    rest: { readonly stdout: Buffer; readonly stderr: Buffer },
    grace = usualGrace,
  ) {
    this.#channel = channel
    this.#nonce = nonce
    this.#grace = grace * 1000
    this.#listen('stdout', rest.stdout)
    this.#listen('stderr', rest.stderr)
    void channel.ended.then(() => this.#end())
  }

  get alive(): boolean {
    return this.#state === 'alive'
  }

  /** Runs a request. Rejects with {@link LaneEnded} when the lane ends before it does. */
  execute(request: Request, send: Send): Promise<Result> {
    if (!this.alive) return Promise.reject(new LaneEnded({ begun: false, lost: false }))
    const exchange = new Exchange(request, send)
    const { signal } = request
    const onAbort = (): void => {
      if (signal !== undefined)
        this.#giveUp(exchange, abortReason(signal, 'interrupted; the command on the host was stopped'))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#waiting.push(exchange)
    if (signal?.aborted === true) onAbort()
    this.#writeOn()
    return exchange.result.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  /**
   * Lets the shell end by itself; what it started in the background lives on. Resolves when the shell has said that it
   * goes: were the connection cut before that, the watchdog would take the end of our words for our own end. A shell
   * that is at work is stopped.
   *
   * @param words what makes the shell say so, with a mark on either stream.
   */
  async close(words = `printf '%s0;' ${this.#nonce}; exit 0\n`): Promise<void> {
    const gone = new Promise<void>((resolve) => (this.#farewell = resolve))
    const ended = Promise.race([this.#channel.ended, sleep(this.#grace, undefined, { ref: false })])
    if (!this.alive || this.#open.stdout.length > 0 || this.#waiting.length > 0) {
      this.stop()
      await ended
      return
    }
    this.#state = 'closing'
    this.#channel.stdin.write(words)
    await Promise.race([gone, ended])
    // something that was left behind may hold the streams for long
    this.#channel.destroy()
  }

  /** Ends the shell and all that runs in it. */
  stop(): void {
    if (this.#state === 'stopping' || this.#state === 'ended') return
    this.#state = 'stopping'
    this.#channel.stdin.end()
    let timer = setTimeout(() => {
      this.#channel.destroy()
      // a network that is gone does not even tell that the channel is; the watchdog of the host will see it
      timer = setTimeout(() => this.#end(), silence * 1000)
    }, this.#grace)
    void this.#channel.ended.then(() => clearTimeout(timer))
  }

  /** Writes what may be written now. */
  #writeOn(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#mayBegin(next); next = this.#waiting[0]) {
      const exchange = next
      this.#waiting.shift()
      this.#open.stdout.push(exchange)
      this.#open.stderr.push(exchange)
      exchange.send(this.#channel.stdin, this.#nonce, (reason) => this.#giveUp(exchange, reason))
    }
    this.#timeFirst()
  }

  #mayBegin({ request }: Exchange): boolean {
    if (!this.alive) return false
    if (request.lane === 'run') return this.#open.stdout.length === 0 && this.#open.stderr.length === 0
    return !this.#open.stdout.some((exchange) => exchange.request.lane === 'run')
  }

  /** A time limit starts when a request is written and everything before it is through. */
  #timeFirst(): void {
    const first = this.#open.stdout[0]
    if (first === this.#timed) return
    this.#timed = first
    clearTimeout(this.#limit)
    const seconds = first?.reason === undefined ? first?.request.timeout : abandonedGrace
    if (first === undefined || seconds === undefined) return
    this.#limit = setTimeout(
      () => this.#giveUp(first, new CoxswainError('command-timeout', `stopped after ${seconds} s`)),
      Math.min(seconds * 1000, longestTimer),
    )
  }

  /** Stops a request, with as little harm to the others as can be. */
  #giveUp(exchange: Exchange, reason: CoxswainError): void {
    exchange.reason ??= reason
    const place = this.#waiting.indexOf(exchange)
    if (place >= 0) {
      this.#waiting.splice(place, 1)
      exchange.fail(reason)
      this.#writeOn()
    } else if (exchange === this.#open.stdout[0]) this.stop()
    // a query that is pipelined: nothing has to be stopped for it, its answer is thrown away
    else exchange.fail(reason)
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
    if (piece.kind === 'end' && piece.text === heartbeat) return
    const exchange = this.#open[name][0]
    if (exchange === undefined) {
      if (piece.kind === 'end') this.#farewell()
      return
    }
    if (piece.kind === 'data') {
      if (exchange.reason === undefined) exchange.output[name].push(piece.bytes)
      return
    }
    exchange.output[name].end()
    this.#open[name].shift()
    if (name === 'stdout') exchange.code = Number(piece.text)
    if (!this.#open.stdout.includes(exchange) && !this.#open.stderr.includes(exchange)) exchange.finish()
    this.#writeOn()
  }

  #end(): void {
    const lost = this.#state === 'alive'
    this.#state = 'ended'
    // a command whose standard output has ended is done, though the end of its standard error is missing
    for (const exchange of this.#open.stderr) if (!this.#open.stdout.includes(exchange)) exchange.finish()
    for (const exchange of this.#open.stdout) exchange.fail(new LaneEnded({ begun: true, lost }))
    for (const exchange of this.#waiting) exchange.fail(new LaneEnded({ begun: false, lost }))
    this.#open.stdout.length = 0
    this.#open.stderr.length = 0
    this.#waiting.length = 0
    this.#timeFirst()
  }
}
