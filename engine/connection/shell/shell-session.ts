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

/** Seconds for a session to end after it was asked to, by default. */
const usualGrace = 6

/** Seconds after which a destroyed channel counts as closed. */
const silence = 1

/** Seconds that an abandoned query can delay later ones. */
const abandonedGrace = 1

const longestTimer = 2 ** 31 - 1

/** The parameters of a session. */
export interface ShellSessionStart {
  readonly channel: Channel
  /** The host, for messages. */
  readonly description: string
  /** Its output after the hello, which does not belong to a command. */
  readonly rest: Buffer
  /** Timeout in seconds for the answer to the greeting. */
  readonly shellTimeout: number
  /** Whether the session writes its own greeting; otherwise the caller sends {@link ShellSession.greeting} first. */
  readonly greets?: boolean | undefined
  /** Seconds to end; {@link usualGrace} by default. */
  readonly grace?: number | undefined
  /** Called if the session ends while a `run` can still be running on the host. */
  readonly leaves: () => void
}

/**
 * A long-lived shell as one user. Requests run one after another. Queries are written without waiting for earlier ones; a
 * `run` is written when no other request is running, and nothing is written until it ends. So exactly the written requests
 * can have run.
 *
 * Output counts from the answer to the greeting, a mark; everything before it is login output. The greeting takes no round
 * trip, as the first request is written immediately after it.
 */
export class ShellSession {
  /** Shell text that the shell must run first. */
  readonly greeting: string
  readonly #channel: Channel
  readonly #description: string
  readonly #grace: number
  readonly #leaves: () => void
  // not written yet
  readonly #waiting: Exchange[] = []
  // written; removed from each list at the end of that stream
  readonly #open: { readonly stdout: Exchange[]; readonly stderr: Exchange[] } = { stdout: [], stderr: [] }
  // nonces of the greeting that were not read yet
  readonly #ungreeted: Map<OutputStream, string>
  #state: 'alive' | 'closing' | 'stopping' | 'ended' = 'alive'
  // output after an invalid answer is ignored
  #broken = false
  #goodbye: string | undefined
  #farewell: () => void = () => {}
  // the request that the timeout runs for: the first written one
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

  /** Runs a request. Rejects with {@link ShellSessionEnded} if the session ends before the request. */
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
    this.#writeNext()
    return exchange.result.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  /**
   * Lets the shell exit by itself; its background processes keep running. Resolves when the shell has confirmed it: if the
   * connection closed earlier, the watchdog would take the end of its input for the end of the engine. A busy shell is
   * stopped.
   *
   * @param words shell text that confirms the end, with a mark of this nonce on standard output.
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
    // a background process can hold the streams open for long
    this.#channel.destroy()
  }

  /** Ends the shell and everything that runs in it. */
  stop(): void {
    if (this.#state === 'stopping' || this.#state === 'ended') return
    this.#state = 'stopping'
    this.#channel.stdin.end()
    let timer = setTimeout(() => {
      this.#channel.destroy()
      // without a network, the channel does not even report that it is closed; the watchdog on the host will notice
      timer = setTimeout(() => this.#end(), silence * 1000)
    }, this.#grace)
    void this.#channel.ended.then(() => clearTimeout(timer))
  }

  /** Writes the requests that can start now. */
  #writeNext(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#canStart(next); next = this.#waiting[0]) {
      const exchange = next
      this.#waiting.shift()
      this.#open.stdout.push(exchange)
      this.#open.stderr.push(exchange)
      exchange.send(this.#channel.stdin, exchange.nonce, (reason) => this.#giveUp(exchange, reason))
    }
    this.#timeFirst()
  }

  #canStart({ request }: Exchange): boolean {
    if (!this.alive) return false
    if (request.purpose === 'run') return this.#open.stdout.length === 0 && this.#open.stderr.length === 0
    return !this.#open.stdout.some((exchange) => exchange.request.purpose === 'run')
  }

  /** Starts the timeout of a request when it is written and all earlier ones have ended. */
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

  /** Stops a request, with the least effect on others. */
  #giveUp(exchange: Exchange, reason: CoxswainError): void {
    exchange.reason ??= reason
    const place = this.#waiting.indexOf(exchange)
    if (place >= 0) {
      this.#waiting.splice(place, 1)
      exchange.fail(reason)
      this.#writeNext()
    } else if (exchange === this.#open.stdout[0]) this.stop()
    // a pipelined query: nothing must be stopped, and its answer is dropped
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
    this.#writeNext()
  }

  /** Ends the session after an invalid answer. The request gets an error. */
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

  /** @param code exit status of the shell; undefined if the connection was lost. */
  #end(code?: number): void {
    // a shell that never answered its greeting was lost by itself
    const lost = this.#state === 'alive' || this.#ungreeted.size > 0
    const killed = this.#state === 'alive' && code !== undefined
    this.#state = 'ended'
    clearTimeout(this.#greetingLimit)
    if (this.#open.stdout.some(({ request }) => request.purpose === 'run')) this.#leaves()
    // a command whose standard output has ended is complete, even without the end of its standard error
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

/** Whether a mark is valid: an exit status on standard output, nothing on standard error. */
const isAnswer = (name: OutputStream, { kind, text }: Exclude<Piece, { kind: 'data' }>): boolean =>
  kind === 'end' && (name === 'stdout' ? /^\d{1,3}$/ : /^$/).test(text)
