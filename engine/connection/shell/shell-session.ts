import { setTimeout as sleep } from 'node:timers/promises'
import { abortReason } from '../abort.ts'
import { CoxswainError } from '../../errors.ts'
import type { Channel } from '../transport.ts'
import type { OutputStream, Request, Result } from '../types.ts'
import { Exchange, ShellSessionEnded } from './exchange.ts'
import type { Send } from './exchange.ts'
import { farewellFrame, greetingFrame, heartbeat } from './frame.ts'
import { MarkScanner } from './mark-scanner.ts'
import type { Piece } from './mark-scanner.ts'
import { newNonce } from './nonce.ts'

/** Seconds that a session is given to end after it was asked to, by default. */
const usualGrace = 6

/** Seconds after which a channel that was let go counts as gone. */
const silence = 1

/** Seconds that a query which nobody waits for any more may hold up those behind it. */
const abandonedGrace = 1

const longestTimer = 2 ** 31 - 1

/** What a session starts from. */
export interface ShellSessionStart {
  readonly channel: Channel
  /** Where it leads, for people. */
  readonly description: string
  /** What it printed after its hello; it is not part of any command's output. */
  readonly rest: Buffer
  /** Seconds until the shell must have answered the first words to it. */
  readonly shellTimeout: number
  /** Whether the session writes its own greeting; otherwise who starts it sends {@link ShellSession.greeting} in its first words. */
  readonly greets?: boolean | undefined
  /** Seconds to end; {@link usualGrace} by default. */
  readonly grace?: number | undefined
  /** Called when the session ends while a `run` may still be under way on the host. */
  readonly leaves: () => void
}

/**
 * A long-lived shell as one user. Requests run one after another. Queries are written without waiting for those before
 * them; a `run` is written when nothing else is under way, and nothing after it until it is done: so what is
 * written is what may have happened, exactly.
 *
 * What a shell prints counts from its greeting on: a mark that the first words to it ask for. Before that, it is the noise
 * of a login, whatever it looks like. No round trip is spent on it, for the first request is written at once.
 */
export class ShellSession {
  /** Shell text that must be the first that the shell runs. */
  readonly greeting: string
  readonly #channel: Channel
  readonly #description: string
  readonly #grace: number
  readonly #leaves: () => void
  // not written yet
  readonly #waiting: Exchange[] = []
  // written; leaves the first list when its standard output has ended, the second when its standard error has
  readonly #open: { readonly stdout: Exchange[]; readonly stderr: Exchange[] } = { stdout: [], stderr: [] }
  // nonces of the greeting, each until it was seen
  readonly #ungreeted: Map<OutputStream, string>
  #state: 'alive' | 'closing' | 'stopping' | 'ended' = 'alive'
  // what comes after an answer that is none is not listened to
  #broken = false
  #goodbye: string | undefined
  #farewell: () => void = () => {}
  // whom the time limit is running for: the first of those written
  #timed: Exchange | undefined
  #limit: NodeJS.Timeout | undefined
  readonly #greetingLimit: NodeJS.Timeout

  constructor({
    channel,
    description,
    rest,
    shellTimeout,
    leaves,
    greets = true,
    grace = usualGrace,
  }: ShellSessionStart) {
    this.#channel = channel
    this.#leaves = leaves
    this.#description = description
    this.#grace = grace * 1000
    const nonce = newNonce()
    this.greeting = greetingFrame(nonce)
    this.#ungreeted = new Map([
      ['stdout', nonce],
      ['stderr', nonce],
    ])
    this.#greetingLimit = setTimeout(() => this.stop(), Math.min(shellTimeout * 1000, longestTimer))
    this.#listen('stdout', rest)
    this.#listen('stderr', Buffer.alloc(0))
    void channel.ended.then(({ code }) => this.#end(code))
    if (greets) channel.stdin.write(this.greeting)
  }

  get alive(): boolean {
    return this.#state === 'alive'
  }

  /** Runs a request. Rejects with {@link ShellSessionEnded} when the session ends before it does. */
  execute(request: Request, send: Send): Promise<Result> {
    if (!this.alive) return Promise.reject(new ShellSessionEnded({ begun: false, lost: false }))
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
   * @param words what makes the shell say so, with a mark of this nonce on standard output.
   */
  async close(words: (nonce: string) => string = farewellFrame): Promise<void> {
    const gone = new Promise<void>((resolve) => (this.#farewell = resolve))
    const ended = Promise.race([this.#channel.ended, sleep(this.#grace, undefined, { ref: false })])
    if (!this.alive || this.#open.stdout.length > 0 || this.#waiting.length > 0) {
      this.stop()
      await ended
      return
    }
    this.#state = 'closing'
    this.#goodbye = newNonce()
    this.#channel.stdin.write(words(this.#goodbye))
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
      exchange.send(this.#channel.stdin, exchange.nonce, (reason) => this.#giveUp(exchange, reason))
    }
    this.#timeFirst()
  }

  #mayBegin({ request }: Exchange): boolean {
    if (!this.alive) return false
    if (request.purpose === 'run') return this.#open.stdout.length === 0 && this.#open.stderr.length === 0
    return !this.#open.stdout.some((exchange) => exchange.request.purpose === 'run')
  }

  /** A time limit starts when a request is written and everything before it is done. */
  #timeFirst(): void {
    const first = this.#ungreeted.size > 0 ? undefined : this.#open.stdout[0]
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
    const scanner = new MarkScanner(() =>
      this.#broken ? undefined : (this.#ungreeted.get(name) ?? this.#open[name][0]?.nonce ?? this.#goodbye),
    )
    const take = (chunk: Buffer): void => {
      for (const piece of scanner.push(chunk)) this.#take(name, piece)
    }
    this.#channel[name].on('data', take)
    if (rest.length > 0) take(rest)
  }

  #take(name: OutputStream, piece: Piece): void {
    if (piece.kind === 'end' && piece.text === heartbeat && name === 'stderr') return
    if (piece.kind !== 'data' && !isAnswer(name, piece)) return this.#break(name, piece.text)
    if (this.#ungreeted.has(name)) {
      if (piece.kind === 'data') return
      this.#ungreeted.delete(name)
      if (this.#ungreeted.size > 0) return
      clearTimeout(this.#greetingLimit)
      return this.#timeFirst()
    }
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

  /** Ends the session over an answer that is none. What it belongs to has no result. */
  #break(name: OutputStream, text: string): void {
    this.#broken = true
    this.#open[name][0]?.fail(
      new CoxswainError(
        'protocol-error',
        `${this.#description}: the shell ended a command with ${JSON.stringify(text)}, which is not an exit status`,
      ),
    )
    this.stop()
  }

  /** @param code exit status of the shell; undefined when the way to it is gone. */
  #end(code?: number): void {
    // a shell that never answered its greeting has not been lost on account of others
    const lost = this.#state === 'alive' || this.#ungreeted.size > 0
    const killed = this.#state === 'alive' && code !== undefined
    this.#state = 'ended'
    clearTimeout(this.#greetingLimit)
    if (this.#open.stdout.some(({ request }) => request.purpose === 'run')) this.#leaves()
    // a command whose standard output has ended is done, though the end of its standard error is missing
    for (const exchange of this.#open.stderr) if (!this.#open.stdout.includes(exchange)) exchange.finish()
    for (const exchange of this.#open.stdout)
      exchange.fail(new ShellSessionEnded({ begun: true, lost, killed }))
    for (const exchange of this.#waiting) exchange.fail(new ShellSessionEnded({ begun: false, lost, killed }))
    this.#open.stdout.length = 0
    this.#open.stderr.length = 0
    this.#waiting.length = 0
    this.#timeFirst()
  }
}

/** Whether a mark says what it must: an exit status on standard output, nothing on standard error. */
const isAnswer = (name: OutputStream, { kind, text }: Exclude<Piece, { kind: 'data' }>): boolean =>
  kind === 'end' && (name === 'stdout' ? /^\d{1,3}$/ : /^$/).test(text)
